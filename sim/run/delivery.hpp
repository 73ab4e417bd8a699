// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From spikes to inputs: adds everything that arrives at a tile in a stretch of steps.
//
// Spikes are pulled: for every step and delay, the runs of the sources that fired that long ago.
// All arrivals of a window are known at its begin, since every delay is at least a window.
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
    template <class Visit>
    void for_each_run(const Tile& tile, Window window, Step reach, Delivered& delivered, Visit visit);

    const Network& network_;
    const std::vector<SpikeRing>& rings_;
    Window window_{0, 0};
    std::uint32_t size_ = 0;
    std::vector<std::uint32_t> ends_;
    std::vector<Event> events_;
    std::vector<double> exc_, inh_, current_;
};

}  // namespace sim
