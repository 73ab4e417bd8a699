// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Every source to every target.

#include <array>

#include "sim/net/wiring.hpp"

namespace sim::connectors {

struct AllToAll {
    static constexpr std::string_view name = "all_to_all";
    static constexpr std::string_view summary = "every source neuron to every target neuron";
    static constexpr std::string_view source = "Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {
        double autapses = 1;
    };
    static constexpr auto params() {
        return std::array{Param<Params>{"autapses", &Params::autapses, Unit::none, range::flag,
                                        "1: a neuron may connect to itself"}};
    }

    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        const bool skip_self = context.same_population && p.autapses == 0;
        return wiring_from([n = context.pre_size, skip_self](std::uint64_t target,
                                                             std::vector<Edge>& out) {
            for (std::uint64_t k = 0; k < n; ++k)
                if (!skip_self || k != target)
                    out.push_back({static_cast<std::uint32_t>(k), target * n + k});
        });
    }
};

}  // namespace sim::connectors
