// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/snapshot.hpp"

#include "data/formats/weight_file.hpp"

namespace protocols::cli {

std::uint64_t snapshot_bytes(const sim::Network& network) {
    constexpr std::uint64_t bytes_per_edge = 48;
    std::uint64_t edges = 0;
    for (const auto& group : network.groups())
        if (group.is_plastic) edges += group.synapses;
    return edges * bytes_per_edge;
}

void write_snapshot(const std::filesystem::path& file, const sim::Network& network,
                    const sim::Simulation& simulation,
                    const std::map<std::string, std::string>& provenance) {
    std::vector<data::EdgePopulation> all;
    for (const auto& group : network.groups()) {
        if (!group.is_plastic) continue;
        const auto number = group.projections.front();
        const auto& projection = network.projections()[number];
        data::EdgePopulation edges;
        edges.name = projection.name;
        edges.source = network.populations()[projection.pre].name;
        edges.target = network.populations()[projection.post].name;
        std::vector<std::vector<double>*> members{&edges.values["syn_weight"]};
        for (const auto& name : simulation.synapse_members(number))
            members.push_back(&edges.values[name]);
        auto& delays = edges.values["delay"];
        simulation.for_each_synapse(number, [&](std::uint64_t source, std::uint64_t target,
                                                std::span<const double> values, sim::Time delay) {
            edges.sources.push_back(source);
            edges.targets.push_back(target);
            for (std::size_t i = 0; i < values.size(); ++i) members[i]->push_back(values[i]);
            delays.push_back(network.clock().ms(delay));
        });
        all.push_back(std::move(edges));
    }
    data::write_edges(file, all, provenance);
}

}  // namespace protocols::cli
