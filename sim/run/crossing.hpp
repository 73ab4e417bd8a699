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

    /// The sign change of f_k between `low` and `high`: Newton's method kept inside the bracket.
    double root(std::size_t k, double low, double high, double at_low, double at_high) const {
        const bool rises = at_low < 0;
        double t = low + (high - low) * at_low / (at_low - at_high);
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
            step = next - t;
            if (std::abs(step) <= 1e-16 * high || next == low || next == high) return next;
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

/// Time until the gap first reaches 0 from below, in [0, dt]; 0 if it is there already.
template <ClosedForm M, class FlowOf>
std::optional<double> first_crossing(const typename M::template Params<double>& p,
                                     const FlowOf& flow_of,
                                     const typename M::template State<double>& s, double dt) {
    if (M::gap(p, s, 1.0) >= 0) return 0.0;
    if (dt <= 0 || M::bound(p, s, dt) < 0) return std::nullopt;
    return CrossingSearch<M, FlowOf>(p, flow_of, s).first(dt);
}

}  // namespace sim
