// SPDX-License-Identifier: BSD-3-Clause
// From spikes to inputs, without neurons: 10,000 neurons that fire at 30 Hz, in-degree 1000, one
// window of 1.5 ms. Items are arrivals at synapses.

#include <benchmark/benchmark.h>

#include "bench/micro/networks.hpp"
#include "sim/run/delivery.hpp"

namespace {

constexpr std::uint64_t neurons = 10000;
constexpr double spikes_per_step = neurons * 30.0 * 1e-4;
const sim::Window window{15, 30};

const sim::Network& network() {
    static const sim::Network built(
        bench::one_population(neurons, "fixed_indegree", {{"indegree", 1000}}), bench::catalogue(),
        1);
    return built;
}

std::vector<sim::SpikeRing> recent_spikes() {
    std::vector<sim::SpikeRing> rings;
    rings.emplace_back(window.end);
    sim::RandomStream draw({1, 0}, 0);
    for (sim::Step step = 0; step < window.end; ++step) {
        for (double k = draw.exponential(); k < spikes_per_step; k += draw.exponential())
            rings[0].push(
                {static_cast<std::uint32_t>(draw.below(neurons)), {step, 0.1 * draw.uniform()}});
        rings[0].sort(step);
    }
    return rings;
}

/// Finding the runs alone: what it adds to every synapse of either timing.
void delivery_list(benchmark::State& state) {
    const auto rings = recent_spikes();
    sim::Delivery delivery(network(), rings, {});
    sim::TileState tile_state;
    std::int64_t synapses = 0;
    for (auto _ : state)
        for (const auto& tile : network().tiles()) {
            delivery.list(tile, tile_state, {}, window);
            for (sim::Step step = window.begin; step < window.end; ++step)
                for (const auto& run : delivery.runs(step).all) synapses += run.last - run.first;
        }
    state.SetItemsProcessed(synapses);
}
BENCHMARK(delivery_list);

void delivery_grid(benchmark::State& state) {
    const auto rings = recent_spikes();
    sim::Delivery delivery(network(), rings, {});
    sim::TileState tile_state;
    sim::Arrived arrived;
    for (auto _ : state)
        for (const auto& tile : network().tiles()) {
            delivery.list(tile, tile_state, {}, window);
            for (sim::Step step = window.begin; step < window.end; ++step)
                benchmark::DoNotOptimize(delivery.sum(step, arrived));
        }
    state.SetItemsProcessed(static_cast<std::int64_t>(arrived.from_neurons));
}
BENCHMARK(delivery_grid);

}  // namespace
