// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Edges given one by one, in the protocol or in a file.

#include <array>

#include "sim/net/connectors/listed_edges.hpp"

namespace sim::connectors {

struct EdgeList {
    static constexpr std::string_view name = "edge_list";
    static constexpr std::string_view summary =
        "edges one by one: `edges = [[source, target], ...]`, or a file named by `path`";
    static constexpr std::string_view source = "Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {};
    static std::array<Param<Params>, 0> params() { return {}; }

    static std::unique_ptr<Wiring> wire(const Params&, const WiringContext& context) {
        if (context.edges == nullptr) throw BadNetwork("needs `edges` or `path`");
        const auto& list = *context.edges;
        if (list.source.size() != list.target.size())
            throw BadNetwork("has " + std::to_string(list.source.size()) + " sources but " +
                             std::to_string(list.target.size()) + " targets");
        return std::make_unique<ListedEdges>(
            list.source.size(), context, [&](std::uint64_t e) { return list.source[e]; },
            [&](std::uint64_t e) { return list.target[e]; });
    }
};

}  // namespace sim::connectors
