// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the exponential steps share: models whose variables are linear in themselves,
// x' = gain(s) - rate(s) x, seen as numbers with the index as a constant.
//
// A model M states gain and rate of all variables, M::affine(p, s, held); the names of those that
// decay by themselves, `decaying` (gain 0, a rate that depends on parameters alone), and of those
// that only inputs change, `constant`. A decaying variable may have a decaying `source`, which it
// follows at the rate that both have, as alpha-shaped conductances do: x' = rate (source - x).
// Invariant: lanes are independent (T: double or a pack), and a lane has the bits of a double.

#include <algorithm>
#include <array>
#include <cmath>
#include <experimental/simd>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/core/exponential.hpp"
#include "sim/core/fields.hpp"
#include "sim/ode/mask.hpp"

namespace sim::ode {

template <class M>
concept SelfLinear = requires(const typename M::template Params<double>& p,
                              const typename M::template State<double>& s) {
    M::affine(p, s, false).gain;
    M::affine(p, s, false).rate;
    M::decaying;
    M::constant;
};

/// What a step may do with a neuron that reaches its threshold.
enum class AtThreshold {
    stop,  ///< the time is wanted: the step does not count
    pass,  ///< run on to the end of the step, where the gap is then >= 0
};

/// `done`: lanes that take the step. `precise`: those that no shorter one would help, as it is only
/// not clear whether they reach the threshold where they must stop. By the size of the error, `far`:
/// half the step would not do either; `easy`: twice the step would.
template <class T>
struct Outcome {
    Mask<T> done, precise;
    Mask<T> far = Mask<T>(false);
    Mask<T> easy = Mask<T>(true);
};

/// In grid timing a spike is noted at the end of its step. Models whose state after it does not
/// depend on when in the step it came (the reset forgets all that the threshold would have stopped)
/// say so, M::runs_through_spikes, and need no search for the time.
template <class M>
inline constexpr bool runs_through_spikes = requires { requires M::runs_through_spikes; };

template <SelfLinear M>
struct AffineSystem {
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    static constexpr std::size_t n = sizeof(State<double>) / sizeof(double);
    /// A state, its members by number. No array: compilers keep one in memory.
    template <class T>
    struct Values {
        State<T> state;

        template <std::size_t i>
        [[gnu::always_inline]] T& operator[](std::integral_constant<std::size_t, i>) {
            return std::get<i>(fields<n>(state));
        }
        template <std::size_t i>
        [[gnu::always_inline]] const T& operator[](std::integral_constant<std::size_t, i>) const {
            return std::get<i>(fields<n>(state));
        }
    };
    /// Gain and rate, as the model returned them.
    template <class T>
    struct Parts {
        decltype(M::affine(std::declval<Params<T>>(), std::declval<State<T>>(),
                           std::declval<Mask<T>>())) parts;

        template <class I>
        [[gnu::always_inline]] const T& gain(I) const {
            return std::get<I::value>(fields<n>(parts.gain));
        }
        template <class I>
        [[gnu::always_inline]] const T& rate(I) const {
            return std::get<I::value>(fields<n>(parts.rate));
        }
    };

    template <class Names>
    static constexpr std::array<bool, n> are_among(const Names& names) {
        std::array<bool, n> result{};
        for (std::size_t i = 0; i < n; ++i)
            for (const std::string_view name : names)
                if (M::states()[i].name == name) result[i] = true;
        return result;
    }
    static constexpr std::array<bool, n> decays = are_among(M::decaying);
    static constexpr std::array<bool, n> stays = are_among(M::constant);

    /// The place of the source of each variable; its own where it has none.
    static constexpr std::array<std::size_t, n> sources = [] {
        std::array<std::size_t, n> result{};
        for (std::size_t i = 0; i < n; ++i) {
            result[i] = i;
            if constexpr (requires { M::followers; })
                for (const auto& [name, source] : M::followers)
                    for (std::size_t j = 0; j < n; ++j)
                        if (M::states()[i].name == name && M::states()[j].name == source)
                            result[i] = j;
        }
        return result;
    }();
    static constexpr bool has_followers = requires { M::followers; };

    /// What becomes of the decaying variables in a certain time.
    template <class T>
    struct Decay {
        Values<T> left;    // e^{-rate t}
        Values<T> gained;  // rate t, of its source where it has one

        [[gnu::always_inline]] void operator()(const Values<T>& x, Values<T>& later) const {
            for_each_decaying([&](auto i) __attribute__((always_inline)) {
                constexpr std::integral_constant<std::size_t, sources[i]> source{};
                if constexpr (source == i) later[i] = x[i] * left[i];
                else later[i] = (x[i] + x[source] * gained[i]) * left[i];
            });
        }
    };
    /// One decay, then another.
    static Decay<double> joined(const Decay<double>& first, const Decay<double>& second) {
        Decay<double> result{};
        for_each_decaying([&](auto i) {
            result.left[i] = first.left[i] * second.left[i];
            result.gained[i] = first.gained[i] + second.gained[i];
        });
        return result;
    }
    static Decay<double> decay(const Params<double>& p, double t) {
        const auto rate = rates(p);
        Decay<double> result{};
        for_each_decaying([&](auto i) {
            result.left[i] = sim::small_exp(-rate[i] * t);
            result.gained[i] = rate[i] * t;
        });
        return result;
    }

    /// With the index as a constant, so that all stays in registers.
    template <class Action>
    [[gnu::always_inline]] static void for_each_variable(Action&& action) {
        [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
            (action(std::integral_constant<std::size_t, i>{}), ...);
        }
        (std::make_index_sequence<n>{});
    }
    /// Of those that decay by themselves.
    template <class Action>
    [[gnu::always_inline]] static void for_each_decaying(Action&& action) {
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (decays[i]) action(i);
        });
    }
    /// Of those that neither decay by themselves nor stay.
    template <class Action>
    [[gnu::always_inline]] static void for_each_driven(Action&& action) {
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (!decays[i] && !stays[i]) action(i);
        });
    }

    /// Of those that decay by themselves or stay.
    template <class Action>
    [[gnu::always_inline]] static void for_each_input(Action&& action) {
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            if constexpr (decays[i] || stays[i]) action(i);
        });
    }
    /// How many driven ones there are before variable i.
    static constexpr std::size_t driven_place(std::size_t i) {
        std::size_t place = 0;
        for (std::size_t j = 0; j < i; ++j) place += !decays[j] && !stays[j];
        return place;
    }
    static constexpr std::size_t n_driven = driven_place(n);

    /// Sum of each[i] x[i] over decaying variables and constant ones but `zero`.
    template <std::size_t zero, class T>
    [[gnu::always_inline]] static T sum_over(const Values<T>& each, const Values<T>& x) {
        T sum = sum_over_decaying(each, x);
        for_each_input([&](auto i) __attribute__((always_inline)) {
            if constexpr (stays[i] && i != zero) sum = sum + each[i] * x[i];
        });
        return sum;
    }
    template <class T>
    [[gnu::always_inline]] static T sum_over_decaying(const Values<T>& each, const Values<T>& x) {
        T sum;
        for_each_decaying([&](auto i) __attribute__((always_inline)) {
            if constexpr (i == first_decaying) sum = each[i] * x[i];
            else sum = sum + each[i] * x[i];
        });
        return sum;
    }
    static constexpr std::size_t first_decaying = [] {
        std::size_t i = 0;
        while (i < n && !decays[i]) ++i;
        return i;
    }();

    template <class T>
    [[gnu::always_inline]] static Parts<T> evaluate(const Params<T>& p, const Values<T>& x,
                                                    const Mask<T>& held) {
        return {M::affine(p, x.state, held)};
    }

    /// Rates of those that decay by themselves; of others anything.
    static Values<double> rates(const Params<double>& p) {
        return {M::affine(p, State<double>{}, false).rate};
    }

    template <class T>
    [[gnu::always_inline]] static T gap(const Params<T>& p, const Values<T>& x) {
        return M::gap(p, x.state, T(1));
    }
    /// Slope of the gap at x, where x' has the parts f.
    template <class T>
    [[gnu::always_inline]] static T slope(const Params<T>& p, const Parts<T>& f,
                                          const Values<T>& x) {
        auto k = x;
        for_each_variable([&](auto i) __attribute__((always_inline)) {
            k[i] = stays[i] ? T(0) : T(f.gain(i) - f.rate(i) * x[i]);
        });
        return M::gap(p, k.state, T(0));
    }

    /// The gap along a step of length h is the cubic with its values and slopes at both ends, up to
    /// its fourth derivative. It stays below 0 if its Bernstein coefficients do. The margin, a share
    /// of their spread, is far above that where the error is small: an argument, not a proof.
    template <class T>
    [[gnu::always_inline]] static Mask<T> stays_below(T g0, T slope0, T slope1, T g1, T h,
                                                      T margin) {
        using std::max, std::min;
        const T third = h * (1.0 / 3);
        const T left = g0 + slope0 * third;
        const T right = g1 - slope1 * third;
        const T high = max(max(g0, left), max(g1, right));
        const T low = min(min(g0, left), min(g1, right));
        return high + 0.25 * (high - low) + margin < 0.0;
    }

    template <AtThreshold at_threshold, class T>
    [[gnu::always_inline]] static Outcome<T> outcome(const Mask<T>& precise, const Mask<T>& clear,
                                                     T gap_at_end) {
        const Mask<T> done = precise && clear;
        if constexpr (at_threshold == AtThreshold::stop) return {.done = done, .precise = precise};
        const Mask<T> passes = precise && (clear || gap_at_end >= T(0));
        return {.done = passes, .precise = passes};
    }

    /// Which lanes take a step from x to `end`, where its derivatives have the parts f0 and f1.
    template <AtThreshold at_threshold, class T>
    [[gnu::always_inline]] static Outcome<T> settle(const Params<T>& p, const Values<T>& x,
                                                    const Parts<T>& f0, const Parts<T>& f1, T h,
                                                    const Values<T>& end, const Mask<T>& held,
                                                    const Mask<T>& precise, T margin) {
        const T g1 = gap(p, end);
        auto clear = held || stays_below(gap(p, x), slope(p, f0, x), slope(p, f1, end), g1, h,
                                         margin);
        return outcome<at_threshold, T>(precise, clear, g1);
    }
};

}  // namespace sim::ode
