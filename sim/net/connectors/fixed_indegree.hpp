// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The same number of random sources for every target.

#include "sim/net/connectors/draw_sources.hpp"

namespace sim::connectors {

struct FixedIndegree {
    static constexpr std::string_view name = "fixed_indegree";
    static constexpr std::string_view summary =
        "every target neuron draws the same number of sources uniformly";
    static constexpr std::string_view source =
        "Brunel 2000, J Comput Neurosci 8:183; Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {
        double indegree = 1, multapses = 1, autapses = 1;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{
            Param<P>{"indegree", &P::indegree, Unit::none, range::count, "sources per target"},
            Param<P>{"multapses", &P::multapses, Unit::none, range::flag,
                     "1: a pair may be connected several times"},
            Param<P>{"autapses", &P::autapses, Unit::none, range::flag,
                     "1: a neuron may connect to itself"}};
    }

    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        PoolDraw draw{context.pre_size, static_cast<std::uint64_t>(p.indegree), p.multapses == 0,
                      context.same_population && p.autapses == 0, 0};
        check_pool(draw, "indegree");
        return wiring_from([draw, key = context.key](std::uint64_t target, std::vector<Edge>& out) {
            PoolDraw mine = draw;
            mine.excluded = target;
            RandomStream stream(key, target);
            std::uint64_t number = target * draw.count;
            draw_from(mine, stream, [&](std::uint64_t k) {
                out.push_back({static_cast<std::uint32_t>(k), number++});
            });
        });
    }
};

}  // namespace sim::connectors
