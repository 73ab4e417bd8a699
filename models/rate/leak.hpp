// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The leak of a state and its undoing, in fixed point (exact) and in double precision.
//
// Fixed point: a state is a whole number m, kept in a double, and stands for m / 2^30. The leak is
// m' = floor(c m). For 1/2 <= c < 1 every m' has one or two preimages; which of two it was is one
// bit, kept on a stack. A uniform m is ambiguous with probability 2 (1 - c), so that many bits are
// kept a step; the least possible is log2(1 / c). c = 1 keeps nothing.
// The product c m is rounded, but monotonic in m; see `check_leak` for why two preimages remain the
// most there are.
// Source: the remainder buffer of Maclaurin et al. 2015 (ICML) and MacKay et al. 2018 (NeurIPS,
//         arXiv 1810.10999); theirs keeps the remainder of a division by a whole number

#include <cmath>
#include <string>

#include "models/rate/bit_stacks.hpp"
#include "models/rate/lane_math.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace models {

enum class Arithmetic { fixed_point, double_precision };

namespace fixed_point {

inline constexpr double one = 0x1p30;        ///< what stands for 1
inline constexpr double largest = 0x1p41;    ///< of |m|; beyond it the leak could not be undone
inline constexpr double rounder = 0x1.8p52;  ///< added and taken away: to the nearest whole number

template <class T>
inline T to_whole(T x) {
    return (x + rounder) - rounder;
}

/// The largest whole number that is not above x.  Needs: |x| < 2^51
inline Lanes floor_of(const Lanes& x) {
    Lanes nearest = to_whole(x);
    std::experimental::where(nearest > x, nearest) = nearest - 1.0;
    return nearest;
}

/// Throws: sim::BadParameter for a time constant whose leak has three preimages, or may have none
/// for some m below `largest`: there c m is wrong by up to 2^-13, so that c must be 1/2 (exact),
/// at least 1/2 + 2^-12 and at most 1 - 2^-12.
inline void check_leak(double tau) {
    const double c = 1 - 1 / tau;
    const bool is_good = c == 0.5 || c == 1 || (c >= 0.5 + 0x1p-12 && c <= 1 - 0x1p-12);
    if (!is_good)
        throw sim::BadParameter("tau = " + sim::number(tau) +
                                " steps: fixed point reverses 2, 2.002 to 4000, and infinity; "
                                "choose one of these, or arithmetic = double");
}

/// m <- floor(c m) for one unit.  Shape: m, codes[lanes]
inline void leak(double* m, double c, double* codes, std::size_t lanes) {
    namespace stdx = std::experimental;
    for (std::size_t i = 0; i < lanes; i += Lanes::size()) {
        const Lanes before = load_lanes(m + i);
        const Lanes after = floor_of(before * c);
        Lanes code(BitStacks::code_base);
        stdx::where(floor_of((before + 1.0) * c) == after, code) = BitStacks::code_base + 1;
        stdx::where(floor_of((before - 1.0) * c) == after, code) = BitStacks::code_base + 3;
        store_lanes(after, m + i);
        store_lanes(code, codes + i);
    }
}

/// m <- the least m that leaks to the present one; where the next leaks there too, a bit is asked.
inline void least_origin(double* m, double c, double* codes, std::size_t lanes) {
    namespace stdx = std::experimental;
    for (std::size_t i = 0; i < lanes; i += Lanes::size()) {
        const Lanes after = load_lanes(m + i);
        Lanes origin = floor_of(after / c) - 1.0;
        // Rounded down and rounded, the quotient is less than two below the least origin.
        for (int step = 0; step < 3; ++step)
            stdx::where(floor_of(origin * c) < after, origin) = origin + 1.0;
        Lanes code(BitStacks::code_base);
        stdx::where(floor_of((origin + 1.0) * c) == after, code) = BitStacks::code_base + 1;
        store_lanes(origin, m + i);
        store_lanes(code, codes + i);
    }
}

}  // namespace fixed_point

}  // namespace models
