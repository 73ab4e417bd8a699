// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The whole catalogue, and shorthand for small networks and for running them.

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "data/formats/spike_hash.hpp"
#include "plasticity/rules.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/net/network.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"

namespace sim {
void register_models_neurons(Catalogue& catalogue);
void register_models_sources(Catalogue& catalogue);
void register_models_synapses(Catalogue& catalogue);
void register_sim_net_connectors(Catalogue& catalogue);
}  // namespace sim

namespace parts {

inline const sim::Catalogue& catalogue() {
    static const sim::Catalogue all = [] {
        sim::Catalogue result;
        sim::register_models_neurons(result);
        sim::register_models_sources(result);
        sim::register_models_synapses(result);
        plasticity::register_rules(result);
        sim::register_sim_net_connectors(result);
        return result;
    }();
    return all;
}

/// Numbers for tests: the draws of one entity.
inline sim::RandomStream numbers(std::uint64_t entity) {
    return {sim::RandomKey{20261125, 0, sim::Purpose::model}, entity};
}

inline sim::NeuronsSpec neurons(std::string name, std::string model, std::uint64_t size,
                                sim::Values params) {
    return {std::move(name), std::move(model), size, std::move(params), {}, {}};
}

inline sim::SourceSpec trains(std::string name, std::vector<std::vector<double>> times) {
    sim::SourceSpec spec;
    spec.name = std::move(name);
    spec.model = "spike_trains";
    spec.size = times.size();
    spec.trains = std::make_shared<const sim::SpikeTrains>(sim::SpikeTrains{std::move(times)});
    return spec;
}

/// Poisson trains of `rate` spikes per ms up to `end`, at no particular places.
inline std::vector<std::vector<double>> random_times(sim::RandomStream& draw, std::size_t units,
                                                     double rate, double end) {
    std::vector<std::vector<double>> result(units);
    for (auto& times : result)
        for (double t = draw.exponential() / rate; t < end; t += draw.exponential() / rate)
            times.push_back(t);
    return result;
}

inline sim::ProjectionSpec projection(const std::string& from, const std::string& to,
                                      sim::Value weight, sim::Value delay) {
    sim::ProjectionSpec spec;
    spec.name = from + "_to_" + to;
    spec.from = {from};
    spec.to = {to};
    spec.connector = "all_to_all";
    spec.weight = std::move(weight);
    spec.delay = std::move(delay);
    return spec;
}

/// How a run is done; none of it may change its result.
struct Manner {
    int threads = 1;
    std::vector<double> stops{};  ///< ends of calls of advance before the last
};

/// Runs a description into a sink.
inline void run(const sim::Description& description, sim::Sink& sink, const Manner& manner) {
    const sim::Network network(description, catalogue(), manner.threads);
    sim::Simulation simulation(network, catalogue(), {manner.threads});
    simulation.record(sink);
    for (const double stop : manner.stops) simulation.advance(stop);
    simulation.advance(description.run.duration);
    sink.end(sim::ExitState::complete);
}

/// The spikes of a population, in the order of (time, id).
struct Column {
    std::vector<double> times;  ///< ms
    std::vector<std::uint64_t> ids;
    bool operator==(const Column&) const = default;
};

/// All that was recorded.
struct Recording {
    std::vector<Column> spikes;              ///< [recorded population]
    std::vector<std::vector<float>> traces;  ///< [trace]
    bool operator==(const Recording&) const = default;
};

inline Recording record(const sim::Description& description, const Manner& manner = {}) {
    sim::MemorySink sink;
    run(description, sink, manner);
    Recording result{{}, sink.traces()};
    for (const auto& [times, ids] : sink.spikes()) result.spikes.push_back({times, ids});
    return result;
}

/// The spikes of the recorded populations.
inline std::vector<Column> spikes(const sim::Description& description) {
    return record(description).spikes;
}

inline std::size_t count(const std::vector<Column>& spikes) {
    return std::accumulate(
        spikes.begin(), spikes.end(), std::size_t{0},
        [](std::size_t sum, const Column& one) { return sum + one.times.size(); });
}

struct Fingerprint {
    std::string hash;
    std::uint64_t spikes;
    bool operator==(const Fingerprint&) const = default;
};

inline Fingerprint fingerprint(const sim::Description& description, const Manner& manner = {}) {
    data::SpikeHash sink;
    run(description, sink, manner);
    return {sink.hex(), sink.spikes()};
}

}  // namespace parts
