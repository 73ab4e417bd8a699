// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// e^x and e^x - 1 for doubles and for packs of them, with the same bits for every width.
//
// x = k ln 2 + r with |r| <= ln 2 / 2 up to rounding. Of e^r = 1 + r + r^2 q(r), q is a polynomial
// that interpolates at the Chebyshev nodes (error of e^r 2e-17). Every operation rounds as IEEE 754
// says and none is fused, so lanes and doubles agree. Errors: exp < 1 ulp, expm1 < 2 ulp.

#include <bit>
#include <cmath>
#include <cstdint>
#include <experimental/simd>

namespace sim {

namespace detail {

namespace stdx = std::experimental;

template <class T>
struct Integers {
    using type = stdx::rebind_simd_t<std::int64_t, T>;
};
template <>
struct Integers<double> {
    using type = std::int64_t;
};

/// What is added and taken away again to round to a whole number, which stays in the low bits.
inline constexpr double rounder = 0x1.8p52;

/// 2^k for k in [-1022, 1023]. Takes k + rounder.
template <class T>
inline T power_of_two(T shifted) {
    const auto bits = std::bit_cast<typename Integers<T>::type>(shifted);
    return std::bit_cast<T>((bits + 1023) << 52);
}

/// The parts of x = k ln 2 + r, and e^r - 1.
template <class T>
struct Reduced {
    T shifted, k, rest;
};

template <class T>
[[gnu::always_inline]] inline Reduced<T> reduced(T x) {
    constexpr double per_ln2 = 0x1.71547652b82fep0;
    constexpr double ln2_high = 0x1.62e42fefa0000p-1;  // times k exact
    constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;
    const T shifted = x * per_ln2 + rounder;
    const T k = shifted - rounder;
    const T r = (x - k * ln2_high) - k * ln2_low;
    const T r2 = r * r;
    const T r4 = r2 * r2;
    const T low = (0x1p-1 + r * 0x1.5555555555556p-3) +
                  r2 * (0x1.5555555553d4fp-5 + r * 0x1.11111111109adp-7);
    const T middle = (0x1.6c16c17893833p-10 + r * 0x1.a01a01a7c8d47p-13) +
                     r2 * (0x1.a019b8ef67c6cp-16 + r * 0x1.71de0d9c145d0p-19);
    const T high = 0x1.2891a8c1d838dp-22 + r * 0x1.af38d53857513p-26;
    return {shifted, k, r + r2 * (low + r4 * (middle + r4 * high))};
}

template <class T>
inline T limited(T x, double low, double high) {
    stdx::where(x > T(high), x) = T(high);  // NaN stays
    stdx::where(x < T(low), x) = T(low);
    return x;
}

inline bool where_any(bool condition) { return condition; }
template <class Mask>
inline bool where_any(const Mask& condition) {
    return any_of(condition);
}

/// Where e^x is subnormal or beyond the largest double, or may be: 2^k in two factors.
template <class T>
[[gnu::noinline]] T extreme_exp(T x) {
    const auto [shifted, k, rest] = reduced(limited(x, -800, 800));
    const T half_shifted = k * 0.5 + rounder;
    const T other_shifted = (k - (half_shifted - rounder)) + rounder;
    return (T(1) + rest) * power_of_two(half_shifted) * power_of_two(other_shifted);
}

template <class T>
[[gnu::always_inline]] inline T exp_of(T x) {
    const auto is_extreme = !(x >= T(-708) && x <= T(709));
    if (where_any(is_extreme)) [[unlikely]]
        return extreme_exp(x);
    const auto [shifted, k, rest] = reduced(x);
    return (T(1) + rest) * power_of_two(shifted);
}

template <class T>
[[gnu::always_inline]] inline T expm1_of(T x) {
    // Below -40 the result is -1.
    const auto is_extreme = !(x >= T(-708) && x <= T(709));
    if (where_any(is_extreme)) [[unlikely]] {
        T result = extreme_exp(x) - T(1);
        const auto [shifted, k, rest] = reduced(limited(x, -708, 709));
        const T scale = power_of_two(shifted);
        stdx::where(!is_extreme, result) = scale * rest + (scale - T(1));
        return result;
    }
    const auto [shifted, k, rest] = reduced(x);
    const T scale = power_of_two(shifted);
    return scale * rest + (scale - T(1));
}

/// Even and odd powers apart: short in operations and in time. Error of the polynomial 4e-16.
template <class T>
[[gnu::always_inline]] inline T small_exp_of(T x) {
    const T x2 = x * x;
    const T even =
        1.0 + x2 * (0.5000000000000007 +
                    x2 * (0.04166666666656548 +
                          x2 * (0.001388888893514123 +
                                x2 * (2.4801501014878055e-05 + x2 * 2.762773069846965e-07))));
    const T odd = 1.0000000000000075 +
                  x2 * (0.16666666666545207 +
                        x2 * (0.008333333388852152 +
                              x2 * (0.00019841166270355944 + x2 * 2.7641829585335596e-06)));
    T result = even + x * odd;
    using std::abs;
    const auto is_large = !(abs(x) <= T(0.35));
    if (where_any(is_large)) [[unlikely]]
        stdx::where(is_large, result) = exp_of(x);
    return result;
}

}  // namespace detail

inline double exp(double x) { return detail::exp_of(x); }
inline double expm1(double x) { return detail::expm1_of(x); }

/// e^x, in fewer operations where |x| <= 0.35. Error < 4 ulp.
template <class T>
[[gnu::always_inline]] inline T small_exp(T x) {
    return detail::small_exp_of(x);
}

template <class Abi>
[[gnu::always_inline]] inline std::experimental::simd<double, Abi> exp(
    const std::experimental::simd<double, Abi>& x) {
    return detail::exp_of(x);
}
template <class Abi>
[[gnu::always_inline]] inline std::experimental::simd<double, Abi> expm1(
    const std::experimental::simd<double, Abi>& x) {
    return detail::expm1_of(x);
}

}  // namespace sim
