// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Linear systems x' = A x in long double, and where a combination of the values first rises to a
// threshold. Constant drives are values of x with derivative 0.
//
// Invariants
//   (1) nothing here knows a closed form of any model: the exponential is I + 2^-64 A squared again
//       and again, so equal and nearly equal time constants need no care.
//   (2) first_rise skips no stretch on which a bound of the second derivative allows a crossing.

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "tests/oracle/models/support.hpp"

namespace reference {

using oracle::Real;

constexpr std::size_t most_values = 8;
using Vector = std::array<Real, most_values>;
using Matrix = std::array<Vector, most_values>;  ///< [row][column]

inline Real product(const Vector& a, const Vector& b) {
    Real sum = 0;
    for (std::size_t i = 0; i < most_values; ++i) sum += a[i] * b[i];
    return sum;
}

inline Vector product(const Matrix& a, const Vector& x) {
    Vector result{};
    for (std::size_t i = 0; i < most_values; ++i) result[i] = product(a[i], x);
    return result;
}

inline Vector absolute(Vector x) {
    for (auto& value : x) value = std::abs(value);
    return x;
}

class LinearSystem {
public:
    /// Needs: rows and columns of `a` from `size` on are 0
    LinearSystem(std::size_t size, const Matrix& a) : size_(size), growth_(shortest + longest) {
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                growth_[0][i][j] = std::ldexp(a[i][j], -shortest);
        for (std::size_t k = 1; k < growth_.size(); ++k) growth_[k] = doubled(growth_[k - 1]);
    }

    /// Moves x on by dt, one power of two after the other. Units: dt ms, below 2^longest
    void flow(Vector& x, Real dt) const {
        for (std::size_t k = growth_.size(); dt > 0 && k-- > 0;) {
            const Real power = std::ldexp(Real(1), static_cast<int>(k) - shortest);
            if (dt < power) continue;
            dt -= power;
            const Vector from = x;
            for (std::size_t i = 0; i < size_; ++i)
                for (std::size_t j = 0; j < size_; ++j) x[i] += growth_[k][i][j] * from[j];
        }
    }

private:
    static constexpr int shortest = 64;  // 2^-64 ms is below the rounding of any time here
    static constexpr int longest = 12;

    /// e^{2 A t} - 1 from e^{A t} - 1, without ever adding the 1.
    Matrix doubled(const Matrix& half) const {
        Matrix whole{};
        for (std::size_t i = 0; i < size_; ++i)
            for (std::size_t j = 0; j < size_; ++j) {
                whole[i][j] = 2 * half[i][j];
                for (std::size_t k = 0; k < size_; ++k) whole[i][j] += half[i][k] * half[k][j];
            }
        return whole;
    }

    std::size_t size_;
    std::vector<Matrix> growth_;  // e^{A 2^(k - shortest)} - 1
};

/// A linear system and the combination of its values that is compared with a threshold.
class RisingSystem {
public:
    RisingSystem(std::size_t size, const Matrix& a, const Vector& row)
        : system_(size, a), row_(row), slope_(times(row, a)), bend_(absolute(times(slope_, a))) {
        Matrix magnitude{};
        for (std::size_t i = 0; i < size; ++i) magnitude[i] = absolute(a[i]);
        const LinearSystem majorant(size, magnitude);
        for (std::size_t j = 0; j < size; ++j) {
            Vector column{};
            column[j] = 1;
            majorant.flow(column, span);
            for (std::size_t i = 0; i < size; ++i) largest_growth_[i][j] = column[i];
        }
    }

    Real height(const Vector& x) const { return product(row_, x); }
    void flow(Vector& x, Real dt) const { system_.flow(x, dt); }

    /// Moves x to the first instant within dt at which its height is `threshold`, and returns that
    /// instant, or moves it over dt.
    /// Needs: height(x) < threshold
    std::optional<Real> first_rise(Vector& x, Real threshold, Real dt) const {
        Real t = 0;
        while (t < dt) {
            const Real h = std::min(safe_step(x, threshold), dt - t);
            const Vector before = x;
            flow(x, h);
            if (height(x) >= threshold) return t + bisect(before, threshold, h, x);
            t = h < dt - t ? t + h : dt;
        }
        return std::nullopt;
    }

private:
    static constexpr Real span = 0.125L;  // ms for which one bound holds
    // Between points this close the height exceeds both by less than |x''| h^2 / 8, below rounding.
    static constexpr Real shortest = 1e-11L;

    /// The threshold is not reached before this. On the span the second derivative is at most
    /// `bend`, since |e^{A t} x| <= e^{|A| t} |x|, which grows with t.
    Real safe_step(const Vector& x, Real threshold) const {
        const Real bend = product(bend_, product(largest_growth_, absolute(x)));
        const Real slope = product(slope_, x);
        const Real room = threshold - height(x);
        const Real root = slope + std::sqrt(slope * slope + 2 * bend * room);
        const Real h = root > 0 ? std::clamp(2 * room / root, shortest, span) : span;
        constexpr Real coarse = 1024;  // few binary digits make a quick flow
        return h * coarse >= 1 ? std::floor(h * coarse) / coarse : h;
    }

    /// Needs: the threshold is reached within `high` of `before`
    Real bisect(const Vector& before, Real threshold, Real high, Vector& x) const {
        Real low = 0;
        while (high - low > 1e-17L) {
            const Real middle = (low + high) / 2;
            x = before;
            flow(x, middle);
            (height(x) < threshold ? low : high) = middle;
        }
        x = before;
        flow(x, high);
        return high;
    }

    static Vector times(const Vector& row, const Matrix& a) {
        Vector result{};
        for (std::size_t i = 0; i < most_values; ++i)
            for (std::size_t j = 0; j < most_values; ++j) result[j] += row[i] * a[i][j];
        return result;
    }

    LinearSystem system_;
    Vector row_;             // height
    Vector slope_;           // its derivative
    Vector bend_;            // bound of its second derivative
    Matrix largest_growth_{};  // e^{|A| span}
};

}  // namespace reference
