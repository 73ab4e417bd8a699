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

public:
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    explicit SplitStep(double tolerance) : tolerance_(tolerance) {}

    /// The length of a step, and what of the decaying variables is left after half of it.
    template <class T>
    struct Span {
        T h;  // ms
        T tolerance;
        Values<T> left;
    };
    Span<double> span(const Params<double>& p, double h) const {
        const auto rate = System::rates(p);
        Span<double> result{h, tolerance_, {}};
        System::for_each_decaying([&](auto i) { result.left[i] = sim::exp(-rate[i] * (h / 2)); });
        return result;
    }

    static constexpr int most_halvings = 7;

    /// Moves `s` over the step. Lanes that do not take it are left with any values.
    template <AtThreshold at_threshold, class T>
    [[gnu::always_inline]] static Outcome<T> take(const Params<T>& p, const Span<T>& span, State<T>& s,
                                                  const Mask<T>& held) {
        using std::abs;
        const Values<T> x{s};
        const T half = span.h * 0.5;
        const T quarter = span.h * 0.25;
        auto one = x;  // whole step
        auto two = x;  // halves
        Mask<T> precise(true);

        const auto f0 = System::template evaluate<T>(p, x, held);
        {
            const T y = quarter * f0.rate(pivot);
            const T gained = f0.gain(pivot) - f0.rate(pivot) * x[pivot];
            const T part = relaxed(y);
            precise = precise && is_in_range(y);
            two[pivot] = x[pivot] + quarter * part * gained;
            one[pivot] = x[pivot] + half * doubled(part, y) * gained;
        }
        move_others<T>(p, span.h, held, one, precise);
        move_others<T>(p, half, held, two, precise);
        System::for_each_decaying([&](auto i) __attribute__((always_inline)) {
            two[i] = x[i] * span.left[i];
            one[i] = two[i] * span.left[i];
        });
        move_pivot<T>(p, half, held, one, precise);
        move_pivot<T>(p, half, held, two, precise);
        move_others<T>(p, half, held, two, precise);
        System::for_each_decaying(
            [&](auto i) __attribute__((always_inline)) { two[i] = one[i]; });
        move_pivot<T>(p, quarter, held, two, precise);

        auto end = two;
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            const T error = (two[i] - one[i]) * (1.0 / 3);
            precise = precise && abs(error) <= span.tolerance * (1 + abs(x[i]));
            end[i] = two[i] + error;
        });
        const auto f1 = System::template evaluate<T>(p, end, held);
        s = end.state;
        return System::template settle<at_threshold, T>(p, x, f0, f1, span.h, end, held, precise,
                                                        span.tolerance);
    }

private:
    static constexpr std::size_t pivot_place = [] {
        std::size_t i = 0;
        while (M::states()[i].name != M::pivot) ++i;
        return i;
    }();
    static constexpr std::integral_constant<std::size_t, pivot_place> pivot{};

    /// The pivot over h with all others as they are.
    template <class T>
    [[gnu::always_inline]] static void move_pivot(const Params<T>& p, T h, const Mask<T>& held,
                                                  Values<T>& x, Mask<T>& precise) {
        const auto f = System::template evaluate<T>(p, x, held);
        x[pivot] = moved(f.gain(pivot), f.rate(pivot), h, x[pivot], precise);
    }

    /// All driven variables but the pivot.
    template <class T>
    [[gnu::always_inline]] static void move_others(const Params<T>& p, T h, const Mask<T>& held,
                                                   Values<T>& x, Mask<T>& precise) {
        const auto f = System::template evaluate<T>(p, x, held);
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            if constexpr (i != pivot_place) x[i] = moved(f.gain(i), f.rate(i), h, x[i], precise);
        });
    }

    template <class T>
    [[gnu::always_inline]] static T moved(T gain, T rate, T h, T x, Mask<T>& precise) {
        const T y = 0.5 * h * rate;
        precise = precise && is_in_range(y);
        return x + h * doubled(relaxed(y), y) * (gain - rate * x);
    }

    static constexpr double largest_y = 1.6;
    template <class T>
    [[gnu::always_inline]] static Mask<T> is_in_range(T y) {
        return y >= T(0) && y <= T(largest_y);
    }

    /// (1 - e^{-y}) / y for y in [0, largest_y], to 1.4e-10: interpolated at Chebyshev nodes.
    template <class T>
    [[gnu::always_inline]] static T relaxed(T y) {
        const T y2 = y * y;
        const T y4 = y2 * y2;
        return ((0.9999999999238031 - y * 0.49999999227775366) +
                y2 * (0.1666665373438263 - y * 0.041665829200772005)) +
               y4 * ((0.008330601115835185 - y * 0.0013838392156784037) +
                     y2 * (0.00019285219382565594 - y * 2.1133472878482976e-05) +
                     y4 * 1.362471341312083e-06);
    }
    /// The same at 2 y, from what it is at y.
    template <class T>
    [[gnu::always_inline]] static T doubled(T at_y, T y) {
        return at_y - (0.5 * y) * (at_y * at_y);
    }

    double tolerance_;
};

}  // namespace sim::ode
