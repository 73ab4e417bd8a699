// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One-shot memory of sequences: sparse binary patterns chained by clipped Hebbian synapses.
//
// A pattern is a set of M of N cells. Storing p -> q sets every synapse from a cell of p to a cell
// of q, once and for all. Recall sums the synapses of the active cells and takes the M cells with
// most input, those of smaller number first: forward along the synapses, backward against them,
// from one matrix.
// Threads: one writer or several readers.
// Source: Willshaw, Buneman & Longuet-Higgins 1969, Nature 222:960, with k winners

#include <cstdint>
#include <vector>

namespace models {

using Pattern = std::vector<std::uint32_t>;  ///< numbers of active cells, ascending

class SparseCache {
public:
    /// Throws: sim::BadParameter unless 0 < active <= cells
    SparseCache(std::size_t cells, std::size_t active);

    std::size_t cells() const { return cells_; }
    std::size_t active() const { return active_; }

    /// Needs: patterns of `active` cells below `cells`
    void store(const Pattern& from, const Pattern& to);
    void clear();

    Pattern after(const Pattern& pattern) const;   ///< one step forward
    Pattern before(const Pattern& pattern) const;  ///< one step backward

    /// Part of the synapses that are set.
    double load() const;

private:
    Pattern winners(const std::vector<std::uint32_t>& input) const;

    std::size_t cells_, active_, words_;
    std::vector<std::uint64_t> rows_;  // [from][to], a bit each
};

}  // namespace models
