// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/weight_lattice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace sim {

std::uint32_t WeightLattice::quanta(double weight) const {
    const double n = std::floor(weight / quantum + 0.5);
    return static_cast<std::uint32_t>(std::clamp(n, 0.0, static_cast<double>(most)));
}

std::optional<WeightLattice> WeightLattice::common(const WeightLattice& a, const WeightLattice& b) {
    if ((a.quantum > 0) != (b.quantum > 0)) return std::nullopt;
    const auto& [fine, coarse] =
        std::abs(a.quantum) < std::abs(b.quantum) ? std::tie(a, b) : std::tie(b, a);
    constexpr double largest = std::numeric_limits<std::uint16_t>::max();
    if (coarse.most * (coarse.quantum / fine.quantum) > largest) return std::nullopt;
    return WeightLattice{fine.quantum, std::max(fine.most, coarse.in(fine.quantum).most)};
}

std::optional<WeightLattice> lattice_of(const Value& weight) {
    if (weight.kind != Value::Kind::normal && weight.kind != Value::Kind::uniform)
        return std::nullopt;
    double low = weight.lower();
    double high = weight.upper();
    if (weight.kind == Value::Kind::normal) {
        constexpr double deviations = 8;
        low = std::max(low, weight.a - deviations * weight.b);
        high = std::min(high, weight.a + deviations * weight.b);
    }
    const double largest = std::max(std::abs(low), std::abs(high));
    if ((low < 0 && high > 0) || !std::isnormal(largest)) return std::nullopt;
    constexpr int bits = 14;
    const double quantum = std::ldexp(1.0, std::ilogb(largest) - bits);
    if (!std::isnormal(quantum)) return std::nullopt;
    return WeightLattice{high > 0 ? quantum : -quantum,
                         static_cast<std::uint32_t>(std::ceil(largest / quantum))};
}

}  // namespace sim
