// SPDX-License-Identifier: BSD-3-Clause
#include "bench/network/measure.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>

#include "sim/core/error.hpp"
#include "sim/net/network.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Measurement run(const sim::Description& description, const sim::Catalogue& catalogue,
                double warm_up, int threads) {
    const auto before_build = Clock::now();
    const sim::Network network(description, catalogue, threads);
    sim::Simulation simulation(network, catalogue, {threads});
    const double build_s = seconds_since(before_build);

    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(warm_up);
    const sim::Counters before = simulation.counters();
    const auto start = Clock::now();
    simulation.advance(description.run.duration);
    const double simulate_s = seconds_since(start);
    const sim::Counters& after = simulation.counters();
    return {build_s,
            simulate_s,
            description.run.duration - warm_up,
            network.neurons(),
            network.synapses(),
            network.synapse_bytes(),
            after.neuron_spikes - before.neuron_spikes,
            after.synaptic_events - before.synaptic_events,
            after.source_events - before.source_events,
            0};
}

[[noreturn]] void run_in_child(int out, const sim::Description& description,
                               const sim::Catalogue& catalogue, double warm_up, int threads) {
    try {
        const Measurement result = run(description, catalogue, warm_up, threads);
        if (write(out, &result, sizeof result) == sizeof result) _exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    _exit(1);
}

}  // namespace

Measurement measure(const sim::Description& description, const sim::Catalogue& catalogue,
                    double warm_up, int threads) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw sim::Error("benchmark: no pipe");
    const pid_t child = fork();
    if (child < 0) throw sim::Error("benchmark: no new process");
    if (child == 0) run_in_child(ends[1], description, catalogue, warm_up, threads);
    close(ends[1]);
    Measurement result{};
    const auto got = read(ends[0], &result, sizeof result);
    close(ends[0]);
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (got != sizeof result || status != 0)
        throw sim::Error("benchmark: the run of " + description.name + " failed");
    result.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return result;
}

}  // namespace bench
