// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From spikes to inputs: adds everything that arrives at a tile in a stretch of steps.
//
// Spikes are pulled: for every step and delay, the runs of the sources that fired that long ago.
// All arrivals of a window are known at its begin, since every delay is at least a window. The runs
// to visit are listed first, so that their synapses can be fetched ahead of use.
//
// Invariant: for each neuron and step, inputs come in the order projection, step, delay, then
// (offset, source), then row order: it depends neither on threads nor on windows.
// Threads: one object per worker.

#include <cstdint>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/block.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

/// Arrivals at synapses.
struct Delivered {
    std::uint64_t of_neurons = 0;
    std::uint64_t of_sources = 0;
};

class Delivery {
public:
    Delivery(const Network& network, const std::vector<SpikeRing>& rings)
        : network_(network), rings_(rings) {}

    /// Exact timing: collects the arrivals in the bins of `window`; valid until the next call.
    ExactInputs collect(const Tile& tile, Window window, Delivered& delivered);

    /// Grid timing: sums the arrivals at the steps of `window`.
    void sum(const Tile& tile, Window window, bool has_inh_port, Delivered& delivered);

    /// The sums of one step of the last call of `sum`; drives may add to them.
    InputRow row(Step step);

private:
    struct Run {
        std::uint32_t first;
        std::uint32_t last;
        std::uint32_t row;  // whole-step arrival, from the begin of the stretch listed
        double offset;      // of the spike
    };
    /// Arrivals at synapses of one weight, counted: half the memory traffic, and exact.
    struct Counts {
        double weight;
        std::uint64_t largest_indegree;
        bool is_used;
        std::vector<std::uint16_t> of;  // [step][neuron]
    };

    std::uint64_t list_runs(const TileRows& incoming, Step from, Step end);
    void plan_counts(const Tile& tile);
    void count(const SynapseRows& rows, Counts& counts, std::size_t cells);
    void add_weighted(const SynapseRows& rows, std::size_t cells);
    void fetch_ahead(const SynapseRows& rows, std::size_t i) const;
    bool is_source(std::size_t projection) const;
    template <class Visit>
    void for_each_event(const SynapseRows& rows, Window window, Step from, Visit visit) const;

    const Network& network_;
    const std::vector<SpikeRing>& rings_;
    Window window_{0, 0};
    std::uint32_t size_ = 0;
    std::vector<Run> runs_;
    std::vector<std::uint32_t> ends_;
    std::vector<Event> events_;
    std::vector<Counts> counts_;
    std::vector<std::size_t> plan_;  // rows of the tile -> counts_, or none
    std::size_t planned_ = 0;
    bool has_weighted_ = false;
    bool has_inh_port_ = true;
    std::vector<double> exc_, inh_;                       // [step][neuron], of weighted synapses
    std::vector<double> exc_row_, inh_row_, current_row_;  // of one step
};

}  // namespace sim
