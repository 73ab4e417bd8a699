// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From spikes to inputs: finds everything that arrives at a tile in a stretch of steps.
//
// Spikes are pulled: for every step and delay, the runs of the sources that fired that long ago.
// All arrivals of a window are known at its begin, since every delay is at least a window. The runs
// are listed first, so that their synapses can be fetched ahead of use.
//
// Invariant: for each neuron and step, inputs come in the order projection, delay, (offset, source),
// then row order: it depends neither on threads nor on windows.
// Threads: one object per worker.

#include <cstdint>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/block.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

class Delivery {
public:
    Delivery(const Network& network, const std::vector<SpikeRing>& rings)
        : network_(network), rings_(rings) {}

    /// Lists the runs that act on a tile in `window`.
    void list(const Tile& tile, Window window, bool has_inh_port);

    /// Those of one step of the window. Asks for the first ones of the next step on the way.
    std::span<const Run> runs(Step step) const;

    /// Grid timing: the sums of all that arrives at `step`; drives may add to them.
    InputRow sum(Step step, Arrived& arrived);

private:
    /// Arrivals at synapses of one weight are counted: little memory, and exact.
    struct Counts {
        double weight;
        std::uint64_t largest_indegree;
        bool is_used;
        std::vector<std::uint16_t> of;  // by neuron
    };

    void append(const TileRows& incoming, Step arrival, bool is_carried);
    void plan_counts(const Tile& tile);
    void add_weighted(const Run& run);
    bool is_source(std::size_t projection) const;

    const Network& network_;
    const std::vector<SpikeRing>& rings_;
    BinRuns bins_;
    bool has_inh_port_ = true;
    std::vector<Counts> counts_;
    std::size_t planned_ = 0;
    std::vector<std::pair<const SynapseRows*, std::size_t>> plan_;  // rows -> counts_
    std::vector<double> exc_, inh_, current_;                       // of one step
};

}  // namespace sim
