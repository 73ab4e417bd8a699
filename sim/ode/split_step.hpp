// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One step for membranes with gated channels: all variables are linear given the pivot, the
// potential, and the pivot is linear given them.
//
// Strang's splitting moves the pivot over half the step, the others over all of it, and the pivot
// over the other half; each move is exact for what it holds fixed, so stiff gates set no limit. It
// is symmetric, so its error has even powers of the step only, and one step extrapolated with two
// of half the length has order 4 for three evaluations of the gates. A step does not count if the
// error of the two, taken from the difference, exceeds the tolerance; that of the result is far
// smaller.
//
// Source: Strang 1968, SIAM J Numer Anal 5:506; Hairer, Lubich & Wanner 2006, Geometric Numerical
// Integration, II.4 (symmetric compositions); Chen, Raman & Stern 2020, SIAM J Sci Comput 42:B273
// (splitting of Hodgkin-Huxley systems)

#include "sim/ode/affine_system.hpp"

namespace sim::ode {

/// M::pivot names a variable on which its own gain and rate do not depend; those of all others that
/// are neither decaying nor constant depend on the pivot, decaying and constant variables alone.
template <class M>
concept SplitByPivot = SelfLinear<M> && requires { std::string_view(M::pivot); };

template <SplitByPivot M>
class SplitStep {
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

    explicit SplitStep(double tolerance)
        : tolerance_(tolerance), difference_(std::pow(tolerance / 30, 0.6)) {}

    /// (1 - e^{-rate t}) / rate as a polynomial in the rate, for a certain t.
    template <class T>
    using Relaxation = std::array<T, 8>;

    /// A step of length h, for certain parameters.
    template <class T>
    struct Span {
        T h;  // ms
        T largest_rate;
        T difference, margin;
        Relaxation<T> quarter, half;
        Decay<T> decay;  // over half of it
    };
    Span<double> span(const Params<double>& p, double h) const {
        return {h,
                largest_y / (h / 2),
                difference_,
                100 * tolerance_,
                relaxation(h / 4),
                relaxation(h / 2),
                System::decay(p, h / 2)};
    }
    Span<double> brief_span(const Params<double>& p, double h) const { return span(p, h); }

    static constexpr int most_halvings = 7;
    static constexpr double least_tolerance = 1e-7;

    /// Moves `s` over the step. Lanes that do not take it are left with any values.
    template <AtThreshold at_threshold, std::size_t = System::n, class T>
    [[gnu::always_inline]] static Outcome<T> take(const Params<T>& p, const Span<T>& span,
                                                  State<T>& s, const Mask<T>& held) {
        using std::abs, std::max;
        const Values<T> x{s};
        auto one = x;  // over the whole step
        auto two = x;  // over its halves
        Reach<T> reach{T(0), T(0)};

        const auto f0 = System::template evaluate<T>(p, x, held);
        {
            const T rate = f0.rate(pivot);
            const T gained = f0.gain(pivot) - rate * x[pivot];
            const T quarter = relaxed(span.quarter, rate);
            reach.note(rate);
            two[pivot] = x[pivot] + quarter * gained;
            one[pivot] = x[pivot] + doubled(quarter, rate) * gained;
        }
        move_others<2, T>(p, span.half, held, one, reach);
        move_others<1, T>(p, span.half, held, two, reach);
        span.decay(x, two);
        span.decay(two, one);
        move_pivot<T>(p, span.half, held, one, reach);
        move_pivot<T>(p, span.half, held, two, reach);
        move_others<1, T>(p, span.half, held, two, reach);
        System::for_each_decaying(
            [&](auto i) __attribute__((always_inline)) { two[i] = one[i]; });
        const auto f1 = move_pivot<T>(p, span.quarter, held, two, reach);

        Mask<T> precise = reach.low >= T(0) && reach.high <= span.largest_rate;
        auto end = two;
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            const T error = (two[i] - one[i]) * (1.0 / 3);
            end[i] = two[i] + error;
            const T size = max(abs(x[i]), abs(end[i]));
            precise = precise && abs(error) <= span.difference * (1 + size);
        });
        s = end.state;
        return System::template settle<at_threshold, T>(p, x, f0, f1, span.h, end, held, precise,
                                                        span.margin);
    }

private:
    static constexpr std::size_t pivot_place = [] {
        std::size_t i = 0;
        while (M::states()[i].name != M::pivot) ++i;
        return i;
    }();
    static constexpr std::integral_constant<std::size_t, pivot_place> pivot{};

    /// Least and largest rate.
    template <class T>
    struct Reach {
        T low, high;

        [[gnu::always_inline]] void note(T rate) {
            using std::max, std::min;
            low = min(low, rate);
            high = max(high, rate);
        }
    };

    /// The pivot with all others as they are. Returns gain and rate on the way.
    template <class T>
    [[gnu::always_inline]] static auto move_pivot(const Params<T>& p, const Relaxation<T>& over,
                                                  const Mask<T>& held, Values<T>& x,
                                                  Reach<T>& reach) {
        const auto f = System::template evaluate<T>(p, x, held);
        x[pivot] = moved<1, T>(f.gain(pivot), f.rate(pivot), over, x[pivot], reach);
        return f;
    }

    /// All driven variables but the pivot; once, or over twice the time.
    template <int times, class T>
    [[gnu::always_inline]] static void move_others(const Params<T>& p, const Relaxation<T>& over,
                                                   const Mask<T>& held, Values<T>& x,
                                                   Reach<T>& reach) {
        const auto f = System::template evaluate<T>(p, x, held);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            if constexpr (i != pivot_place)
                x[i] = moved<times, T>(f.gain(i), f.rate(i), over, x[i], reach);
        });
    }

    template <int times, class T>
    [[gnu::always_inline]] static T moved(T gain, T rate, const Relaxation<T>& over, T x,
                                          Reach<T>& reach) {
        reach.note(rate);
        const T gained = gain - rate * x;
        const T time = relaxed(over, rate);
        if constexpr (times == 1) return x + time * gained;
        else return x + doubled(time, rate) * gained;
    }

    static constexpr double largest_y = 1.6;

    /// From (1 - e^{-y}) / y for y in [0, largest_y], to 3.4e-9: interpolated at Chebyshev nodes.
    static Relaxation<double> relaxation(double t) {
        Relaxation<double> c{0.9999999980645219,    -0.49999984495688676, 0.16666461800574825,
                             -0.0416562887320388,   0.00830728761997902,  -0.001352877697730102,
                             0.0001700593307180892, -1.2392044171295569e-05};
        double power = t;
        for (double& one : c) {
            one *= power;
            power *= t;
        }
        return c;
    }
    template <class T>
    [[gnu::always_inline]] static T relaxed(const Relaxation<T>& c, T rate) {
        const T square = rate * rate;
        const T odd = c[1] + square * (c[3] + square * (c[5] + square * c[7]));
        const T even = c[0] + square * (c[2] + square * (c[4] + square * c[6]));
        return even + rate * odd;
    }
    /// The same for twice the time.
    template <class T>
    [[gnu::always_inline]] static T doubled(T time, T rate) {
        return time + (time - rate * (time * time));
    }

    double tolerance_;
    double difference_;  // that is allowed between one step and two
};

}  // namespace sim::ode
