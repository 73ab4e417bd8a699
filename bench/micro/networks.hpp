// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the micro benchmarks share: the catalogue, and a network of one population.

#include "protocols/cli/parts.hpp"
#include "sim/net/network.hpp"

namespace bench {

inline const sim::Catalogue& catalogue() {
    static const sim::Catalogue parts = protocols::cli::all_parts();
    return parts;
}

/// `size` neurons wired among themselves with one weight and a delay of 1.5 ms.
inline sim::Description one_population(std::uint64_t size, const std::string& connector,
                                       std::map<std::string, double> connector_params) {
    sim::NeuronsSpec neurons;
    neurons.name = "all";
    neurons.model = "lif_exp";
    neurons.size = size;
    sim::ProjectionSpec wires;
    wires.name = "wires";
    wires.from = {"all"};
    wires.to = {"all"};
    wires.connector = connector;
    wires.connector_params = std::move(connector_params);
    wires.delay = sim::Value::of(1.5);
    sim::Description description;
    description.name = "one_population";
    description.neurons = {neurons};
    description.projections = {wires};
    return description;
}

}  // namespace bench
