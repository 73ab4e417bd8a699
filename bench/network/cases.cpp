// SPDX-License-Identifier: BSD-3-Clause
#include "bench/network/cases.hpp"

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace bench {

const std::vector<Case>& all_cases() {
    static const std::vector<Case> cases{
        {"brunel-grid", "brunel", {"drive=constant", "run.timing=grid"}, 100, 1000},
        {"brunel-exact", "brunel", {"drive=constant", "run.timing=exact"}, 100, 1000},
        {"brunel-poisson-grid", "brunel", {"drive=poisson", "run.timing=grid"}, 100, 1000},
        {"brunel-poisson-exact", "brunel", {"drive=poisson", "run.timing=exact"}, 100, 1000},
        {"brunel-delta-grid",
         "brunel",
         {"model=lif_delta", "drive=constant", "run.timing=grid"},
         100,
         1000},
        {"cuba-grid", "cuba", {"run.timing=grid"}, 100, 10000},
        {"cuba-exact", "cuba", {"run.timing=exact"}, 100, 10000},
        {"coba-grid", "coba", {"run.timing=grid"}, 100, 1000},
        {"coba-exact", "coba", {"run.timing=exact"}, 100, 1000},
        {"cobahh-grid", "cobahh", {"run.timing=grid"}, 100, 1000},
        {"event-driven-exact", "event_driven", {"run.timing=exact"}, 100, 10000},
        {"microcircuit-grid", "microcircuit", {"run.timing=grid"}, 100, 1000},
        {"microcircuit-exact", "microcircuit", {"run.timing=exact"}, 100, 1000},
        {"hpc-grid", "hpc_benchmark", {"run.timing=grid"}, 50, 250},
        {"hpc-exact", "hpc_benchmark", {"run.timing=exact"}, 50, 250},
    };
    return cases;
}

const Case& find_case(std::string_view name) {
    std::vector<std::string> known;
    for (const auto& one : all_cases()) {
        if (one.name == name) return one;
        known.push_back(one.name);
    }
    throw sim::UnknownName("no benchmark '" + std::string(name) + "'" +
                           sim::suggestion(name, known));
}

}  // namespace bench
