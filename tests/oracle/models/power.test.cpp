// SPDX-License-Identifier: BSD-3-Clause
// The engine's own power against the C library's in long double, and packs against doubles.

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <experimental/simd>
#include <limits>
#include <vector>

#include "sim/core/power.hpp"
#include "sim/core/random.hpp"

namespace {

namespace stdx = std::experimental;

template <int width>
using PackOf = stdx::simd<double, stdx::simd_abi::deduce_t<double, width>>;

constexpr int widest = static_cast<int>(stdx::native_simd<double>::size());
constexpr double smallest = std::numeric_limits<double>::min();
constexpr double largest = std::numeric_limits<double>::max();

/// Over all powers of two, near 1, and where the table's intervals meet.
std::vector<double> bases() {
    std::vector<double> x{smallest, largest, 1, 2, 0.5};
    for (int j = 0; j < 32; ++j)
        for (const double side : {0.0, 1e300})
            x.push_back(std::nextafter(0.5 + (2 * j + 1) / 64.0, side));
    sim::RandomStream random(sim::RandomKey{5, 0}, 0, 0);
    for (const double range : {0.01, 3.0, 700.0})
        for (int i = 0; i < 20000; ++i) x.push_back(std::exp(range * (2 * random.uniform() - 1)));
    return x;
}

const std::vector<double> exponents{1e-3, 0.1, 0.4, 0.5, 0.9999, 1.7};

template <int width>
std::size_t different_from_doubles(const std::vector<double>& x, double y) {
    using Pack = PackOf<width>;
    std::size_t different = 0;
    for (std::size_t i = 0; i + width <= x.size(); ++i) {  // every number in every lane
        const Pack power = sim::power(Pack(&x[i], stdx::element_aligned), y);
        for (std::size_t lane = 0; lane < width; ++lane)
            different += std::bit_cast<std::uint64_t>(double(power[lane])) !=
                                 std::bit_cast<std::uint64_t>(sim::power(x[i + lane], y))
                             ? 1
                             : 0;
    }
    return different;
}

}  // namespace

TEST_CASE("a power is right to some units in the 14th digit", "[oracle][power]") {
    for (const double y : exponents) {
        double worst = 0;
        for (const double x : bases()) {
            const long double correct = std::pow(static_cast<long double>(x), y);
            if (correct > largest || correct < smallest) continue;
            const double error = std::abs(static_cast<double>(sim::power(x, y) / correct - 1));
            // The two polynomials, and one rounding each of the logarithm and of its product with y.
            const double allowed = 1.2e-14 + std::abs(y * std::log2(x)) * 3e-16;
            worst = std::max(worst, error / allowed);
        }
        CAPTURE(y);
        CHECK(worst < 1);
    }
}

TEST_CASE("powers of 0 and 1, and to 0 and 1, are exact", "[oracle][power]") {
    for (const double y : exponents) {
        CHECK(sim::power(0.0, y) == 0);
        CHECK(sim::power(smallest / 2, y) == 0);
        CHECK(sim::power(1.0, y) == 1);
    }
    for (const double x : {0.0, smallest, 0.3, 1.0, 17.0, largest}) {
        CHECK(sim::power(x, 0) == 1);
        CHECK(sim::power(x, 1) == x);
    }
}

TEST_CASE("powers in packs of any width have the bits of doubles", "[oracle][power]") {
    auto x = bases();
    x.insert(x.begin() + 3, {0.0, smallest / 2});
    for (const double y : exponents) {
        CAPTURE(y);
        CHECK(different_from_doubles<2>(x, y) == 0);
        if constexpr (widest >= 4) CHECK(different_from_doubles<4>(x, y) == 0);
        if constexpr (widest >= 8) CHECK(different_from_doubles<8>(x, y) == 0);
    }
}
