// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Natural logarithm of positive doubles and of packs of them, with the same bits for every width.
//
// x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(f) with f = (m - 1) / (m + 1), whose
// series is a polynomial in f^2 that interpolates at the Chebyshev nodes. Error: 2 ulp.

#include <bit>
#include <cstdint>
#include <experimental/simd>

#include "sim/core/exponential.hpp"

namespace sim {

namespace detail {

/// Needs: x positive and normal
template <class T>
[[gnu::always_inline]] inline T log_of(T x) {
    using Whole = typename Integers<T>::type;
    constexpr std::int64_t root_half = 0x3FE6A09E667F3BCD;  // bits of sqrt(1/2)
    const auto bits = std::bit_cast<Whole>(x) - root_half;
    // An arithmetic shift: the exponent in units of the interval.
    const Whole exponent = bits >> 52;
    const T m = std::bit_cast<T>((bits & 0x000FFFFFFFFFFFFF) + root_half);
    // k as a double, by the low bits of a large number.
    const auto shifted = std::bit_cast<T>(exponent + std::bit_cast<std::int64_t>(rounder));
    const T k = shifted - T(rounder);
    const T f = (m - T(1)) / (m + T(1));
    const T z = f * f;
    const T series =
        T(2.0 / 3) +
        z * (T(2.0 / 5) +
             z * (T(2.0 / 7) +
                  z * (T(2.0 / 9) +
                       z * (T(2.0 / 11) +
                            z * (T(2.0 / 13) +
                                 z * (T(2.0 / 15) +
                                      z * (T(2.0 / 17) +
                                           z * (T(2.0 / 19) + z * T(2.0 / 21)))))))));
    constexpr double ln2_high = 0x1.62e42fefa0000p-1;
    constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;
    return k * T(ln2_high) + (k * T(ln2_low) + (T(2) * f + f * z * series));
}

}  // namespace detail

/// Needs: x positive and normal
inline double log(double x) { return detail::log_of(x); }

template <class Abi>
[[gnu::always_inline]] inline std::experimental::simd<double, Abi> log(
    const std::experimental::simd<double, Abi>& x) {
    return detail::log_of(x);
}

}  // namespace sim
