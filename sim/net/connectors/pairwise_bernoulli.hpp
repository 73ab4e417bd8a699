// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Every pair independently with the same probability.

#include <array>
#include <cmath>

#include "sim/net/wiring.hpp"

namespace sim::connectors {

struct PairwiseBernoulli {
    static constexpr std::string_view name = "pairwise_bernoulli";
    static constexpr std::string_view summary =
        "every pair of neurons is connected independently with probability p";
    static constexpr std::string_view source =
        "Erdos & Renyi 1959; Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {
        double p = 0.1, autapses = 1;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{Param<P>{"p", &P::p, Unit::none, range::unit_interval,
                                   "probability of an edge for each pair"},
                          Param<P>{"autapses", &P::autapses, Unit::none, range::flag,
                                   "1: a neuron may connect to itself"}};
    }

    /// Jumps from edge to edge with geometric gaps instead of drawing every pair.
    /// Source: Batagelj & Brandes 2005, Phys Rev E 71:036113
    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        const bool skip_self = context.same_population && p.autapses == 0;
        return wiring_from([n = context.pre_size, key = context.key, probability = p.p,
                            skip_self](std::uint64_t target, std::vector<Edge>& out) {
            if (probability <= 0) return;
            RandomStream stream(key, target);
            const double log_miss = std::log1p(-probability);
            double next = 0;
            while (true) {
                if (probability < 1) next += std::floor(std::log(stream.uniform()) / log_miss);
                if (!(next < static_cast<double>(n))) return;
                const auto k = static_cast<std::uint64_t>(next);
                if (!skip_self || k != target)
                    out.push_back({static_cast<std::uint32_t>(k), target * n + k});
                next += 1;
            }
        });
    }
};

}  // namespace sim::connectors
