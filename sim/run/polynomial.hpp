// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Smooth functions of a short time, several side by side, as polynomials to the precision of a double.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>
#include <type_traits>
#include <vector>

#include "sim/run/lanes.hpp"

namespace sim {

/// `count` numbers in one register.
template <std::size_t count>
struct Register {
    typedef double Type __attribute__((vector_size(count * sizeof(double))));
};

/// Functions on [0, length], `n` of them.
template <std::size_t n>
class PolynomialTable {
public:
    static constexpr std::size_t width = std::bit_ceil(n);
    using Values = std::array<double, n>;
    using Packed = typename Register<width>::Type;

    PolynomialTable() = default;

    static constexpr double full_precision = 4e-15;  ///< the rounding of the interpolation itself

    /// Interpolates at the Chebyshev points, with as few terms as the precision allows, which is that
    /// of the largest value of each function.
    /// Source: Trefethen 2013, Approximation Theory and Approximation Practice, ch. 3, 8
    template <class Function>
    PolynomialTable(const Function& function, double length, double precision = full_precision)
        : scale_(2 / length) {
        constexpr std::size_t checks = 65;
        std::array<Values, checks> exact;
        Values largest{};
        for (std::size_t j = 0; j < checks; ++j) {
            exact[j] = function(length * static_cast<double>(j) / (checks - 1));
            for (std::size_t i = 0; i < n; ++i)
                largest[i] = std::max(largest[i], std::abs(exact[j][i]));
        }
        double error = 1;
        for (terms_ = 3; terms_ <= most_terms; terms_ += 2) {
            interpolate(function, length);
            error = 0;
            for (std::size_t j = 0; j < checks; ++j) {
                const Packed value = at(length * static_cast<double>(j) / (checks - 1));
                for (std::size_t i = 0; i < n; ++i)
                    if (largest[i] > 0)
                        error = std::max(error, std::abs(value[i] - exact[j][i]) / largest[i]);
            }
            if (error <= precision) break;
        }
        terms_ = std::min(terms_, most_terms);
        is_precise_ = error <= 2.5 * precision;
        for (std::size_t i = 0; i < n; ++i) is_there_[i] = largest[i] > 0;
    }

    /// False where the functions change too fast for a polynomial.
    bool is_precise() const { return is_precise_; }

    Packed at(double x) const {
        // Register by register: larger vectors would go through memory at every operation.
        constexpr std::size_t together = std::min(width, lanes);
        using Piece = typename Register<together>::Type;
        const double z = x * scale_ - 1;
        Packed result;
        for (std::size_t i = 0; i < width; i += together) {
            const auto piece = sum<Piece>(z, terms_, [&](std::size_t k) {
                Piece coefficient;
                std::memcpy(&coefficient, coefficients_[k].data() + i, sizeof coefficient);
                return coefficient;
            });
            std::memcpy(reinterpret_cast<double*>(&result) + i, &piece, sizeof piece);
        }
        return result;
    }

    /// At several places side by side, as `at` has them.
    std::array<Pack, n> at(const Pack& x) const {
        const Pack z = x * Pack(scale_) - Pack(1);
        std::array<Pack, n> result;
        for (std::size_t i = 0; i < n; ++i)
            result[i] =
                sum<Pack>(z, terms_, [&](std::size_t k) { return Pack(coefficients_[k][i]); });
        return result;
    }

    /// A polynomial in z = scale x - 1, from its coefficients, highest power first. Even and odd powers
    /// apart, which halves the chain of dependent operations.
    /// Needs: `terms` odd, as with_terms tells
    template <class Result, class Z, class Coefficient>
    static Result sum(const Z& z, std::size_t terms, const Coefficient& coefficient) {
        const Z squared = z * z;
        Result even = coefficient(0);
        Result odd = coefficient(1);
        for (std::size_t k = 2; k + 1 < terms; k += 2) {
            even = even * squared + coefficient(k);
            odd = odd * squared + coefficient(k + 1);
        }
        return even * squared + coefficient(terms - 1) + odd * z;
    }
    double scale() const { return scale_; }
    double coefficient(std::size_t k, std::size_t i) const { return coefficients_[k][i]; }

    static constexpr std::size_t most_terms = 17;
    /// Coefficients of the powers 0, 1, ... of x of one of the functions at z = a x + b.
    std::array<double, most_terms> in_powers(std::size_t i, double a, double b) const {
        std::array<double, most_terms> result{};
        for (std::size_t k = 0; k < terms_; ++k) {  // Horner's scheme, on polynomials
            for (std::size_t m = k; m > 0; --m) result[m] = b * result[m] + a * result[m - 1];
            result[0] = b * result[0] + coefficients_[k][i];
        }
        return result;
    }

    /// Calls use with the number of terms as an integral constant.
    template <class Use>
    void with_terms(const Use& use) const {
        with_terms_from<3>(use);
    }

    /// False if the function is zero.
    bool is_there(std::size_t i) const { return is_there_[i]; }

private:
    template <std::size_t terms, class Use>
    void with_terms_from(const Use& use) const {
        if constexpr (terms < most_terms)
            if (terms < terms_) return with_terms_from<terms + 2>(use);
        use(std::integral_constant<std::size_t, terms>{});
    }

    template <class Function>
    void interpolate(const Function& function, double length) {
        std::array<Values, most_terms> series{};  // in Chebyshev polynomials
        for (std::size_t j = 0; j < terms_; ++j) {
            const double angle = std::numbers::pi * (static_cast<double>(j) + 0.5) / static_cast<double>(terms_);
            const Values value = function((std::cos(angle) + 1) / 2 * length);
            for (std::size_t k = 0; k < terms_; ++k)
                for (std::size_t i = 0; i < n; ++i)
                    series[k][i] += (k == 0 ? 1.0 : 2.0) / static_cast<double>(terms_) *
                                    std::cos(static_cast<double>(k) * angle) * value[i];
        }
        to_powers(series);
    }

    /// From Chebyshev polynomials to powers, highest first.
    void to_powers(const std::array<Values, most_terms>& series) {
        coefficients_ = {};
        std::array<double, most_terms> before{}, now{}, next{};
        before[0] = 1;
        now[1] = 1;
        for (std::size_t k = 0; k < terms_; ++k) {
            const auto& polynomial = k == 0 ? before : now;
            for (std::size_t m = 0; m < terms_; ++m)
                for (std::size_t i = 0; i < n; ++i)
                    coefficients_[terms_ - 1 - m][i] += series[k][i] * polynomial[m];
            if (k == 0) continue;
            for (std::size_t m = 0; m < terms_; ++m)
                next[m] = (m > 0 ? 2 * now[m - 1] : 0) - before[m];
            before = now;
            now = next;
        }
    }

    double scale_ = 0;
    std::size_t terms_ = 0;
    bool is_precise_ = false;
    std::array<bool, n> is_there_{};
    // Of the powers of z, highest first; aligned so that a row is one line of the cache.
    alignas(Packed) std::array<std::array<double, width>, most_terms> coefficients_{};
};

}  // namespace sim
