// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The first threshold crossing of a linear system between two inputs, without loss.
//
// The gap to threshold is a sum of n exponential modes (times powers of t where rates repeat). With
// f_0 = gap and f_{k+1} = f_k' + r_k f_k, mode after mode drops out, and f_n = 0. Since
// e^{r_k t} f_k has the derivative e^{r_k t} f_{k+1}, f_k changes sign at most once between two sign
// changes of f_{k+1} (Rolle). So all sign changes of f_{n-1}, ..., f_0 are found in turn, each alone
// in its bracket: no crossing is missed, however short it stays above the threshold.
// Source: the count of zeros of exponential sums, Polya & Szego 1976, Problems and Theorems in
// Analysis II, part V, 75; the aim is that of Krishnan et al. 2018, Front Neuroinform 11:75.

#include <array>
#include <cmath>
#include <optional>

#include "sim/run/model.hpp"

namespace sim {

/// `FlowOf` gives the flow over a time: M::flow itself or a table of it.
template <ClosedForm M, class FlowOf>
class CrossingSearch {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    CrossingSearch(const Params& p, const FlowOf& flow_of, const State& start)
        : p_(p), flow_of_(flow_of), start_(start) {
        const auto rates = M::rates(p);
        for (std::size_t i = 0; i < n; ++i) rates_[i] = rates[i];
        weights_[0][0] = 1;
        for (std::size_t k = 0; k + 1 < n; ++k)
            for (std::size_t i = 0; i <= k; ++i) {
                weights_[k + 1][i] += rates_[k] * weights_[k][i];
                weights_[k + 1][i + 1] += weights_[k][i];
            }
    }

    /// Time after the start, in (0, dt]; nothing if the gap stays below 0.
    /// Needs: gap < 0 at the start
    std::optional<double> first(double dt) {
        at_start_ = derivatives(0, n - 1);
        at_end_ = derivatives(dt, n - 1);
        const auto before = variations(at_start_);
        const auto after = variations(at_end_);
        const bool ends_above = at_end_[0] >= 0;
        if (before && after && *before == *after && !ends_above) return std::nullopt;
        if (before && after && *before == *after + 1 && ends_above) return only_root(dt);
        Roots inner = {};
        for (std::size_t k = n - 1; k > 0; --k) inner = sign_changes(k, inner, dt);
        double low = 0;
        double at_low = at_start_[0];
        for (std::size_t i = 0; i <= inner.count; ++i) {
            const bool is_last = i == inner.count;
            const double high = is_last ? dt : inner.at[i];
            const double at_high = is_last ? at_end_[0] : value(0, high);
            if (high > low && at_high >= 0) return root(0, low, high, at_low, at_high);
            low = high;
            at_low = at_high;
        }
        return std::nullopt;
    }

private:
    static constexpr std::size_t n = std::tuple_size_v<decltype(M::rates(std::declval<Params>()))>;
    struct Roots {
        std::array<double, n + 1> at{};
        std::size_t count = 0;
    };
    using Derivatives = std::array<double, n + 1>;

    State state(double t) const {
        State s = start_;
        if (t > 0) M::advance(p_, flow_of_(t), s);
        return s;
    }

    /// The gap and its derivatives up to order `last`.
    Derivatives derivatives(double t, std::size_t last) const {
        Derivatives g{};
        State s = state(t);
        g[0] = M::gap(p_, s, 1.0);
        for (std::size_t i = 1; i <= last; ++i) {
            s = M::derivative(p_, s, i == 1 ? 1.0 : 0.0);
            g[i] = M::gap(p_, s, 0.0);
        }
        return g;
    }

    /// Changes of sign along f_0, f_1, ..., f_{n-1}; nothing where rounding hides a sign. Between two
    /// times as many are lost as f_0 has zeros, or an even number more (Budan and Fourier's theorem,
    /// by the argument above).
    std::optional<int> variations(const Derivatives& g) const {
        int count = 0;
        bool was_negative = g[0] < 0;
        for (std::size_t k = 1; k < n; ++k) {
            double sum = 0;
            double size = 0;
            for (std::size_t i = 0; i <= k; ++i) {
                const double term = weights_[k][i] * g[i];
                sum += term;
                size += std::abs(term);
            }
            if (std::abs(sum) <= 1e-13 * size) return std::nullopt;
            count += (sum < 0) != was_negative ? 1 : 0;
            was_negative = sum < 0;
        }
        return count;
    }

    double combine(std::size_t k, const Derivatives& g, std::size_t shift) const {
        double sum = 0;
        for (std::size_t i = 0; i <= k; ++i) sum += weights_[k][i] * g[i + shift];
        return sum;
    }

    double value(std::size_t k, double t) const { return combine(k, derivatives(t, k), 0); }

    Roots sign_changes(std::size_t k, const Roots& brackets, double dt) const {
        Roots result;
        double low = 0;
        double at_low = combine(k, at_start_, 0);
        for (std::size_t i = 0; i <= brackets.count; ++i) {
            const bool is_last = i == brackets.count;
            const double high = is_last ? dt : brackets.at[i];
            const double at_high = is_last ? combine(k, at_end_, 0) : value(k, high);
            if ((at_low < 0) != (at_high < 0) && result.count < result.at.size())
                result.at[result.count++] = root(k, low, high, at_low, at_high);
            low = high;
            at_low = at_high;
        }
        return result;
    }

    /// The only zero of the gap in (0, dt]: Newton's method from the zero of the cubic that has values
    /// and slopes in common with the gap at both ends.
    double only_root(double dt) const {
        const double g0 = at_start_[0];
        const double s0 = dt * at_start_[1];
        const double s1 = dt * at_end_[1];
        const double a = s0 + s1 - 2 * (at_end_[0] - g0);
        const double b = 3 * (at_end_[0] - g0) - 2 * s0 - s1;
        double x = g0 / (g0 - at_end_[0]);
        for (int i = 0; i < 4; ++i) {
            const double value = ((a * x + b) * x + s0) * x + g0;
            const double slope = (3 * a * x + 2 * b) * x + s0;
            const double next = x - value / slope;
            if (!(next >= 0 && next <= 1)) break;
            x = next;
        }
        return root(0, 0, dt, x * dt, true);
    }

    /// The sign change of f_k between `low` and `high`: Newton's method kept inside the bracket.
    double root(std::size_t k, double low, double high, double at_low, double at_high) const {
        const double guess = low + (high - low) * at_low / (at_low - at_high);
        return root(k, low, high, guess, at_low < 0);
    }
    double root(std::size_t k, double low, double high, double t, bool rises) const {
        double step = high - low;
        for (int i = 0; i < 100; ++i) {
            const auto g = derivatives(t, k + 1);
            const double f = combine(k, g, 0);
            ((f < 0) == rises ? low : high) = t;
            const double change = -f / combine(k, g, 1);
            double next = t + change;
            // Halve where Newton leaves the bracket or gains less than a bisection would.
            if (!(next > low && next < high) || std::abs(change) > 0.5 * std::abs(step))
                next = low + (high - low) / 2;
            // The steps of Newton's method shrink like their squares.
            const double last = step;
            step = next - t;
            const double expected = std::abs(step / last * step / last * step);
            if ((i > 0 && expected <= 1e-17 * high) || next == low || next == high) return next;
            t = next;
        }
        return high;
    }

    const Params& p_;
    const FlowOf& flow_of_;
    const State& start_;
    Derivatives at_start_{}, at_end_{};
    std::array<double, n> rates_{};
    std::array<std::array<double, n + 1>, n> weights_{};  // f_k as a sum of derivatives of the gap
};

}  // namespace sim
