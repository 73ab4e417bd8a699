// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The weights that drawn static synapses can have.
//
// They are whole multiples of a power of two, some 1/16,384 to 1/32,768 of the largest weight, so
// that a weight takes two bytes and sums of weights are exact in any order. That is a thousandth of
// the standard deviation where this is a tenth of the mean.

#include <cstdint>
#include <optional>

#include "sim/core/value.hpp"

namespace sim {

struct WeightLattice {
    double quantum;      ///< between neighbours; below 0 if the weights are
    std::uint32_t most;  ///< the largest weight, in quanta

    /// The nearest of the lattice, in quanta. Normal draws beyond 8 standard deviations (some 1 in
    /// 10^15) take its end.
    std::uint32_t quanta(double weight) const;
    double nearest(double weight) const { return quantum * quanta(weight); }

    /// With another quantum, of which there are whole ones in this.
    WeightLattice in(double finer) const {
        return {finer, most * static_cast<std::uint32_t>(quantum / finer)};
    }

    /// The finer of the two, for weights of both; none if they would take more than 16 bits.
    static std::optional<WeightLattice> common(const WeightLattice& a, const WeightLattice& b);
};

/// None for constants and lists, for weights of both signs, and for distributions without a natural
/// end: such weights are drawn as floats.
std::optional<WeightLattice> lattice_of(const Value& weight);

}  // namespace sim
