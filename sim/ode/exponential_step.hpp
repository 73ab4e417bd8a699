// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One exponential Runge-Kutta step of fixed length, for models whose variables are linear in
// themselves: x' = gain(s) - rate(s) x.
//
// The linear part is that of each variable at the begin of the step, so its solution is exact, stiff
// gates set no limit, and what is left varies slowly; variables that decay by themselves (`decaying`)
// are exact. The model chooses the order: 3 with three evaluations, or 4 with five. A step whose
// error estimate, by the embedded order below, exceeds the tolerance does not count.
//
// Invariant: lanes are independent (T: double or a pack), and a lane has the bits of a double.
// Source: Cox & Matthews 2002, J Comput Phys 176:430, eq. 23-29 (ETDRK3, ETDRK4); doubling of the
// phi functions: Skaflestad & Wright 2009, Appl Numer Math 59:783; the estimate of order 3 in 4 by
// the derivative at the end: Dormand & Prince 1980, J Comput Appl Math 6:19 (RK4(3)5)

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <experimental/simd>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/core/exponential.hpp"
#include "sim/ode/mask.hpp"

namespace sim::ode {

/// A model that states gain and rate of all variables, M::affine(p, s, held), and the names of those
/// that decay by themselves: gain 0 and a rate that depends on parameters alone. M::order is 3 or 4.
template <class M>
concept SelfLinear = requires(const typename M::template Params<double>& p,
                              const typename M::template State<double>& s) {
    M::affine(p, s, false).gain;
    M::affine(p, s, false).rate;
    M::decaying;
    M::order;
};

template <SelfLinear M>
class ExponentialStep {
public:
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    ExponentialStep(double dt, double tolerance) : dt_(dt), tolerance_(tolerance) {}

    /// What of the decaying variables is left after half the step.
    template <class T>
    struct Decay {
        std::array<T, sizeof(State<T>) / sizeof(T)> left;
    };
    Decay<double> decay(const Params<double>& p) const {
        const auto rate = std::bit_cast<Values<double>>(M::affine(p, M::initial(p), false).rate);
        Decay<double> result{};
        for (std::size_t i = 0; i < n; ++i)
            if (decays[i]) result.left[i] = sim::exp(-rate[i] * (dt_ / 2));
        return result;
    }

    /// Moves those lanes of `s` over the step whose error is within the tolerance and whose gap
    /// stays below 0 with a margin, or that are held. Returns which.
    template <class T>
    [[gnu::always_inline]] Mask<T> operator()(const Params<T>& p, const Decay<T>& decay,
                                              State<T>& s, const Mask<T>& held) const {
        using std::abs, std::max, std::min, std::experimental::where;
        const auto x = std::bit_cast<Values<T>>(s);
        const auto f0 = evaluate<T>(p, x, held);
        // What is left of x' without the linear part at the begin, at another place.
        const auto rest_of = [&](const Parts<T>& f, const Values<T>& at, auto i)
            __attribute__((always_inline)) {
            return f.gain[i] - (f.rate[i] - f0.rate[i]) * at[i];
        };
        Mask<T> done(true);
        Values<T> middle, end;
        Values<T> e, p1_half, p1, p2, p3;
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (decays[i]) {
                middle[i] = x[i] * decay.left[i];
                end[i] = middle[i] * decay.left[i];
            } else {
                const T y = f0.rate[i] * (-dt_ / 2);
                done = done && y >= T(lowest_y) && y <= T(0);
                p3[i] = phi3(y);
                p2[i] = 0.5 + y * p3[i];
                p1[i] = 1 + y * p2[i];
                e[i] = 1 + y * p1[i];
                p1_half[i] = (dt_ / 2) * p1[i];
                middle[i] = e[i] * x[i] + p1_half[i] * f0.gain[i];
                // From y to 2 y, the whole step.
                p3[i] = 0.125 * (e[i] * p3[i] + 0.5 * p1[i] + p2[i] + p3[i]);
                p2[i] = 0.25 * (e[i] * p2[i] + p1[i] + p2[i]);
                p1[i] = 0.5 * (e[i] * p1[i] + p1[i]);
            }
        });
        const auto f_middle = evaluate<T>(p, middle, held);
        Values<T> rest, error;
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (!decays[i]) rest[i] = rest_of(f_middle, middle, i);
        });
        Parts<T> f_end;
        if constexpr (M::order == 3) {
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i])
                    end[i] = e[i] * (e[i] * x[i]) + dt_ * (p1[i] * (2 * rest[i] - f0.gain[i]));
            });
            f_end = evaluate<T>(p, end, held);
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i])
                    end[i] = last(i, x, f0, rest, rest_of(f_end, end, i), e, p1, p2, p3, error);
            });
        } else {
            Values<T> again = middle;
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i]) again[i] = e[i] * x[i] + p1_half[i] * rest[i];
            });
            const auto f_again = evaluate<T>(p, again, held);
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i]) {
                    const T other = rest_of(f_again, again, i);
                    end[i] = e[i] * middle[i] + p1_half[i] * (2 * other - f0.gain[i]);
                    rest[i] = 0.5 * (rest[i] + other);
                }
            });
            const auto f_close = evaluate<T>(p, end, held);
            Values<T> close;
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i]) {
                    close[i] = rest_of(f_close, end, i);
                    end[i] = last(i, x, f0, rest, close[i], e, p1, p2, p3, error);
                }
            });
            f_end = evaluate<T>(p, end, held);
            for_each_variable([&](auto i) __attribute__((always_inline)) {
                if constexpr (!decays[i])
                    error[i] = dt_ * ((4 * p3[i] - p2[i]) * (rest_of(f_end, end, i) - close[i]));
            });
        }
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (!decays[i]) done = done && abs(error[i]) <= tolerance_ * (1 + abs(x[i]));
        });
        done = done && (held || stays_below(gap(p, x), T(slope(p, f0, x) * (dt_ / 3)),
                                            T(slope(p, f_end, end) * (dt_ / 3)), gap(p, end)));
        auto result = x;
        for_each_variable([&](auto i)
                              __attribute__((always_inline)) { where(done, result[i]) = end[i]; });
        s = std::bit_cast<State<T>>(result);
        return done;
    }

private:
    static constexpr std::size_t n = sizeof(State<double>) / sizeof(double);
    template <class T>
    using Values = std::array<T, n>;
    template <class T>
    struct Parts {
        Values<T> gain, rate;
    };

    static constexpr std::array<bool, n> decays = [] {
        std::array<bool, n> result{};
        for (std::size_t i = 0; i < n; ++i)
            for (const std::string_view name : M::decaying)
                if (M::states()[i].name == name) result[i] = true;
        return result;
    }();

    /// With the index as a constant, so that all stays in registers.
    template <class Action>
    [[gnu::always_inline]] static void for_each_variable(Action&& action) {
        [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
            (action(std::integral_constant<std::size_t, i>{}), ...);
        }
        (std::make_index_sequence<n>{});
    }

    template <class T>
    [[gnu::always_inline]] static Parts<T> evaluate(const Params<T>& p, const Values<T>& x,
                                                    const Mask<T>& held) {
        const auto parts = M::affine(p, std::bit_cast<State<T>>(x), held);
        return {std::bit_cast<Values<T>>(parts.gain), std::bit_cast<Values<T>>(parts.rate)};
    }
    template <class T>
    [[gnu::always_inline]] static T gap(const Params<T>& p, const Values<T>& x) {
        return M::gap(p, std::bit_cast<State<T>>(x), T(1));
    }
    template <class T>
    [[gnu::always_inline]] static T slope(const Params<T>& p, const Parts<T>& f,
                                          const Values<T>& x) {
        Values<T> k;
        for (std::size_t i = 0; i < n; ++i) k[i] = f.gain[i] - f.rate[i] * x[i];
        return M::gap(p, std::bit_cast<State<T>>(k), T(0));
    }

    /// The end of the step, by Simpson's rule on the rests at the begin, the middle and the end; and
    /// what the rest at the end changes beyond order 2.
    template <class T, class I>
    [[gnu::always_inline]] T last(I i, const Values<T>& x, const Parts<T>& f0,
                                  const Values<T>& rest, T at_end, const Values<T>& e,
                                  const Values<T>& p1, const Values<T>& p2, const Values<T>& p3,
                                  Values<T>& error) const {
        const T bend = (f0.gain[i] - rest[i]) - (rest[i] - at_end);
        const T turn = (rest[i] - f0.gain[i]) * 2 - bend;  // 4 rest - 3 first - last
        const T p3_4 = 4 * p3[i];
        error[i] = dt_ * ((p3_4 - p2[i]) * bend);
        return e[i] * (e[i] * x[i]) + dt_ * (p1[i] * f0.gain[i] + (p2[i] * turn + p3_4 * bend));
    }

    /// The gap along the step is the cubic with values g0, g1 and ends of slopes d0, d1 (times a
    /// third), up to its fourth derivative. The margin, a share of the spread of its Bernstein
    /// coefficients, is far above that where the error is small: an argument, not a proof.
    template <class T>
    [[gnu::always_inline]] Mask<T> stays_below(T g0, T d0, T d1, T g1) const {
        using std::max, std::min;
        const T left = g0 + d0;
        const T right = g1 - d1;
        const T high = max(max(g0, left), max(g1, right));
        const T low = min(min(g0, left), min(g1, right));
        return high + 0.25 * (high - low) + 1000 * tolerance_ < 0.0;
    }

    // rate dt / 2 up to which the polynomial holds.
    static constexpr double lowest_y = -1.6;

    /// (e^y - 1 - y - y^2 / 2) / y^3 for y in [lowest_y, 0], to 5e-12: interpolated at Chebyshev
    /// nodes.
    template <class T>
    [[gnu::always_inline]] static T phi3(T y) {
        const T y2 = y * y;
        const T y4 = y2 * y2;
        return (0.16666666666602964 + y * 0.04166666660211552) +
               y2 * (0.008333332253169548 + y * 0.001388881904627299) +
               y4 * ((0.00019838996863661519 + y * 2.4759740921730708e-05) +
                     y2 * (2.7099388831596943e-06 + y * 2.456881024194193e-07) +
                     y4 * 1.393805540913385e-08);
    }

    double dt_;
    double tolerance_;
};

}  // namespace sim::ode
