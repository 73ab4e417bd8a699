// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A fixed number of edges between uniformly drawn pairs.

#include <boost/random/binomial_distribution.hpp>

#include "sim/net/connectors/draw_sources.hpp"

namespace sim::connectors {

struct FixedTotalNumber {
    static constexpr std::string_view name = "fixed_total_number";
    static constexpr std::string_view summary =
        "a fixed number of edges, source and target of each drawn uniformly (with multapses)";
    static constexpr std::string_view source =
        "Potjans & Diesmann 2014, Cereb Cortex 24:785; Senk et al. 2022";
    struct Params {
        double number = 1, autapses = 1;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{
            Param<P>{"number", &P::number, Unit::none, range::count, "edges in all"},
            Param<P>{"autapses", &P::autapses, Unit::none, range::flag,
                     "1: a neuron may connect to itself"}};
    }

    /// Uniform pairs are the same as in-degrees from a multinomial and uniform sources; the
    /// multinomial is split in halves by binomial draws, so that every target can be wired alone.
    static std::unique_ptr<Wiring> wire(const Params& p, const WiringContext& context) {
        PoolDraw draw{context.pre_size, 1, false, context.same_population && p.autapses == 0, 0};
        check_pool(draw, "number");
        std::vector<std::uint64_t> first(context.post_size + 1);
        split(first, 0, context.post_size, static_cast<std::uint64_t>(p.number), context.key);
        for (std::size_t t = 1; t < first.size(); ++t) first[t] += first[t - 1];
        return wiring_from([draw, key = context.key, first = std::move(first)](
                               std::uint64_t target, std::vector<Edge>& out) {
            PoolDraw mine = draw;
            mine.count = first[target + 1] - first[target];
            mine.excluded = target;
            RandomStream stream(key, target);
            std::uint64_t number = first[target];
            draw_from(mine, stream, [&](std::uint64_t k) {
                out.push_back({static_cast<std::uint32_t>(k), number++});
            });
        });
    }

private:
    // Writes the in-degree of target t to degrees[t + 1].
    static void split(std::vector<std::uint64_t>& degrees, std::uint64_t begin, std::uint64_t end,
                      std::uint64_t count, const RandomKey& key) {
        if (end - begin == 1) {
            degrees[begin + 1] = count;
            return;
        }
        const std::uint64_t middle = begin + (end - begin) / 2;
        constexpr std::uint64_t split_blocks = 1ULL << 32U;  // apart from the draws of sources
        RandomStream stream(key, middle, split_blocks);
        const double share = static_cast<double>(middle - begin) / static_cast<double>(end - begin);
        boost::random::binomial_distribution<std::int64_t, double> binomial(
            static_cast<std::int64_t>(count), share);
        const auto left = static_cast<std::uint64_t>(binomial(stream));
        split(degrees, begin, middle, left, key);
        split(degrees, middle, end, count - left, key);
    }
};

}  // namespace sim::connectors
