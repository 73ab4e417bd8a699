// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The same number of random targets for every source.

#include "sim/net/connectors/draw_sources.hpp"
#include "sim/net/connectors/listed_edges.hpp"

namespace sim::connectors {

struct FixedOutdegree {
    static constexpr std::string_view name = "fixed_outdegree";
    static constexpr std::string_view summary =
        "every source neuron draws the same number of targets uniformly";
    static constexpr std::string_view source = "Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {
        double outdegree = 1, multapses = 1, autapses = 1;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{
            Param<P>{"outdegree", &P::outdegree, Unit::none, range::count, "targets per source"},
            Param<P>{"multapses", &P::multapses, Unit::none, range::flag,
                     "1: a pair may be connected several times"},
            Param<P>{"autapses", &P::autapses, Unit::none, range::flag,
                     "1: a neuron may connect to itself"}};
    }

    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        PoolDraw draw{context.post_size, static_cast<std::uint64_t>(p.outdegree), p.multapses == 0,
                      context.same_population && p.autapses == 0, 0};
        check_pool(draw, "outdegree");
        std::vector<std::uint32_t> targets;
        targets.reserve(context.pre_size * draw.count);
        for (std::uint64_t source = 0; source < context.pre_size; ++source) {
            draw.excluded = source;
            RandomStream stream(context.key, source);
            draw_from(draw, stream, [&](std::uint64_t k) {
                targets.push_back(static_cast<std::uint32_t>(k));
            });
        }
        return std::make_unique<ListedEdges>(
            targets.size(), context, [&](std::uint64_t e) { return e / draw.count; },
            [&](std::uint64_t e) { return targets[e]; });
    }
};

}  // namespace sim::connectors
