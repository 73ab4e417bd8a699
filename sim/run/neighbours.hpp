// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Runs whose targets stand side by side, as those of all-to-all projections: loops over them become
// vector code.

#include <cstddef>
#include <cstdint>

namespace sim {

/// Whether targets are t, t + 1, t + 2, ...; false for runs too short to be worth it.
inline bool are_neighbours(const std::uint16_t* targets, std::size_t size) {
    constexpr std::size_t fewest = 8;
    if (size < fewest || targets[size - 1] - targets[0] != static_cast<int>(size) - 1) return false;
    std::uint16_t apart = 0;
    for (std::size_t i = 0; i < size; ++i)
        apart |= static_cast<std::uint16_t>(targets[i] - targets[0] - i);
    return apart == 0;
}

/// Calls use(value of the target, k) for the synapses [first, last), by the order of k; `values` are
/// by target.
template <class T, class Use>
void for_each_with_target(const std::uint16_t* targets, std::size_t first, std::size_t last,
                          T* values, const Use& use) {
    if (are_neighbours(targets + first, last - first)) {
        T* const mine = values + targets[first];
        for (std::size_t i = 0; i < last - first; ++i) use(mine[i], first + i);
    } else {
        for (std::size_t k = first; k < last; ++k) use(values[targets[k]], k);
    }
}

}  // namespace sim
