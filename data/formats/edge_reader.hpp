// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Edges from files: SONATA edges of any program, and text tables.
//
// A text table has the columns source, target and, if wanted, weight and delay (ms); a header may
// name and reorder them. Ids start at 0 inside their populations.
// Limitation: read whole.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace data {

struct EdgeSource {
    std::filesystem::path path;
    std::string population;  ///< of a SONATA file; empty: the only one
};

/// One entry per edge; weights and delays are empty where the file has none.
struct EdgeTable {
    std::vector<std::uint64_t> sources;
    std::vector<std::uint64_t> targets;
    std::vector<double> weights;  ///< in the unit of the target's port
    std::vector<double> delays;   ///< ms
};

/// Throws: BadFile; of a text table as "file:line: ..."
EdgeTable read_edges(const EdgeSource& source);

}  // namespace data
