// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One exponential Runge-Kutta step of fixed length, for models whose variables are linear in
// themselves: x' = gain(s) - rate(s) x.
//
// The linear part is that of each variable at the begin of the step, so its solution is exact, stiff
// gates set no limit, and what is left varies slowly; variables that decay by themselves (`decaying`)
// are exact. Order 3 with three evaluations; a step whose error estimate, by the embedded order 2,
// exceeds the tolerance does not count.
//
// Source: Cox & Matthews 2002, J Comput Phys 176:430, eq. 23-25 (ETDRK3); doubling of the phi
// functions: Skaflestad & Wright 2009, Appl Numer Math 59:783

#include "sim/ode/affine_system.hpp"

namespace sim::ode {

template <SelfLinear M>
class ExponentialStep {
    using System = AffineSystem<M>;
    template <class T>
    using Values = typename System::template Values<T>;
    template <class T>
    using Decay = typename System::template Decay<T>;
    template <class T>
    using Parts = typename System::template Parts<T>;

public:
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    explicit ExponentialStep(double tolerance) : tolerance_(tolerance) {}

    /// A step of length h, for certain parameters.
    template <class T>
    struct Span {
        T h;  // ms
        T tolerance, margin;
        Decay<T> half;
    };
    Span<double> span(const Params<double>& p, double h) const {
        return {h, tolerance_, 100 * tolerance_, System::decay(p, h / 2)};
    }
    Span<double> brief_span(const Params<double>& p, double h) const { return span(p, h); }

    // More cost more than they save: what two halves do not take is mostly an upstroke.
    static constexpr int most_halvings = 1;
    static constexpr double least_tolerance = 1e-10;

    /// Moves `s` over the step. Lanes that do not take it are left with any values.
    template <AtThreshold at_threshold, std::size_t = System::n, class T>
    [[gnu::always_inline]] static Outcome<T> take(const Params<T>& p, const Span<T>& span,
                                                  State<T>& s, const Mask<T>& held) {
        using std::abs;
        const Values<T> x{s};
        const auto f0 = System::template evaluate<T>(p, x, held);
        // What is left of x' without the linear part at the begin, at another place.
        const auto rest_of = [&](const Parts<T>& f, const Values<T>& at, auto i)
            __attribute__((always_inline)) {
            return f.gain(i) - (f.rate(i) - f0.rate(i)) * at[i];
        };
        const T half = span.h * 0.5;
        Mask<T> precise(true);
        auto middle = x;
        auto end = x;
        Values<T> e, p1, p2, p3, rest;
        span.half(x, middle);
        span.half(middle, end);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            const T y = f0.rate(i) * -half;
            precise = precise && y >= T(lowest_y) && y <= T(0);
            p3[i] = phi3(y);
            p2[i] = 0.5 + y * p3[i];
            p1[i] = 1 + y * p2[i];
            e[i] = 1 + y * p1[i];
            middle[i] = e[i] * x[i] + half * p1[i] * f0.gain(i);
            // From y to 2 y, the whole step.
            p3[i] = 0.125 * (e[i] * p3[i] + 0.5 * p1[i] + p2[i] + p3[i]);
            p2[i] = 0.25 * (e[i] * p2[i] + p1[i] + p2[i]);
            p1[i] = 0.5 * (e[i] * p1[i] + p1[i]);
        });
        const auto f_middle = System::template evaluate<T>(p, middle, held);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            rest[i] = rest_of(f_middle, middle, i);
            end[i] = e[i] * (e[i] * x[i]) + span.h * (p1[i] * (2 * rest[i] - f0.gain(i)));
        });
        const auto f_end = System::template evaluate<T>(p, end, held);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            // Simpson's rule on the rests at the begin, the middle and the end; and what the rest
            // at the end changes beyond order 2.
            const T at_end = rest_of(f_end, end, i);
            const T bend = (f0.gain(i) - rest[i]) - (rest[i] - at_end);
            const T turn = (rest[i] - f0.gain(i)) * 2 - bend;  // 4 rest - 3 first - last
            const T p3_4 = 4 * p3[i];
            const T error = span.h * ((p3_4 - p2[i]) * bend);
            end[i] = e[i] * (e[i] * x[i]) +
                     span.h * (p1[i] * f0.gain(i) + (p2[i] * turn + p3_4 * bend));
            precise = precise && abs(error) <= span.tolerance * (1 + abs(x[i]));
        });
        s = end.state;
        return System::template settle<at_threshold, T>(p, x, f0, f_end, span.h, end, held,
                                                        precise, span.margin);
    }

private:
    // rate h / 2 up to which the polynomial holds.
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

    double tolerance_;
};

}  // namespace sim::ode
