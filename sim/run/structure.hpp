// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Structural plasticity: the synapses of a projection as a table that may be rewritten while the
// simulation stands still.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/net/description.hpp"

namespace sim {

/// All synapses between two populations, in the order of source, delay, target.
struct SynapseTable {
    std::uint64_t sources, targets;  ///< sizes of the populations
    bool is_recurrent;               ///< they are the same
    std::uint32_t part;              ///< number of the projection in random keys
    double sign;                     ///< of weights, 1 or -1
    Step shortest, longest;          ///< delays, whole steps: no new one may lie outside
    std::size_t members;             ///< of a synapse: its weight, then what its rule keeps besides
    std::vector<std::uint64_t> source, target;
    std::vector<Time> delay;
    std::vector<double> values;  ///< [synapse][member]

    std::size_t size() const { return source.size(); }
    double weight(std::size_t k) const { return values[k * members]; }
    /// A synapse with fresh members besides its weight.
    void add(std::uint64_t from, std::uint64_t to, const Time& after, double weight);
    /// Drops all synapses for which `is_kept` is false. Shape: is_kept[size()]
    void keep(const std::vector<bool>& is_kept);

    std::vector<double> fresh;  ///< members of a new synapse
};

/// What a structural rule is.
using Rewiring = std::function<void(SynapseTable&)>;

/// Drops synapses of amounts below `spec.prune_below`, and lets as many grow between random pairs
/// without one, as far as such are found; no neuron is joined with itself. `occasion`: its number, for
/// the draws.
void prune_and_regrow(SynapseTable& table, const StructureSpec& spec, std::uint64_t seed,
                      std::uint64_t occasion);

}  // namespace sim
