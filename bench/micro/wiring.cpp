// SPDX-License-Identifier: BSD-3-Clause
// Networks of about a million synapses, one connector each, on one thread. Items are synapses.

#include <benchmark/benchmark.h>

#include "bench/micro/networks.hpp"

namespace {

void wiring(benchmark::State& state, const sim::Description& description) {
    std::uint64_t synapses = 0;
    for (auto _ : state) synapses += sim::Network(description, bench::catalogue(), 1).synapses();
    state.SetItemsProcessed(static_cast<std::int64_t>(synapses));
}

void add(const std::string& connector, std::uint64_t neurons,
         std::map<std::string, double> params) {
    const auto description = bench::one_population(neurons, connector, std::move(params));
    benchmark::RegisterBenchmark(("wiring/" + connector).c_str(), wiring, description)
        ->Unit(benchmark::kMillisecond);
}

const bool registered = [] {
    add("all_to_all", 1000, {});
    add("fixed_indegree", 10000, {{"indegree", 100}});
    add("fixed_outdegree", 10000, {{"outdegree", 100}});
    add("fixed_total_number", 10000, {{"number", 1e6}});
    add("pairwise_bernoulli", 10000, {{"p", 0.01}});
    return true;
}();

}  // namespace
