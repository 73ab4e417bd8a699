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
/// Among these there may be
///   M::slow      whose rates hardly exceed 5/ms, which is cheaper (a step where they do is halved);
///   M::watching  that nothing but the gap reads: moved once, to order 2, and their error is not asked.
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
    template <class T, std::size_t degree>
    using Relaxation = std::array<T, degree + 1>;
    static constexpr std::size_t fast_degree = 6;
    static constexpr std::size_t slow_degree = 4;

    /// A step of length h, for certain parameters.
    template <class T>
    struct Span {
        T h;  // ms
        T largest_rate, largest_slow_rate;
        T difference, margin;
        Relaxation<T, fast_degree> quarter, half;
        Relaxation<T, slow_degree> slow_half;
        Decay<T> decay;  // over half of it
    };
    Span<double> span(const Params<double>& p, double h) const {
        return {h,
                largest_y / (h / 2),
                largest_slow_y / (h / 2),
                difference_,
                100 * tolerance_,
                scaled(fast_relaxation, h / 4),
                scaled(fast_relaxation, h / 2),
                scaled(slow_relaxation, h / 2),
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
        move_others<2, T>(p, span, held, one, reach);
        const auto f_early = move_others<1, T>(p, span, held, two, reach);
        span.decay(x, two);
        span.decay(two, one);
        move_pivot<T>(p, span.half, held, one, reach);
        move_pivot<T>(p, span.half, held, two, reach);
        const auto f_late = move_others<1, T>(p, span, held, two, reach);
        System::for_each_decaying(
            [&](auto i) __attribute__((always_inline)) { two[i] = one[i]; });
        const auto f1 = move_pivot<T>(p, span.quarter, held, two, reach);

        Mask<T> precise = reach.fast <= span.largest_rate && reach.slow <= span.largest_slow_rate;
        Mask<T> far = reach.fast > 2 * span.largest_rate || reach.slow > 2 * span.largest_slow_rate;
        Mask<T> easy =
            2 * reach.fast <= span.largest_rate && 2 * reach.slow <= span.largest_slow_rate;
        auto end = two;
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            if constexpr (watches[i]) {
                // With the means of the middles of both halves.
                const T rate = (f_early.rate(i) + f_late.rate(i)) * 0.5;
                const T gain = (f_early.gain(i) + f_late.gain(i)) * 0.5;
                precise = precise && rate <= span.largest_rate;
                const T time = relaxed(span.half, rate);
                end[i] = x[i] + doubled(time, rate) * (gain - rate * x[i]);
            } else {
                const T error = (two[i] - one[i]) * (1.0 / 3);
                end[i] = two[i] + error;
                const T bound = span.difference * (1 + max(abs(x[i]), abs(end[i])));
                precise = precise && abs(error) <= bound;
                far = far || abs(error) > 8 * bound;  // of order 3
                easy = easy && 8 * abs(error) <= bound;
            }
        });
        s = end.state;
        const auto outcome = System::template settle<at_threshold, T>(p, x, f0, f1, span.h, end,
                                                                      held, precise, span.margin);
        return {outcome.done, outcome.precise, far, easy};
    }

private:
    static constexpr std::size_t pivot_place = [] {
        std::size_t i = 0;
        while (M::states()[i].name != M::pivot) ++i;
        return i;
    }();
    static constexpr std::integral_constant<std::size_t, pivot_place> pivot{};

    static constexpr std::array<bool, System::n> is_slow = [] {
        if constexpr (requires { M::slow; }) return System::are_among(M::slow);
        else return std::array<bool, System::n>{};
    }();
    static constexpr std::array<bool, System::n> watches = [] {
        if constexpr (requires { M::watching; }) return System::are_among(M::watching);
        else return std::array<bool, System::n>{};
    }();

    /// The largest rate of fast variables and of slow ones.
    template <class T>
    struct Reach {
        T fast, slow;

        [[gnu::always_inline]] void note(T rate) {
            using std::max;
            fast = max(fast, rate);
        }
        [[gnu::always_inline]] void note_slow(T rate) {
            using std::max;
            slow = max(slow, rate);
        }
    };

    /// The pivot with all others as they are. Returns gain and rate on the way.
    template <class T>
    [[gnu::always_inline]] static auto move_pivot(const Params<T>& p,
                                                  const Relaxation<T, fast_degree>& over,
                                                  const Mask<T>& held, Values<T>& x,
                                                  Reach<T>& reach) {
        const auto f = System::template evaluate<T>(p, x, held);
        const T rate = f.rate(pivot);
        reach.note(rate);
        x[pivot] = x[pivot] + relaxed(over, rate) * (f.gain(pivot) - rate * x[pivot]);
        return f;
    }

    /// All driven variables but the pivot and those that watch; over half a step, once or twice.
    /// Returns gain and rate.
    template <int times, class T>
    [[gnu::always_inline]] static auto move_others(const Params<T>& p, const Span<T>& span,
                                                   const Mask<T>& held, Values<T>& x,
                                                   Reach<T>& reach) {
        const auto f = System::template evaluate<T>(p, x, held);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            if constexpr (i != pivot_place && !watches[i]) {
                const T rate = f.rate(i);
                const T gained = f.gain(i) - rate * x[i];
                T time;
                if constexpr (is_slow[i]) {
                    reach.note_slow(rate);
                    time = relaxed(span.slow_half, rate);
                } else {
                    reach.note(rate);
                    time = relaxed(span.half, rate);
                }
                if constexpr (times == 1) x[i] = x[i] + time * gained;
                else x[i] = x[i] + doubled(time, rate) * gained;
            }
        });
        return f;
    }

    /// (1 - e^{-y}) / y, interpolated at Chebyshev nodes: for y in [0, largest_y] to 5e-8, in
    /// [0, largest_slow_y] to 3e-9.
    static constexpr double largest_y = 1.6;
    static constexpr double largest_slow_y = 0.25;
    static constexpr Relaxation<double, fast_degree> fast_relaxation{
        0.9999999555989905,  -0.49999727519704185,   0.16663914947894157,   -0.04156143913473679,
        0.00813884118423991, -0.0011991578776099664, 0.00010044588794422407};
    static constexpr Relaxation<double, slow_degree> slow_relaxation{
        0.9999999975758558, -0.4999995148209896, 0.16665108206608517, -0.04149065410396735,
        0.007513606221512731};

    /// The coefficients for a time t.
    template <std::size_t n>
    static std::array<double, n> scaled(std::array<double, n> c, double t) {
        double power = t;
        for (double& one : c) {
            one *= power;
            power *= t;
        }
        return c;
    }
    template <class T, std::size_t n>
    [[gnu::always_inline]] static T relaxed(const std::array<T, n>& c, T rate) {
        const T square = rate * rate;
        if constexpr (n == slow_degree + 1)
            return (c[0] + square * (c[2] + square * c[4])) + rate * (c[1] + square * c[3]);
        else
            return (c[0] + square * (c[2] + square * (c[4] + square * c[6]))) +
                   rate * (c[1] + square * (c[3] + square * c[5]));
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
