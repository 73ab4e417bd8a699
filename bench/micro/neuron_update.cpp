// SPDX-License-Identifier: BSD-3-Clause
// What a neuron costs in a step, for every model of the catalogue: with default parameters and
// weak input, so that few of them fire. Items are neurons times steps.

#include <benchmark/benchmark.h>

#include "bench/micro/networks.hpp"
#include "sim/run/block.hpp"
#include "sim/run/step_inputs.hpp"
#include "sim/run/timed_runs.hpp"

namespace {

constexpr std::uint32_t neurons = 1024;
constexpr sim::Step window_steps = 15;
constexpr double weak = 1e-3;  // in the unit of the port

std::unique_ptr<sim::Block> make_block(const sim::PartInfo& model, sim::Timing timing) {
    const auto rows = [&](std::uint64_t first, std::uint64_t size) {
        return sim::tabulate(model, {}, first, size, {});
    };
    const auto& factory =
        bench::catalogue().factory<sim::NeuronFactory>(sim::PartKind::neuron, model.name);
    const sim::Clock clock(0.1);
    return factory.make({0,
                         neurons,
                         [](std::uint32_t k) { return k; },
                         rows(0, neurons),
                         {},
                         clock,
                         timing,
                         1e-6,
                         sim::RandomKey{1, 0},
                         factory.share({1, rows}, clock)});
}

void count(benchmark::State& state, sim::Step steps) { state.SetItemsProcessed(steps * neurons); }

void update_grid(benchmark::State& state, const sim::PartInfo& model) {
    const auto block = make_block(model, sim::Timing::grid);
    const std::size_t all = neurons + sim::StepInputs::room;
    std::vector<double> exc(all, weak), inh(all, 0.0), current(all, 0.0);
    std::vector<sim::Spike> spikes;
    sim::Step step = 0;
    for (auto _ : state) {
        spikes.clear();
        for (sim::Step end = step + window_steps; step < end;) {
            std::fill(exc.begin(), exc.end(), weak);
            block->step(++step, {{exc, inh, current}, true, true, {}}, spikes);
        }
    }
    count(state, step);
}

/// Rows of some sources that reach every neuron.
sim::SynapseRows rows_to_all(std::uint32_t sources) {
    sim::SynapseRows::Builder builder(sources, neurons,
                                      {sim::Stored::common, sim::Stored::common, 0});
    for (std::uint32_t k = 0; k < neurons; ++k)
        for (std::uint32_t source = 0; source < sources; ++source) builder.count(source, k, 1);
    builder.begin_second_pass();
    for (std::uint32_t k = 0; k < neurons; ++k)
        for (std::uint32_t source = 0; source < sources; ++source)
            builder.put(source, k, weak, {1, 0});
    return builder.finish();
}

void update_exact(benchmark::State& state, const sim::PartInfo& model) {
    const auto events_per_bin = static_cast<std::uint32_t>(state.range(0));
    const auto block = make_block(model, sim::Timing::exact);
    const auto rows = rows_to_all(events_per_bin);
    std::vector<sim::Run> runs;
    for (std::uint32_t source = 0; source < events_per_bin; ++source)
        runs.push_back({&rows, 0.1 * (source + 0.5) / events_per_bin, *rows.run(source, 1),
                        *(rows.run(source, 1) + 1), -1, false, false, false});
    std::vector<sim::Spike> spikes;
    sim::Arrived arrived;
    sim::TimedRuns timed;  // none
    sim::Step bin = 0;
    for (auto _ : state) {
        spikes.clear();
        for (const sim::Step end = bin + window_steps; bin < end; ++bin)
            block->run_bin(bin, {runs, 4, &timed}, {}, true, spikes, arrived);
    }
    count(state, bin);
}

const bool registered = [] {
    for (const auto* model : bench::catalogue().all(sim::PartKind::neuron)) {
        benchmark::RegisterBenchmark(("update_grid/" + model->name).c_str(), update_grid, *model);
        benchmark::RegisterBenchmark(("update_exact/" + model->name).c_str(), update_exact, *model)
            ->ArgName("events_per_bin")
            ->Arg(0)
            ->Arg(2);
    }
    return true;
}();

}  // namespace
