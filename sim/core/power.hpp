// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// x^y for doubles and for packs of them, with the same bits for every width.
//
// x = 2^e m with m / (1 + j / 16) = 1 + f, |f| <= 1/32, and log2 x = e + log2 (1 + j / 16) + f q(f);
// 2^(k / 16 + r / 16) = 2^(k / 16) (1 + r p(r)), |r| <= 1/2. q and p interpolate at the Chebyshev
// nodes (errors of the sum 3e-15, of the factor 9e-15). No operation is fused and none divides; short
// chains, as a loop over weights waits for those rather than for their number. Relative error: 1.2e-14
// and one rounding of y log2 x for each; 1^y is 1.

#include <array>
#include <bit>
#include <cstdint>
#include <experimental/simd>
#include <limits>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "sim/core/exponential.hpp"
#include "sim/core/logarithm.hpp"

namespace sim {

namespace detail {

using Sixteen = std::array<double, 16>;
/// 1 / (1 + j / 16), and minus its logarithm to the base of 2.
inline constexpr Sixteen inverses{
    0x1.0000000000000p+0, 0x1.e1e1e1e1e1e1ep-1, 0x1.c71c71c71c71cp-1, 0x1.af286bca1af28p-1,
    0x1.999999999999ap-1, 0x1.8618618618618p-1, 0x1.745d1745d1746p-1, 0x1.642c8590b2164p-1,
    0x1.5555555555555p-1, 0x1.47ae147ae147bp-1, 0x1.3b13b13b13b14p-1, 0x1.2f684bda12f68p-1,
    0x1.2492492492492p-1, 0x1.1a7b9611a7b96p-1, 0x1.1111111111111p-1, 0x1.0842108421084p-1};
inline constexpr Sixteen logarithms{0x0.0p+0,
                                    0x1.663f6fac91318p-4,
                                    0x1.5c01a39fbd68bp-3,
                                    0x1.fbc16b902680dp-3,
                                    0x1.49a784bcd1b8ap-2,
                                    0x1.91bba891f170ap-2,
                                    0x1.d6753e032ea0ep-2,
                                    0x1.0c10500d63aa7p-1,
                                    0x1.2b803473f7ad2p-1,
                                    0x1.49a784bcd1b8bp-1,
                                    0x1.66a008e4788cbp-1,
                                    0x1.82809d5be7074p-1,
                                    0x1.9d5d9fd5010b4p-1,
                                    0x1.b74948f5532dap-1,
                                    0x1.d053f6d260897p-1,
                                    0x1.e88c6b3626a73p-1};
/// 2^(j / 16).
inline constexpr Sixteen roots{
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
    0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
    0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0};

/// Bits of doubles; without a sign, as shifts that keep it take several instructions.
template <class T>
struct Bits {
    using type = stdx::rebind_simd_t<std::uint64_t, T>;
};
template <>
struct Bits<double> {
    using type = std::uint64_t;
};

/// By the last four bits.
template <class T>
[[gnu::always_inline]] inline T look_up(const Sixteen& table,
                                        const typename Bits<T>::type& places) {
    if constexpr (std::is_same_v<T, double>) return table[static_cast<std::size_t>(places & 15)];
    else {
#ifdef __AVX512F__
        if constexpr (sizeof(T) == sizeof(__m512d))
            return std::bit_cast<T>(_mm512_permutex2var_pd(_mm512_loadu_pd(table.data()),
                                                           std::bit_cast<__m512i>(places),
                                                           _mm512_loadu_pd(table.data() + 8)));
#endif
        return T([&](auto i) { return table[static_cast<std::size_t>(places[i] & 15)]; });
    }
}

/// Needs: x positive and normal
template <class T>
[[gnu::always_inline]] inline T log2_of(T x) {
    using Whole = typename Bits<T>::type;
    constexpr std::uint64_t one = 0x3FF0000000000000;
    constexpr std::uint64_t exponents = 0xFFF0000000000000;
    const auto bits = std::bit_cast<Whole>(x);
    // To the nearest sixteenth: those below 2 by less belong to the next power.
    const Whole places = bits + (std::uint64_t{1} << 47U);
    const T m = std::bit_cast<T>(bits - (places & exponents) + one);
    constexpr double bias = 1023;
    const T e = std::bit_cast<T>((places >> 52) + std::bit_cast<std::uint64_t>(rounder)) -
                T(rounder + bias);
    const Whole sixteenth = places >> 48;
    const T f = m * look_up<T>(inverses, sixteenth) - T(1);
    const T f2 = f * f;
    const T low = (T(0x1.71547652b82fep+0) - f * T(0x1.71547652e0a34p-1)) +
                  f2 * (T(0x1.ec709dc3e82a0p-2) - f * T(0x1.71546c361fe5ap-2));
    const T high =
        (T(0x1.2776bc11ef99ap-2) - f * T(0x1.ed125b25e54d0p-3)) + f2 * T(0x1.a6a7284209ef0p-3);
    return (e + look_up<T>(logarithms, sixteenth)) + f * (low + f2 * f2 * high);
}

template <class T>
[[gnu::always_inline]] inline T power_of(T x, double y) {
    if (y == 0) return T(1);
    if (y == 1) return x;
    const T least(std::numeric_limits<double>::min());
    const auto is_zero = x < least;
    T inside = x;
    stdx::where(is_zero, inside) = T(1);
    const T sixteenths = log2_of(inside) * T(16 * y);
    const T shifted = sixteenths + T(rounder);
    const T r = sixteenths - (shifted - T(rounder));
    const T p = (T(0x1.62e42fefa39efp-5) + r * T(0x1.ebfbdff6988c8p-11)) +
                r * r *
                    ((T(0x1.c6b08d6faa1bep-17) + r * T(0x1.3b2c4ac7da565p-23)) +
                     r * r * T(0x1.5d893e58acc63p-30));
    using Whole = typename Bits<T>::type;
    const auto k = std::bit_cast<Whole>(shifted);
    const T root = look_up<T>(roots, k);
    const T scale = std::bit_cast<T>(std::bit_cast<Whole>(root) + ((k >> 4) << 52));
    T result = scale + scale * (r * p);
    constexpr double normal = 16 * 1020;
    const auto is_extreme = !(sixteenths >= T(-normal) && sixteenths <= T(normal));
    if (where_any(is_extreme)) [[unlikely]]
        stdx::where(is_extreme, result) = exp_of(T(y) * log_of(inside));
    stdx::where(is_zero, result) = T(0);
    return result;
}

}  // namespace detail

/// x^y for x >= 0 and y >= 0; 0^0 is 1, and what is below the normal numbers counts as 0.
inline double power(double x, double y) { return detail::power_of(x, y); }

template <class Abi>
[[gnu::always_inline]] inline std::experimental::simd<double, Abi> power(
    const std::experimental::simd<double, Abi>& x, double y) {
    return detail::power_of(x, y);
}

}  // namespace sim
