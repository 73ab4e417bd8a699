// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Runs whose targets stand side by side, as those of all-to-all projections: loops over them become
// vector code.

#include <cstddef>
#include <cstdint>
#include <experimental/simd>

namespace sim {

/// Whether targets are t, t + 1, t + 2, ...; false for runs too short to be worth it.
inline bool are_neighbours(const std::uint16_t* targets, std::size_t size) {
    using Targets = std::experimental::native_simd<std::uint16_t>;
    constexpr std::size_t together = Targets::size();
    constexpr std::size_t fewest = 8;
    if (size < fewest || targets[size - 1] - targets[0] != static_cast<int>(size) - 1) return false;
    if (size < together) {
        std::uint16_t apart = 0;
        for (std::size_t i = 0; i < size; ++i)
            apart |= static_cast<std::uint16_t>(targets[i] - targets[0] - static_cast<int>(i));
        return apart == 0;
    }
    const Targets places([](auto i) { return static_cast<std::uint16_t>(i); });
    Targets apart(0);
    const auto look = [&](std::size_t i) {
        const auto first = static_cast<std::uint16_t>(targets[0] + i);
        apart |=
            Targets(targets + i, std::experimental::element_aligned) ^ (places + Targets(first));
    };
    for (std::size_t i = 0; i + together < size; i += together) look(i);
    look(size - together);  // some of them again, as long as the rest is short
    return none_of(apart != Targets(0));
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
