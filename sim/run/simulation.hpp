// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A network in motion.
//
// Invariants
//   (1) spikes, traces and states depend on the network alone: not on threads, nor on how the run
//       is cut into calls of advance.
//   (2) the sink gets one batch at a time, from the thread that calls advance.
// Threads: one caller; the work inside is spread over `threads` workers.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/record/sink.hpp"
#include "sim/run/retrograde.hpp"
#include "sim/run/structure.hpp"

namespace sim {

/// Totals since the start.
struct Counters {
    std::vector<std::uint64_t> spikes;  ///< by population of the network
    std::uint64_t synaptic_events = 0;  ///< arrivals of neurons' spikes at synapses
    std::uint64_t source_events = 0;    ///< arrivals of sources' spikes

    std::uint64_t neuron_spikes = 0;    ///< of all neurons, recorded or not
    std::vector<std::uint64_t> retrograde = {};  ///< events, by population of the network
};

/// Wall time of `advance` since the start, s, by what the calling thread did or waited for. Parts are
/// estimates where windows are short, so that they need not add up to the whole.
struct PhaseTimes {
    /// What arrives is found and added up; in exact timing it is added where neurons are updated.
    double delivery_s = 0;
    double update_s = 0;    ///< neurons, and sources
    double exchange_s = 0;  ///< sorting of spikes into their rings, and into the batch for the sink
    double output_s = 0;    ///< handing batches to the sink
    double all_s = 0;
};

class Simulation {
public:
    struct Options {
        int threads = 1;
    };

    /// Needs: `network` and `catalogue` outlive the simulation
    Simulation(const Network& network, const Catalogue& catalogue, Options options);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// What the description asks to record.
    RecordingPlan plan() const;

    /// Calls sink.begin now and sink.write as time goes on; sink.end is the caller's. Before the
    /// first advance; `sink` outlives the simulation.
    void record(Sink& sink);

    /// Runs to `until` ms, or until `keep_going`, called after every window, says false. Everything
    /// before time() has then been written to the sink.
    /// Needs: `until` a multiple of the resolution, at most the duration of the description
    /// Throws: NumericFailure, and what the sink throws
    void advance(double until, const std::function<bool()>& keep_going = {});

    double time() const;  ///< ms
    Step step() const;
    const Counters& counters() const;
    const PhaseTimes& phase_times() const;
    int threads() const;

    /// Calls `visit` for every retrograde event from now on, by (time, population, neuron), from the
    /// thread that calls advance.
    void watch_credit(RetrogradeVisit visit);

    /// The value of a state variable now, or of "credit" or "imbalance" (sim/run/credit.hpp); slow,
    /// for tests and reports.
    /// Throws: UnknownName
    double state(std::size_t population, std::uint64_t neuron, std::string_view variable) const;

    // Between calls of advance, what a phase of the description can do as well.

    /// Whether the rules of a projection of the description act.
    /// Throws: UnknownName
    void set_plastic(std::string_view projection, bool is_on);

    /// An event of a modulator now, for one postsynaptic neuron or for all.
    /// Throws: UnknownName
    void modulate(std::string_view modulator, double amount,
                  std::optional<std::uint64_t> neuron = {});

    /// What a source of given trains emits from now on, instead of what is left of its trains.
    /// Units: ms of the run        Shape: times[unit]
    /// Throws: UnknownName; BadNetwork if the source has no given trains, if their number is not that
    /// of its units, or if a time is over
    void set_trains(std::string_view source, SpikeTrains trains);

    /// As `reset` of a phase: "neurons", "NAME", "NAME.variable", "traces", "spikes", "credit".
    /// Throws: UnknownName
    void reset(const std::string& what);

    /// What [[homeostasis]] entries without an interval, and those of [[structure]], do at the end of a
    /// phase.
    void end_phase();

    /// Changes the synapses of a plastic projection.
    /// Throws: UnknownName; BadNetwork if `rewiring` made a synapse that cannot be
    void rewire(std::string_view projection, const Rewiring& rewiring);

    /// Calls visit(source, target, values of the synapse, delay) for every synapse of a plastic
    /// projection: its weight with its sign, then what its rule keeps besides. They have seen all
    /// presynaptic spikes that reached the neuron by now, and the postsynaptic ones that reached the
    /// synapse by now less the dendritic part of the delay. Order: source, delay, target. Slow.
    /// Throws: BadNetwork if the projection is static
    using SynapseVisit = std::function<void(std::uint64_t source, std::uint64_t target,
                                            std::span<const double> values, Time delay)>;
    void for_each_synapse(std::size_t projection, const SynapseVisit& visit) const;

    /// What the rule of a projection keeps beside the weight, by name.
    std::vector<std::string> synapse_members(std::size_t projection) const;

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace sim
