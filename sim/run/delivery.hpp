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
#include "sim/run/step_inputs.hpp"

namespace sim {

class Delivery {
public:
    Delivery(const Network& network, const std::vector<SpikeRing>& rings)
        : network_(network), rings_(rings) {}

    /// Lists the runs that act on a tile in `window`.
    void list(const Tile& tile, Window window, bool has_inh_port);

    /// Those of one step of the window. Asks for the first ones of the next step on the way.
    std::span<const Run> runs(Step step) const;

    /// Grid timing: all that arrives at `step`; drives may add to the sums.
    StepInputs sum(Step step, Arrived& arrived);

private:
    struct Counts {
        double weight;
        std::uint64_t largest_indegree;
        std::vector<std::uint16_t> of;  // by neuron
    };

    void append(const TileRows& incoming, std::int16_t counted, Step arrival, bool is_carried);
    void plan_counts(const Tile& tile);
    void add_weighted(const Run& run);
    bool is_source(std::size_t projection) const;

    const Network& network_;
    const std::vector<SpikeRing>& rings_;
    BinRuns bins_;
    bool has_inh_port_ = true;
    std::vector<Counts> counts_;
    std::vector<CountedInput> counted_;  // those that this tile uses
    std::vector<std::int16_t> plan_;     // [incoming of the tile] number in counts_, or -1
    std::vector<double> exc_, inh_, current_;  // of one step
};

}  // namespace sim
