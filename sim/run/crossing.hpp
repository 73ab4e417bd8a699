// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The first threshold crossing of a linear system between two inputs, without loss; of one neuron or
// of several side by side.
//
// The gap to threshold is a sum of n exponential modes (times powers of t where rates repeat). With
// f_0 = gap and f_{k+1} = f_k' + r_k f_k, mode after mode drops out, and f_n = 0. Since
// e^{r_k t} f_k has the derivative e^{r_k t} f_{k+1}, f_k changes sign at most once between two sign
// changes of f_{k+1} (Rolle). So all sign changes of f_{n-1}, ..., f_0 are found in turn, each alone
// in its bracket: no crossing is missed, however short it stays above the threshold.
// Nearly always the signs of f_0, ..., f_{n-1} at both ends tell that there is no crossing or just one.
// Source: the count of zeros of exponential sums, Polya & Szego 1976, Problems and Theorems in
// Analysis II, part V, 75; the aim is that of Krishnan et al. 2018, Front Neuroinform 11:75.

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <utility>

#include "sim/ode/mask.hpp"
#include "sim/run/model.hpp"

namespace sim {

/// f_0, f_1, ... as sums of the derivatives of the gap.
template <ClosedForm M, class T = double>
struct CrossingForms {
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    static constexpr std::size_t n = std::tuple_size_v<decltype(M::rates(std::declval<Params>()))>;

    CrossingForms() = default;
    explicit CrossingForms(const Params& p) requires std::same_as<T, double> {
        const auto rates = M::rates(p);
        weights[0][0] = 1;
        for (std::size_t k = 0; k + 1 < n; ++k)
            for (std::size_t i = 0; i <= k; ++i) {
                weights[k + 1][i] += rates[k] * weights[k][i];
                weights[k + 1][i + 1] += weights[k][i];
            }
        while (count > 1 && vanishes(p, static_cast<std::size_t>(count) - 1)) count -= 1;
    }

    std::array<std::array<T, n>, n> weights{};  ///< of derivative i in f_k: [k][i], i <= k
    /// How many do not vanish whatever the state: fewer where two currents decay alike.
    T count = T(static_cast<double>(n));

private:
    /// Tries the states that all others are sums of.
    bool vanishes(const Params& p, std::size_t k) const {
        constexpr std::size_t size = sizeof(State) / sizeof(double);
        for (std::size_t j = 0; j <= size; ++j) {
            std::array<double, size> x{};
            double unit = j == size ? 1 : 0;
            if (j < size) x[j] = 1;
            auto s = std::bit_cast<State>(x);
            double sum = 0;
            double most = 0;
            for (std::size_t i = 0; i <= k; ++i) {
                const double term = weights[k][i] * M::gap(p, s, unit);
                sum += term;
                most += std::abs(term);
                s = M::derivative(p, s, std::exchange(unit, 0));
            }
            constexpr double rounding = 1e-14;
            if (std::abs(sum) > rounding * most) return false;
        }
        return true;
    }
};

/// `T`: double, or Pack for several neurons. `FlowOf` gives the flow over a time: M::flow itself or a
/// table of it.
template <ClosedForm M, class T, class FlowOf>
class CrossingSearch {
public:
    using Params = typename M::template Params<T>;
    using State = typename M::template State<T>;
    using Forms = CrossingForms<M, T>;
    using Mask = ode::Mask<T>;

    CrossingSearch(const Params& p, const Forms& forms, const FlowOf& flow_of, const State& start)
        : p_(p), forms_(forms), flow_of_(flow_of), start_(start) {}

    /// What the signs at both ends tell.
    struct Told {
        Mask crosses;  ///< once
        Mask is_open;  ///< whether it crosses needs `all_brackets`
        T time;        ///< after the start, in [0, dt], where it crosses
    };

    /// `end`: the state after dt.
    /// Needs: gap < 0 at the start
    Told by_signs(const T& dt, const State& end, const Mask& wanted) {
        prepare(end);
        const T after_minus_before = variations(at_end_) - variations(at_start_);
        const Mask ends_above = at_end_[0] >= T(0);
        const Mask none = !ends_above && after_minus_before == T(0);
        const Mask once = wanted && ends_above && after_minus_before == T(-1);
        Told told{once, wanted && !none && !once, T(0)};
        if (any_of_lanes(once)) told.time = only_root(dt, once);
        return told;
    }

    /// Time after the start, in (0, dt]; nothing if the gap stays below 0.
    /// Needs: gap < 0 at the start
    std::optional<double> by_brackets(double dt,
                                      const State& end) requires std::same_as<T, double> {
        prepare(end);
        Roots inner = {};
        for (auto k = static_cast<std::size_t>(forms_.count) - 1; k > 0; --k)
            inner = sign_changes(k, inner, dt);
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
    static constexpr std::size_t n = Forms::n;
    // ms; below some 1e-14 steps are but the rounding of the gap, and do not shrink.
    static constexpr double negligible = 1e-13;
    struct Roots {
        std::array<double, n + 1> at{};
        std::size_t count = 0;
    };
    using Derivatives = std::array<T, n + 1>;  // the gap first

    void prepare(const State& end) {
        at_start_ = derivatives_at(start_, n - 1);
        at_end_ = derivatives_at(end, n - 1);
    }

    /// The gap and its derivatives up to order `last`.
    Derivatives derivatives_at(State s, std::size_t last) const {
        Derivatives g{};
        g[0] = M::gap(p_, s, T(1));
        for (std::size_t i = 1; i <= last; ++i) {
            s = M::derivative(p_, s, i == 1 ? T(1) : T(0));
            g[i] = M::gap(p_, s, T(0));
        }
        return g;
    }
    Derivatives derivatives(const T& t, std::size_t last) const {
        State s = start_;
        M::advance(p_, flow_of_(t), s);
        return derivatives_at(s, last);
    }

    /// Changes of sign along f_0, f_1, ..., f_{n-1}; not a number where rounding hides a sign. Between
    /// two times as many are lost as f_0 has zeros, or an even number more (Budan and Fourier's theorem,
    /// by the argument above).
    T variations(const Derivatives& g) const {
        using std::abs;
        T count(0);
        Mask was_negative = g[0] < T(0);
        for (std::size_t k = 1; k < n; ++k) {
            T sum(0);
            T size(0);
            for (std::size_t i = 0; i <= k; ++i) {
                const T term = forms_.weights[k][i] * g[i];
                sum += term;
                size += abs(term);
            }
            const Mask is_negative = sum < T(0);
            const Mask counts = T(static_cast<double>(k)) < forms_.count;
            assign_where(counts && is_negative != was_negative, count, T(count + T(1)));
            assign_where(counts && abs(sum) <= 1e-13 * size, count,
                         T(std::numeric_limits<double>::quiet_NaN()));
            was_negative = is_negative;
        }
        return count;
    }

    T combine(std::size_t k, const Derivatives& g, std::size_t shift) const {
        T sum(0);
        for (std::size_t i = 0; i <= k; ++i) sum += forms_.weights[k][i] * g[i + shift];
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
    T only_root(const T& dt, const Mask& wanted) const {
        const T g0 = at_start_[0];
        const T s0 = dt * at_start_[1];
        const T s1 = dt * at_end_[1];
        const T a = s0 + s1 - 2 * (at_end_[0] - g0);
        const T b = 3 * (at_end_[0] - g0) - 2 * s0 - s1;
        T x = g0 / (g0 - at_end_[0]);
        Mask improves = wanted;
        for (int i = 0; i < 4; ++i) {
            const T value = ((a * x + b) * x + s0) * x + g0;
            const T slope = (3 * a * x + 2 * b) * x + s0;
            const T next = x - value / slope;
            improves = improves && next >= T(0) && next <= T(1);
            assign_where(improves, x, next);
        }
        return root(0, T(0), dt, x * dt, Mask(true), wanted);
    }

    /// The sign change of f_k between `low` and `high`: Newton's method kept inside the bracket.
    T root(std::size_t k, const T& low, const T& high, const T& at_low, const T& at_high) const {
        const T guess = low + (high - low) * at_low / (at_low - at_high);
        return root(k, low, high, guess, at_low < T(0), Mask(true));
    }
    T root(std::size_t k, T low, T high, T t, const Mask& rises, Mask wanted) const {
        using std::abs;
        T step = high - low;
        T result = high;
        for (int i = 0; i < 100 && any_of_lanes(wanted); ++i) {
            const auto g = derivatives(t, k + 1);
            const T f = combine(k, g, 0);
            const Mask is_before = (f < T(0)) == rises;
            assign_where(is_before, low, t);
            assign_where(!is_before, high, t);
            const T change = -f / combine(k, g, 1);
            T next = t + change;
            Mask is_found = abs(change) <= negligible;
            assign_where(is_found && next < low, next, low);
            assign_where(is_found && next > high, next, high);
            // Halve where Newton leaves the bracket or gains less than a bisection would.
            const Mask halves = !(next > low && next < high) || abs(change) > 0.5 * abs(step);
            assign_where(halves && !is_found, next, T(low + (high - low) / 2));
            is_found = is_found || next == low || next == high;
            // The steps of Newton's method shrink like their squares.
            const T last = step;
            step = next - t;
            const T expected = abs(step / last * step / last * step);
            if (i > 0) is_found = is_found || expected <= 1e-17 * high;
            assign_where(wanted && is_found, result, next);
            assign_where(wanted && !is_found, result, high);
            wanted = wanted && !is_found;
            t = next;
        }
        return result;
    }

    const Params& p_;
    const Forms& forms_;
    const FlowOf& flow_of_;
    const State& start_;
    Derivatives at_start_{}, at_end_{};
};

}  // namespace sim
