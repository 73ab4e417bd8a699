// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Gap to threshold along one integration step, as the polynomial of the stepper's dense output.
//
// Everything here is over theta in [0, 1], the part of the step gone. The polynomial is kept in
// Bernstein form: it never exceeds its largest coefficient, so "no crossing" is proved.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace sim::ode {

class GapPolynomial {
public:
    /// The quintic with values g0, g1 and theta-slopes d0, d1 at the ends and values at 1/3, 2/3.
    GapPolynomial(double g0, double d0, double g1, double d1, double at_third,
                  double at_two_thirds) {
        const std::array<double, 4> cubic{g0, g0 + d0 / 3, g1 - d1 / 3, g1};
        const auto hermite = elevated(elevated(cubic));
        // What is left vanishes twice at both ends: theta^2 (1 - theta)^2 (a + b theta).
        const double shape = 4.0 / 81;
        const double third = (at_third - value(hermite, 1.0 / 3)) / shape;
        const double two_thirds = (at_two_thirds - value(hermite, 2.0 / 3)) / shape;
        const double b = 3 * (two_thirds - third);
        const double a = third - b / 3;
        c_ = hermite;
        c_[2] += a / 10;
        c_[3] += (a + b) / 10;
    }

    double operator()(double theta) const { return value(c_, theta); }

    double slope(double theta) const { return value(difference(c_), theta); }

    /// The first theta > `from` where the polynomial rises through 0, if it does.
    std::optional<double> first_rise(double from) const {
        if (from == 0) return first_rise(c_, 0, 1, 0);
        return first_rise(split(c_, from).second, from, 1, 0);
    }

    /// Where the hump that begins with the rise at `root` is highest, for as long as the slope is
    /// positive; 1 if it rises to the end.
    double top(double root) const {
        constexpr int parts = 64;
        double low = root;
        for (int i = 1; i <= parts; ++i) {
            double high = root + (1 - root) * i / parts;
            if (slope(high) >= 0) {
                low = high;
                continue;
            }
            for (int k = 0; k < 50; ++k) {
                const double middle = (low + high) / 2;
                (slope(middle) >= 0 ? low : high) = middle;
            }
            return low;
        }
        return 1;
    }

private:
    using Quintic = std::array<double, 6>;

    template <std::size_t n>
    static std::array<double, n + 1> elevated(const std::array<double, n>& c) {
        std::array<double, n + 1> result{};
        for (std::size_t i = 0; i <= n; ++i) {
            const double part = static_cast<double>(i) / n;
            result[i] = (i > 0 ? part * c[i - 1] : 0) + (i < n ? (1 - part) * c[i] : 0);
        }
        return result;
    }

    template <std::size_t n>
    static double value(std::array<double, n> c, double theta) {  // de Casteljau
        for (std::size_t left = n - 1; left > 0; --left)
            for (std::size_t i = 0; i < left; ++i) c[i] += theta * (c[i + 1] - c[i]);
        return c[0];
    }

    static std::pair<Quintic, Quintic> split(Quintic c, double theta) {
        Quintic low{};
        Quintic high = c;
        for (std::size_t left = 6; left-- > 0;) {
            low[5 - left] = c[0];
            high[left] = c[left];
            for (std::size_t i = 0; i < left; ++i) c[i] += theta * (c[i + 1] - c[i]);
        }
        return {low, high};
    }

    static std::optional<double> first_rise(const Quintic& c, double low, double high, int depth) {
        int changes = 0;
        for (std::size_t i = 0; i < 5; ++i) changes += (c[i] < 0) != (c[i + 1] < 0);
        if (changes == 0 || (changes == 1 && !(c[0] < 0))) return std::nullopt;
        if (changes == 1) return low + (high - low) * rise(c);
        if (depth == 40) return std::nullopt;  // a hump narrower than rounding resolves
        const auto halves = split(c, 0.5);
        const double middle = (low + high) / 2;
        if (const auto found = first_rise(halves.first, low, middle, depth + 1)) return found;
        return first_rise(halves.second, middle, high, depth + 1);
    }

    /// The single rise in [0, 1], to about 1e-6: a guess for the refinement on the equations.
    static double rise(const Quintic& c) {
        double low = 0;
        double high = 1;
        double theta = c[0] / (c[0] - c[5]);
        for (int i = 0; i < 20 && high - low > 1e-6; ++i) {
            const double g = value(c, theta);
            (g < 0 ? low : high) = theta;
            const double next = theta - g / value(difference(c), theta);
            if (std::abs(next - theta) < 1e-6) return std::clamp(next, low, high);
            theta = next > low && next < high ? next : (low + high) / 2;
        }
        return theta;
    }

    static std::array<double, 5> difference(const Quintic& c) {
        std::array<double, 5> d{};
        for (std::size_t i = 0; i < 5; ++i) d[i] = 5 * (c[i + 1] - c[i]);
        return d;
    }

    Quintic c_{};
};

}  // namespace sim::ode
