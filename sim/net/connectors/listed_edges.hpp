// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A wiring held as a list: for edges given one by one and for connectors that draw by source.

#include <memory>
#include <string>

#include "sim/core/error.hpp"
#include "sim/net/wiring.hpp"

namespace sim::connectors {

/// Groups edges by target (counting sort, so the order within a target is that of the list).
/// Throws: BadNetwork if an edge names a neuron that does not exist
class ListedEdges final : public Wiring {
public:
    template <class Source, class Target>
    ListedEdges(std::uint64_t edges, const WiringContext& context, Source source_of, Target target_of)
        : begin_(context.post_size + 1), edges_(edges) {
        for (std::uint64_t e = 0; e < edges; ++e) {
            check(e, "source", source_of(e), context.pre_size);
            check(e, "target", target_of(e), context.post_size);
            ++begin_[target_of(e) + 1];
        }
        for (std::size_t t = 1; t < begin_.size(); ++t) begin_[t] += begin_[t - 1];
        auto next = begin_;
        for (std::uint64_t e = 0; e < edges; ++e)
            edges_[next[target_of(e)]++] = {static_cast<std::uint32_t>(source_of(e)), e};
    }

    void sources_of(std::uint64_t target, std::vector<Edge>& out) const override {
        out.insert(out.end(), edges_.begin() + static_cast<std::ptrdiff_t>(begin_[target]),
                   edges_.begin() + static_cast<std::ptrdiff_t>(begin_[target + 1]));
    }

private:
    static void check(std::uint64_t edge, const char* side, std::uint64_t id, std::uint64_t size) {
        if (id >= size)
            throw BadNetwork("edge " + std::to_string(edge) + " has " + side + " " +
                             std::to_string(id) + ", but the population has " +
                             std::to_string(size) + " neurons (ids start at 0)");
    }

    std::vector<std::uint64_t> begin_;
    std::vector<Edge> edges_;
};

}  // namespace sim::connectors
