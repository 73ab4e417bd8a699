// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/networks.hpp"

#include <filesystem>

#include "protocols/cli/exit_code.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {
namespace {

using Knobs = std::map<std::string, Knob>;

BenchNetwork brunel(const std::string& form, std::vector<std::string> settings) {
    const Knobs knobs{{"neurons", {"n_scale", "scale"}},
                      {"synapses", {"k_scale", "scale"}},
                      {"rate", {"eta", "2"}}};
    return {"brunel-" + form, "brunel", std::move(settings), {}, 100, 1000, knobs};
}

// In-degrees are those of the paper at any size.
BenchNetwork vogels_abbott(const std::string& protocol, const std::string& timing,
                           double duration) {
    return {protocol + "-" + timing,      protocol, {"run.timing=" + timing}, {}, 100, duration,
            {{"neurons", {"scale", "1"}}}};
}

BenchNetwork microcircuit(const std::string& timing) {
    const Knobs knobs{{"neurons", {"n_scale", "scale"}},
                      {"synapses", {"k_scale", "scale"}},
                      {"rate", {"rate_ext", "8 Hz"}}};
    return {"microcircuit-" + timing,
            "microcircuit",
            {"run.timing=" + timing},
            {"scale=0.1"},
            100,
            1000,
            knobs};
}

// At some 10 Hz.
BenchNetwork brunel_stdp(const std::string& form, std::vector<std::string> settings) {
    auto network = brunel(form, std::move(settings));
    network.name = "brunel_stdp-" + form;
    network.protocol = "brunel_stdp";
    network.knobs["rate"] = {"eta", "1.15"};
    return network;
}

BenchNetwork hpc(const std::string& timing) {
    const Knobs knobs{{"neurons", {"n_scale", "scale"}},
                      {"synapses", {"k_scale", "scale"}},
                      {"rate", {"eta", "1.685"}}};
    return {
        "hpc-" + timing, "hpc_benchmark", {"run.timing=" + timing}, {"scale=0.1"}, 50, 250, knobs};
}

BenchNetwork hpc_stdp(const std::string& timing) {
    auto network = hpc(timing);
    network.name = "hpc_stdp-" + timing;
    network.settings.push_back("plasticity=stdp");
    return network;
}

bool is_file(const std::string& name) {
    const std::filesystem::path path = name;
    return path.has_parent_path() || path.extension() == ".toml" || path.extension() == ".json";
}

}  // namespace

const std::vector<BenchNetwork>& standard_networks() {
    static const std::vector<BenchNetwork> networks{
        brunel("grid", {"drive=constant", "run.timing=grid"}),
        brunel("exact", {"drive=constant", "run.timing=exact"}),
        brunel("poisson-grid", {"drive=poisson", "run.timing=grid"}),
        brunel("poisson-exact", {"drive=poisson", "run.timing=exact"}),
        brunel("delta-grid", {"model=lif_delta", "drive=constant", "run.timing=grid"}),
        brunel("delta-poisson-grid", {"model=lif_delta", "drive=poisson", "run.timing=grid"}),
        vogels_abbott("cuba", "grid", 10000),
        vogels_abbott("cuba", "exact", 10000),
        vogels_abbott("coba", "grid", 1000),
        vogels_abbott("coba", "exact", 1000),
        vogels_abbott("cobahh", "grid", 1000),
        vogels_abbott("event_driven", "exact", 10000),
        microcircuit("grid"),
        microcircuit("exact"),
        hpc("grid"),
        hpc("exact"),
        brunel_stdp("additive", {"run.timing=grid"}),
        brunel_stdp("multiplicative", {"run.timing=grid", "mu=1"}),
        brunel_stdp("power", {"run.timing=grid", "mu=0.4"}),
        brunel_stdp("triplet", {"run.timing=grid", "rule=triplet"}),
        brunel_stdp("reward", {"run.timing=grid", "rule=reward"}),
        brunel_stdp("exact", {"run.timing=exact"}),
        hpc_stdp("grid"),
        hpc_stdp("exact"),
    };
    return networks;
}

std::vector<BenchNetwork> networks_named(const std::string& name) {
    std::vector<BenchNetwork> found;
    std::vector<std::string> known;
    for (const auto& one : standard_networks()) {
        if (one.name == name) return {one};
        if (one.name.starts_with(name + "-") || one.protocol == name) found.push_back(one);
        known.push_back(one.name);
    }
    if (!found.empty()) return found;
    if (is_file(name)) return {{name, name, {}, {}, 100, 0, {}}};
    throw UsageError("bench: unknown network '" + name + "'" + sim::suggestion(name, known) +
                     "; see sharpwave bench --list");
}

}  // namespace protocols::cli
