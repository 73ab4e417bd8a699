// SPDX-License-Identifier: BSD-3-Clause
// Spikes of a window into the ring of their population, sorted. Items are spikes.

#include <benchmark/benchmark.h>

#include "sim/core/random.hpp"
#include "sim/run/spike_ring.hpp"

namespace {

constexpr sim::Step window_steps = 15;

void exchange(benchmark::State& state) {
    sim::RandomStream draw({1, 0}, 0);
    std::vector<sim::Spike> spikes;
    for (std::int64_t k = 0; k < state.range(0); ++k)
        spikes.push_back(
            {static_cast<std::uint32_t>(draw.below(10000)),
             {static_cast<sim::Step>(draw.below(window_steps)), 0.1 * draw.uniform()}});
    sim::SpikeRing ring(2 * window_steps);
    for (auto _ : state) {
        for (sim::Step step = 0; step < window_steps; ++step) ring.clear(step);
        for (const auto& spike : spikes) ring.push(spike);
        for (sim::Step step = 0; step < window_steps; ++step) ring.sort(step);
        benchmark::DoNotOptimize(ring.at(0).data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(exchange)->ArgName("spikes")->RangeMultiplier(8)->Range(64, 32768);

}  // namespace
