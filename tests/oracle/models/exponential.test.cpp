// SPDX-License-Identifier: BSD-3-Clause
// The engine's own exponential against the C library's in long double, and packs against doubles.

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <experimental/simd>
#include <limits>
#include <vector>

#include "sim/core/exponential.hpp"
#include "sim/core/random.hpp"

namespace {

namespace stdx = std::experimental;

template <int width>
using PackOf = stdx::simd<double, stdx::simd_abi::deduce_t<double, width>>;

constexpr int widest = static_cast<int>(stdx::native_simd<double>::size());
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Numbers over the whole range of results, near 0, and where exp is subnormal or overflows.
std::vector<double> numbers() {
    std::vector<double> x{0.0,
                          -0.0,
                          5e-324,
                          -5e-324,
                          1e-300,
                          1e300,
                          -1e300,
                          infinity,
                          -infinity,
                          -708,
                          709,
                          -709,
                          709.782712893384,
                          709.7827128933841,
                          -745.1332191019411,
                          -745.1332191019412};
    sim::RandomStream random(sim::RandomKey{3, 0}, 0, 0);
    struct Range {
        double low, high;
    };
    for (const auto [low, high] : std::vector<Range>{
             {-745.2, 709.8}, {-1, 1}, {-1e-3, 1e-3}, {-40, 40}, {-746, -707}, {708, 710}, {-0.36, 0.36}})
        for (int i = 0; i < 20000; ++i) x.push_back(low + (high - low) * random.uniform());
    return x;
}

/// Distance in units of the last place of the correct result.
double distance(double found, long double correct) {
    const auto near = static_cast<double>(correct);
    if (found == near) return 0;
    if (!std::isfinite(near) || !std::isfinite(found)) return infinity;
    const double unit = std::nextafter(std::abs(near), infinity) - std::abs(near);
    return static_cast<double>(std::abs(found - correct)) / unit;
}

bool has_same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

template <int width>
void compare_with_doubles(const std::vector<double>& x) {
    using Pack = PackOf<width>;
    std::size_t different = 0;
    for (std::size_t i = 0; i + width <= x.size(); ++i) {  // every number in every lane
        const Pack pack(&x[i], stdx::element_aligned);
        const Pack exp = sim::exp(pack);
        const Pack expm1 = sim::expm1(pack);
        const Pack small = sim::small_exp(pack);
        for (std::size_t lane = 0; lane < width; ++lane)
            different += !has_same_bits(exp[lane], sim::exp(x[i + lane])) ||
                         !has_same_bits(expm1[lane], sim::expm1(x[i + lane])) ||
                         !has_same_bits(small[lane], sim::small_exp(x[i + lane]));
    }
    CAPTURE(width);
    CHECK(different == 0);
}

}  // namespace

TEST_CASE("exp and expm1 are right to the last places", "[oracle][exponential]") {
    double worst_exp = 0;
    double worst_expm1 = 0;
    for (const double x : numbers()) {
        worst_exp =
            std::max(worst_exp, distance(sim::exp(x), std::exp(static_cast<long double>(x))));
        worst_expm1 =
            std::max(worst_expm1, distance(sim::expm1(x), std::expm1(static_cast<long double>(x))));
    }
    double worst_small = 0;
    for (const double x : numbers())
        worst_small =
            std::max(worst_small, distance(sim::small_exp(x), std::exp(static_cast<long double>(x))));
    // Its polynomial alone is off by two units near -0.35.
    CHECK(worst_small < 4);
    // Half a unit of rounding, and the same once or thrice more inside.
    CHECK(worst_exp < 1.25);
    CHECK(worst_expm1 < 2);
}

TEST_CASE("exp and expm1 hand NaN on", "[oracle][exponential]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(sim::exp(nan)));
    CHECK(std::isnan(sim::expm1(nan)));
    PackOf<2> pack(1.0);
    pack[1] = nan;
    CHECK(has_same_bits(sim::exp(pack)[0], sim::exp(1.0)));
    CHECK(std::isnan(sim::exp(pack)[1]));
}

TEST_CASE("packs of any width have the bits of doubles", "[oracle][exponential]") {
    const auto x = numbers();
    compare_with_doubles<2>(x);
    if constexpr (widest >= 4) compare_with_doubles<4>(x);
    if constexpr (widest >= 8) compare_with_doubles<8>(x);
}
