// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Uniform draws from a pool, with or without repetition, shared by the random connectors.

#include <string>
#include <unordered_set>

#include "sim/core/error.hpp"
#include "sim/net/wiring.hpp"

namespace sim::connectors {

/// A draw of `count` members of [0, pool), each distinct if `distinct`, never `excluded`.
struct PoolDraw {
    std::uint64_t pool;
    std::uint64_t count;
    bool distinct;
    bool has_excluded;
    std::uint64_t excluded;
};

/// Throws: BadNetwork if the pool is too small
inline void check_pool(const PoolDraw& draw, const std::string& what) {
    const std::uint64_t available = draw.pool - (draw.has_excluded ? 1 : 0);
    if (draw.count > 0 && available == 0)
        throw BadNetwork("there is no neuron to connect with: the pool is empty");
    if (draw.distinct && draw.count > available)
        throw BadNetwork(what + " = " + std::to_string(draw.count) + " exceeds the " +
                         std::to_string(available) +
                         " neurons of the pool; allow multapses or lower it");
}

/// Calls `use(member)` for every member drawn, in the order of the draws.
/// Source: Floyd's algorithm (Bentley & Floyd 1987, Commun ACM 30:754) for distinct members.
template <class Use>
void draw_from(const PoolDraw& draw, RandomStream& stream, Use use) {
    const std::uint64_t available = draw.pool - (draw.has_excluded ? 1 : 0);
    const auto member = [&](std::uint64_t k) {
        return draw.has_excluded && k >= draw.excluded ? k + 1 : k;
    };
    if (!draw.distinct) {
        for (std::uint64_t k = 0; k < draw.count; ++k) use(member(stream.below(available)));
        return;
    }
    std::unordered_set<std::uint64_t> seen;
    seen.reserve(draw.count);
    for (std::uint64_t top = available - draw.count; top < available; ++top) {
        std::uint64_t k = stream.below(top + 1);
        if (!seen.insert(k).second) {
            k = top;
            seen.insert(k);
        }
        use(member(k));
    }
}

}  // namespace sim::connectors
