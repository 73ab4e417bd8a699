// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One step of order 4 for models whose variables are linear given those that decay by themselves,
// as the potential is given the conductances: x' = a(t) - b(t) x with known a and b.
//
// The step is the exponential of the fourth-order Magnus expansion with a and b at the two Gauss
// nodes, of which only e^{-B} and (1 - e^{-B}) / B are needed. As gain and rate are sums over what
// decays and what is constant, so are the sums and differences of both nodes that the step wants: no
// node is visited. What it leaves out bounds its error:
//   commutators of order 5, each the one of order 3 that it has (`turn`) times B^2 / 60,
//   B lambda h / 20 and the like (lambda: fastest decay), together below (B + lambda h)^2 / 16;
//   and the quadrature, (lambda h)^4 / 4320 of a h and b h x.
// A step whose bound exceeds the tolerance does not count.
// Source: Blanes, Casas, Oteo & Ros 2009, Phys Rep 470:151, eq. 157 and 253

#include "sim/ode/affine_system.hpp"

namespace sim::ode {

/// Gain and rate of a driven variable are sums over decaying and constant ones, each times a number,
/// and a number; while a neuron is held both are 0.
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

    /// What a driven variable has of each variable, and of none. `gain` and `rate`: h / 2 times their
    /// sums at both nodes; `gain_falls`, `rate_falls`: h / 2 times those at the first less those at the
    /// second.
    template <class T>
    struct Forms {
        Values<T> gain, rate, gain_falls, rate_falls;
        T gain_alone, rate_alone;
    };

    /// A step of length h, for certain parameters, that visits its nodes.
    template <class T>
    struct BriefSpan {
        T h;                                // ms
        T margin;                           // twice that of the threshold
        T tolerance, quadrature, per_size;  // in units of what a `turn` of 1 leaves out
        Decay<T> first, second, whole;
    };
    /// One that does not.
    template <class T>
    struct Span : BriefSpan<T> {
        std::array<Forms<T>, System::n_driven> forms;
    };
    BriefSpan<double> brief_span(const Params<double>& p, double h) const {
        const auto rate = System::rates(p);
        const double node = (0.5 - std::sqrt(3.0) / 6) * h;
        BriefSpan<double> result;
        result.h = h;
        result.margin = 200 * tolerance_;
        result.first = System::decay(p, node);
        result.second = System::decay(p, h - node);
        result.whole = System::joined(result.first, result.second);
        double fastest = 0;  // lambda h
        System::for_each_decaying([&](auto i) { fastest = std::max(fastest, rate[i] * h); });
        const double commutators = (largest_b + fastest) * (largest_b + fastest) / 16;
        double quadrature = fastest <= 1 ? (fastest * fastest) * (fastest * fastest) / 4320 : 1e300;
        // What follows a source bends with 4 of that, whose part in it is as small as fastest / 2.
        if (System::has_followers) quadrature *= 8 / fastest;
        result.tolerance = std::sqrt(12.0) * tolerance_ / commutators;
        result.quadrature = std::sqrt(12.0) * quadrature / commutators;
        result.per_size = std::sqrt(12.0) * (tolerance_ - largest_b * quadrature) / commutators;
        return result;
    }
    Span<double> span(const Params<double>& p, double h) const {
        Span<double> result{brief_span(p, h), {}};
        set_forms(p, h, result);
        return result;
    }

    static constexpr int most_halvings = 3;
    static constexpr double least_tolerance = 1e-10;  // `relaxed` has an error of its own

    /// Moves `s` over the step. Lanes that do not take it are left with any values. Variable `zero`,
    /// a constant one, is 0, if there is such a one.
    template <AtThreshold at_threshold, std::size_t zero = System::n, class T, class SomeSpan>
    [[gnu::always_inline]] static Outcome<T> take(const Params<T>& p, const SomeSpan& span,
                                                  State<T>& s, const Mask<T>& held) {
        using std::abs, std::max;
        const Values<T> x{s};
        auto end = x;
        span.whole(x, end);
        // With prepared forms all of this is dead, but for what decays and is part of the gap.
        auto first = x;
        auto second = x;
        span.first(x, first);
        span.second(x, second);
        const auto f1 = System::template evaluate<T>(p, first, held);
        const auto f2 = System::template evaluate<T>(p, second, held);
        auto bends = x;  // h times the slope at the first node less that at the second
        Mask<T> precise;
        System::for_each_decaying([&](auto i) __attribute__((always_inline)) {
            bends[i] = span.h * ((f1.gain(i) - f1.rate(i) * first[i]) -
                                 (f2.gain(i) - f2.rate(i) * second[i]));
        });
        System::for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (System::stays[i]) bends[i] = T(0);
        });
        System::for_each_driven([&](auto i) __attribute__((always_inline)) {
            const auto [a, b, a_falls, b_falls] = [&]() __attribute__((always_inline)) {
                if constexpr (std::is_same_v<SomeSpan, Span<T>>)
                    return by_forms<zero>(std::get<System::driven_place(i)>(span.forms), x);
                else return by_nodes<T>(span.h, f1, f2, i);
            }
            ();
            const T turn = b_falls * a - b * a_falls;  // times sqrt(12)
            const T pull = (a + turn * std::sqrt(1.0 / 12)) - b * x[i];
            const T change = relaxed(b) * pull;
            end[i] = x[i] + change;
            std::experimental::where(held, end[i]) = x[i];
            const T fall = a_falls - b_falls * x[i];
            bends[i] = (fall + fall) + (b - b_falls) * change;
            const T error = abs(turn) + abs(a) * span.quadrature;
            const auto is_precise = abs(b - largest_b / 2) <= T(largest_b / 2) &&
                                    error <= span.tolerance + abs(x[i]) * span.per_size;
            if constexpr (System::driven_place(i) == 0) precise = is_precise;
            else precise = precise && is_precise;
        });
        const T g0 = System::gap(p, x);
        const T g1 = System::gap(p, end);
        // A hump between is at most 0.34 h times the difference of the slopes at the nodes high, for
        // B <= 1/2; `bends` is h times that difference.
        const T highest = max(g0, g1);
        const auto clear =
            held || (highest + highest) + abs(M::gap(p, bends.state, T(0))) < -span.margin;
        s = end.state;
        return System::template outcome<at_threshold, T>(precise || held, clear, g1);
    }

private:
    static constexpr double largest_b = 0.5;

    [[gnu::always_inline]] static void set_forms(const Params<double>& p, double h,
                                                 Span<double>& span) {
        const auto none = System::template evaluate<double>(p, Values<double>{}, false);
        System::for_each_driven([&](auto i) {
            auto& forms = std::get<System::driven_place(i)>(span.forms);
            forms.gain_alone = h * none.gain(i);
            forms.rate_alone = h * none.rate(i);
        });
        System::for_each_input([&](auto j) {
            Values<double> one{};
            one[j] = 1;
            const auto f = System::template evaluate<double>(p, one, false);
            const auto add = [&](auto source, double first, double second) {
                System::for_each_driven([&](auto i) {
                    auto& forms = std::get<System::driven_place(i)>(span.forms);
                    const double gain = h / 2 * (f.gain(i) - none.gain(i));
                    const double rate = h / 2 * (f.rate(i) - none.rate(i));
                    forms.gain[source] += gain * (first + second);
                    forms.rate[source] += rate * (first + second);
                    forms.gain_falls[source] += gain * (first - second);
                    forms.rate_falls[source] += rate * (first - second);
                });
            };
            if constexpr (System::stays[j]) add(j, 1, 1);
            else {
                constexpr std::integral_constant<std::size_t, System::sources[j]> source{};
                const auto& first = span.first;
                const auto& second = span.second;
                add(j, first.left[j], second.left[j]);
                if constexpr (source != j)
                    add(source, first.gained[j] * first.left[j], second.gained[j] * second.left[j]);
            }
        });
    }

    /// Of a driven variable: what `Forms` makes of a state.
    template <class T>
    struct Sums {
        T gain, rate, gain_falls, rate_falls;
    };
    template <std::size_t zero, class T>
    [[gnu::always_inline]] static Sums<T> by_forms(const Forms<T>& forms, const Values<T>& x) {
        return {System::template sum_over<zero>(forms.gain, x) + forms.gain_alone,
                System::template sum_over<zero>(forms.rate, x) + forms.rate_alone,
                System::sum_over_decaying(forms.gain_falls, x),
                System::sum_over_decaying(forms.rate_falls, x)};
    }
    template <class T, class I>
    [[gnu::always_inline]] static Sums<T> by_nodes(T h,
                                                   const typename System::template Parts<T>& f1,
                                                   const typename System::template Parts<T>& f2,
                                                   I i) {
        const T half = h * 0.5;
        return {half * (f1.gain(i) + f2.gain(i)), half * (f1.rate(i) + f2.rate(i)),
                half * (f1.gain(i) - f2.gain(i)), half * (f1.rate(i) - f2.rate(i))};
    }

    /// (1 - e^{-b}) / b for b in [0, largest_b], to 2e-11: interpolated at Chebyshev nodes.
    template <class T>
    [[gnu::always_inline]] static T relaxed(T b) {
        const T b2 = b * b;
        return ((0.9999999999804929 - b * 0.49999999617440183) +
                b2 * (0.1666665438849182 - b * 0.04166518458255413)) +
               (b2 * b2) * ((0.008324776007811797 - b * 0.0013633120266918807) +
                            b2 * 0.00015973131728901188);
    }

    double tolerance_;
};

}  // namespace sim::ode
