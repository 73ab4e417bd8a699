// SPDX-License-Identifier: BSD-3-Clause
// Poisson counts, and a Poisson train for every neuron of a tile. Items are counts, and neurons
// times steps.

#include <benchmark/benchmark.h>

#include "bench/micro/networks.hpp"
#include "sim/core/poisson_counts.hpp"
#include "sim/run/source.hpp"

namespace {

constexpr std::uint32_t neurons = 1024;

void poisson_count(benchmark::State& state) {
    const sim::PoissonCounts counts(static_cast<double>(state.range(0)) / 100, 12);
    sim::RandomStream draw({1, 0}, 0);
    for (auto _ : state) benchmark::DoNotOptimize(counts.of(draw()));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(poisson_count)->ArgName("hundredths_of_mean")->Arg(1)->Arg(200)->Arg(10000);

sim::SourceSpec background(std::int64_t rate_hz) {
    sim::SourceSpec spec;
    spec.name = "noise";
    spec.model = "poisson_background";
    spec.params = {{"rate", sim::Value::of(static_cast<double>(rate_hz))}};
    return spec;
}

std::unique_ptr<sim::Drive> make_drive(const sim::SourceSpec& spec, sim::Timing timing) {
    const auto& info = bench::catalogue().info(sim::PartKind::source, spec.model);
    const auto& factory =
        bench::catalogue().factory<sim::SourceFactory>(sim::PartKind::source, spec.model);
    return factory.drive({spec, info, sim::Clock(0.1), timing, {1, 0, sim::Purpose::source}},
                         {0, neurons, true});
}

void background_grid(benchmark::State& state) {
    const auto spec = background(state.range(0));
    const auto drive = make_drive(spec, sim::Timing::grid);
    std::vector<double> exc(neurons), inh(neurons), current(neurons);
    sim::Step step = 0;
    for (auto _ : state) benchmark::DoNotOptimize(drive->add(step++, {exc, inh, current}));
    state.SetItemsProcessed(state.iterations() * neurons);
}
BENCHMARK(background_grid)->ArgName("hz")->Arg(100)->Arg(20000);

void background_exact(benchmark::State& state) {
    const auto spec = background(state.range(0));
    const auto drive = make_drive(spec, sim::Timing::exact);
    std::vector<sim::Arrival> arrivals;
    sim::Step step = 0;
    for (auto _ : state) {
        for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
            arrivals.clear();
            benchmark::DoNotOptimize(drive->arrivals(step, neuron, arrivals));
        }
        ++step;
    }
    state.SetItemsProcessed(state.iterations() * neurons);
}
BENCHMARK(background_exact)->ArgName("hz")->Arg(100)->Arg(20000);

}  // namespace
