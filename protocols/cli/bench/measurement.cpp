// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/measurement.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "protocols/cli/bench/scratch.hpp"
#include "protocols/cli/output.hpp"
#include "protocols/cli/provenance.hpp"
#include "sim/net/network.hpp"
#include "sim/run/simulation.hpp"

namespace protocols::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double ratio(std::uint64_t a, std::uint64_t b) {
    return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

// The names in JSON.
constexpr std::array<std::pair<const char*, double Measurement::*>, 8> times{
    {{"build_s", &Measurement::build_s},
     {"simulate_s", &Measurement::simulate_s},
     {"delivery_s", &Measurement::delivery_s},
     {"update_s", &Measurement::update_s},
     {"exchange_s", &Measurement::exchange_s},
     {"output_s", &Measurement::output_s},
     {"close_s", &Measurement::close_s},
     {"simulated_ms", &Measurement::simulated_ms}}};
constexpr std::array<std::pair<const char*, std::uint64_t Measurement::*>, 9> counts{
    {{"neurons", &Measurement::neurons},
     {"synapses", &Measurement::synapses},
     {"synapse_bytes", &Measurement::synapse_bytes},
     {"spikes", &Measurement::spikes},
     {"synaptic_events", &Measurement::synaptic_events},
     {"plastic_events", &Measurement::plastic_events},
     {"source_events", &Measurement::source_events},
     {"neuron_updates", &Measurement::neuron_updates},
     {"peak_bytes", &Measurement::peak_bytes}}};

/// What has happened since the start, to be subtracted.
struct Totals {
    explicit Totals(const sim::Simulation& simulation)
        : counters(simulation.counters()),
          phases(simulation.phase_times()),
          step(simulation.step()) {}
    sim::Counters counters;
    sim::PhaseTimes phases;
    sim::Step step;
};

std::uint64_t plastic_events(const Totals& before, const Totals& after,
                             const sim::Network& network) {
    double events = 0;
    for (const auto& group : network.groups()) {
        if (!group.is_plastic) continue;
        const auto spikes = after.counters.spikes[group.pre] - before.counters.spikes[group.pre];
        events += static_cast<double>(spikes) *
                  ratio(group.synapses, network.populations()[group.pre].size);
    }
    return static_cast<std::uint64_t>(std::llround(events));
}

void set_difference(const Totals& before, const Totals& after, Measurement& result) {
    using Parts = std::array<std::pair<double Measurement::*, double sim::PhaseTimes::*>, 4>;
    constexpr Parts parts{{{&Measurement::delivery_s, &sim::PhaseTimes::delivery_s},
                           {&Measurement::update_s, &sim::PhaseTimes::update_s},
                           {&Measurement::exchange_s, &sim::PhaseTimes::exchange_s},
                           {&Measurement::output_s, &sim::PhaseTimes::output_s}}};
    double sum = 0;
    for (const auto& [to, from] : parts) {
        result.*to = after.phases.*from - before.phases.*from;
        sum += result.*to;
    }
    const double whole = after.phases.all_s - before.phases.all_s;
    for (const auto& [to, from] : parts) result.*to *= sum > 0 ? whole / sum : 0;
    result.spikes = after.counters.neuron_spikes - before.counters.neuron_spikes;
    result.synaptic_events = after.counters.synaptic_events - before.counters.synaptic_events;
    result.source_events = after.counters.source_events - before.counters.source_events;
    result.neuron_updates = result.neurons * static_cast<std::uint64_t>(after.step - before.step);
}

}  // namespace

double Measurement::bytes_per_synapse() const { return ratio(synapse_bytes, synapses); }
double Measurement::synapses_per_neuron() const { return ratio(synapses, neurons); }
double Measurement::rate_hz() const { return ratio(spikes, neurons) / (simulated_ms * 1e-3); }

Json to_json(const Measurement& measurement) {
    Json json;
    for (const auto& [name, member] : times) json[name] = measurement.*member;
    for (const auto& [name, member] : counts) json[name] = measurement.*member;
    return json;
}

Measurement measurement_from(const Json& json) {
    Measurement measurement;
    for (const auto& [name, member] : times) json.at(name).get_to(measurement.*member);
    for (const auto& [name, member] : counts) json.at(name).get_to(measurement.*member);
    return measurement;
}

Measurement measure(const sim::Description& description, const sim::Catalogue& catalogue,
                    double warm_up, int threads) {
    Measurement result;
    const auto before_build = Clock::now();
    const sim::Network network(description, catalogue, threads);
    const ScratchFolder scratch(getpid());
    std::unique_ptr<Output> output;  // outlives the simulation, which writes to it
    sim::Simulation simulation(network, catalogue, {threads});
    result.build_s = seconds_since(before_build);
    result.neurons = network.neurons();
    result.synapses = network.synapses();
    result.synapse_bytes = network.synapse_bytes();
    result.simulated_ms = description.run.duration - warm_up;

    RunFolder folder(scratch.path(), {});
    output = std::make_unique<Output>(folder, description, simulation.plan(), OutputOptions{});
    simulation.record(output->sink());
    simulation.advance(warm_up);
    const Totals before(simulation);
    const auto start = Clock::now();
    simulation.advance(description.run.duration);
    result.simulate_s = seconds_since(start);
    const Totals after(simulation);
    set_difference(before, after, result);
    result.plastic_events = plastic_events(before, after, network);
    const auto before_close = Clock::now();
    output->end(sim::ExitState::complete);
    result.close_s = seconds_since(before_close);
    result.peak_bytes = peak_resident_bytes();
    return result;
}

}  // namespace protocols::cli
