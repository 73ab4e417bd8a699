// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Credit by the balance of excitation and inhibition, of all populations that have some.
//
// A retrograde event leaves a neuron (credit_population.hpp), and after the retrograde delay it walks
// the synapses onto that neuron: each brings weight x amount to the credit of its presynaptic neuron,
// and, if its rule listens to the credit of its target, the event is one of its modulator.
//
// Invariants
//   (1) no retrograde delay is shorter than a window: what arrives in a window is known at its begin.
//   (2) sums are in the order of (time, population and neuron of the event, synapse), whatever the
//       tiles and windows.
// Threads: `carry` and `balance` of different tiles in parallel; the rest between windows.

#include <string_view>
#include <vector>

#include "sim/run/credit_schedule.hpp"
#include "sim/run/credit_tile.hpp"
#include "sim/run/recorder.hpp"

namespace sim {

class Credit {
public:
    /// Needs: `network` and `learning` outlive this
    Credit(const Network& network, Learning& learning);

    bool is_empty() const { return populations_.empty(); }

    /// Once the synapses have been made, and whenever they have been rewired.
    void index(std::size_t tile) { tiles_[tile].index(); }

    /// The retrograde events that arrive in a step, before its spikes do. As CreditTile::carry.
    void carry(std::size_t tile, Step step);
    /// The spikes that arrive in a step. As CreditTile::balance.
    void balance(std::size_t tile, Step step, const StepRuns& runs);
    /// Whether `balance` has something to do.
    bool is_taught(std::size_t tile, Step step) const;

    /// After a window whose spikes are in the rings.
    void end_window(Window window, const std::vector<SpikeRing>& rings, Recorder& recorder);

    /// All credit, and what is under way.
    void forget();

    void watch(RetrogradeVisit visit) { visit_ = std::move(visit); }

    /// "credit" or "imbalance" of a neuron at the begin of a step, before what happens then.
    double value(std::size_t population, std::uint64_t neuron, std::string_view variable,
                 Step now) const;

    /// Retrograde events since the start. Shape: [population of the network]
    const std::vector<std::uint64_t>& counts() const { return counts_; }

private:
    using Kind = CreditHappening::Kind;
    void list(std::size_t credit, Window window, const std::vector<SpikeRing>& rings);
    void list_samples(std::size_t credit, Window window, const Recorder& recorder);
    void walk(std::size_t credit, Recorder& recorder);
    void sample(std::size_t credit, const CreditHappening& one, Recorder& recorder) const;
    void send();

    const Network& network_;
    Learning& learning_;
    CreditSchedule schedule_;
    std::vector<int> credit_of_;  // [population]
    std::vector<CreditTile> tiles_;
    std::vector<CreditPopulation> populations_;       // by credit
    std::vector<std::vector<std::size_t>> teachers_;  // by credit, populations
    std::vector<UnderwayBySteps> under_way_;          // by credit
    std::vector<CreditHappening> happenings_;         // of one credit in a window
    std::vector<RetrogradeEvent> sent_;               // in a window
    std::vector<std::uint64_t> counts_;
    RetrogradeVisit visit_;
};

}  // namespace sim
