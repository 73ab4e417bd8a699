// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One step of order 4 for models whose variables are linear given those that decay by themselves,
// as the potential is given the conductances: x' = a(t) - b(t) x with known a and b.
//
// The step is the exponential of the fourth-order Magnus expansion with a and b at the two Gauss
// nodes, of which only e^{-B} and (1 - e^{-B}) / B are needed. What it leaves out bounds its error:
//   commutators of order 5, each the one of order 3 that it has (`turn`) times B^2 / 60,
//   B lambda h / 20 and the like (lambda: fastest decay), together below (B + lambda h)^2 / 16;
//   and the quadrature, (lambda h)^4 / 4320 of a h and b h x.
// A step whose bound exceeds the tolerance does not count.
// Source: Blanes, Casas, Oteo & Ros 2009, Phys Rep 470:151, eq. 157 and 253

#include "sim/ode/affine_system.hpp"

namespace sim::ode {

/// Gain and rate of a model's variables depend on the decaying and constant ones alone.
template <class M>
concept LinearGivenInputs = SelfLinear<M> && requires { requires M::is_linear; };

template <LinearGivenInputs M>
class MagnusStep {
    using System = AffineSystem<M>;
    template <class T>
    using Values = typename System::template Values<T>;
    template <class T>
    using Decay = typename System::template Decay<T>;

public:
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    explicit MagnusStep(double tolerance) : tolerance_(tolerance) {}

    /// A step of length h, for certain parameters.
    template <class T>
    struct Span {
        T tolerance, margin;
        T half;         // h / 2, ms
        T turn;         // sqrt(3) / 12 h^2
        T commutators;  // (largest_b + lambda h)^2 / 16
        T quadrature;   // (lambda h)^4 / 4320
        T per_size;     // of the tolerance, for each unit of |x|
        Decay<T> first, second, whole;
    };
    Span<double> span(const Params<double>& p, double h) const {
        const auto rate = System::rates(p);
        const double node = (0.5 - std::sqrt(3.0) / 6) * h;
        Span<double> result{tolerance_,
                            100 * tolerance_,
                            h / 2,
                            std::sqrt(3.0) / 12 * h * h,
                            0,
                            0,
                            0,
                            System::decay(p, node),
                            System::decay(p, h - node),
                            {}};
        result.whole = System::joined(result.first, result.second);
        double fastest = 0;  // lambda h
        System::for_each_decaying([&](auto i) { fastest = std::max(fastest, rate[i] * h); });
        result.commutators = (largest_b + fastest) * (largest_b + fastest) / 16;
        result.quadrature = fastest <= 1 ? (fastest * fastest) * (fastest * fastest) / 4320 : 1e300;
        // What follows a source bends with 4 of that, whose part in it is as small as fastest / 2.
        if (System::has_followers) result.quadrature *= 8 / fastest;
        result.per_size = tolerance_ - largest_b * result.quadrature;
        return result;
    }

    static constexpr int most_halvings = 3;
    static constexpr double least_tolerance = 1e-13;

    /// Moves `s` over the step. Lanes that do not take it are left with any values.
    template <AtThreshold at_threshold, class T>
    [[gnu::always_inline]] static Outcome<T> take(const Params<T>& p, const Span<T>& span, State<T>& s,
                                                  const Mask<T>& held) {
        using std::abs, std::max;
        const Values<T> x{s};
        auto first = x;
        auto second = x;
        auto end = x;
        span.first(x, first);
        span.second(x, second);
        span.whole(x, end);
        const auto f1 = System::template evaluate<T>(p, first, held);
        const auto f2 = System::template evaluate<T>(p, second, held);
        Mask<T> precise(true);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            const T b = span.half * (f1.rate(i) + f2.rate(i));
            const T turn = span.turn * (f1.rate(i) * f2.gain(i) - f2.rate(i) * f1.gain(i));
            const T a = span.half * (f1.gain(i) + f2.gain(i));
            end[i] = x[i] + relaxed(b) * ((a + turn) - b * x[i]);
            const T size = abs(x[i]);
            const T error = abs(turn) * span.commutators + abs(a) * span.quadrature;
            precise = precise && b <= T(largest_b) && b >= T(0) &&
                      error <= span.tolerance + size * span.per_size;
            first[i] = x[i];
            second[i] = end[i];
        });
        const T g0 = System::gap(p, x);
        const T g1 = System::gap(p, end);
        const T bend = span.half * abs(System::slope(p, f1, first) - System::slope(p, f2, second));
        // A hump between is at most 0.34 h times the difference of these slopes high, for B <= 1/2.
        const auto clear = held || max(g0, g1) + bend < -span.margin;
        s = end.state;
        return System::template outcome<at_threshold, T>(precise, clear, g1);
    }

private:
    static constexpr double largest_b = 0.5;

    /// (1 - e^{-b}) / b for b in [0, largest_b], to 4e-13: interpolated at Chebyshev nodes.
    template <class T>
    [[gnu::always_inline]] static T relaxed(T b) {
        const T b2 = b * b;
        return ((0.9999999999997307 - b * 0.4999999999310095) +
                b2 * (0.1666666637631935 - b * 0.04166662002791811)) +
               (b2 * b2) * ((0.00833296446234235 - b * 0.0013872977753844062) +
                            b2 * (0.00019457890449949773 - b * 1.989322957309053e-05));
    }

    double tolerance_;
};

}  // namespace sim::ode
