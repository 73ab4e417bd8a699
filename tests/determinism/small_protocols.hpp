// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Every protocol file that is shipped, at a size for slow tests.

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "protocols/file/protocol_file.hpp"
#include "tests/contract/parts.hpp"

namespace protocols::test {

inline std::filesystem::path builtin_folder() { return SHARPWAVE_SOURCE_DIR "/protocols/builtin"; }

inline std::vector<std::string> builtin_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(builtin_folder()))
        if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// What makes a protocol small; a protocol that is not listed gets a twentieth of its scale.
inline std::vector<Override> small_size(const std::string& name) {
    static const std::map<std::string, std::vector<Override>> known{
        {"brunel", {{"scale", "0.01"}}},
        {"brunel_stdp", {{"scale", "0.01"}, {"lambda", "0.01"}}},
        {"cobahh",
         {{"neurons.exc.size", "16"},
          {"neurons.inh.size", "4"},
          {"projections.exc_to_all.indegree", "8"},
          {"projections.inh_to_all.indegree", "2"},
          {"sources.start.rate", "3000"}}},
        {"hpc_benchmark", {{"scale", "0.01"}}},
        {"microcircuit", {{"scale", "0.01"}}},
        {"spiking_xor",
         {{"epochs", "1"},
          {"run.resolution", "0.1"},
          {"record.spikes", "true"},
          {"phases.0.record", "true"},
          {"phases.1.record", "true"},
          {"phases.2.record", "true"}}},
        {"synfire",
         {{"neurons.pool_1.size", "10"},
          {"weight", "200"},
          {"sources.background_exc.rate", "1500"},
          {"sources.background_inh.rate", "300"},
          {"sources.packet.start", "5"},
          {"sources.packet.stop", "9"}}}};
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
    for (const auto& row :
         describe_protocol(load_source(builtin_folder() / (name + ".toml"))).parameters)
        if (row.name == "scale") return {{"scale", "0.05"}};
    return {};
}

/// The protocol at small size, cut or stretched to `duration` ms.
inline sim::Description small(const std::string& name, double duration, sim::Timing timing) {
    auto d = read_protocol(load_source(builtin_folder() / (name + ".toml")), small_size(name),
                           parts::catalogue());
    d.run.timing = timing;
    d.run.duration = duration;
    double left = duration;
    for (auto& phase : d.phases) {
        phase.duration = std::min(phase.duration, left);
        left -= phase.duration;
    }
    std::erase_if(d.phases, [](const auto& phase) { return phase.duration <= 0; });
    if (!d.phases.empty()) d.phases.back().duration += left;
    return d;
}

}  // namespace protocols::test
