// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Pair STDP with the weight dependence of Morrison et al. 2007, every spike with every one:
//
//   a postsynaptic spike   w += lambda w_0^(1 - mu) w^mu x
//   a presynaptic spike    w -= lambda alpha w y
// with the traces x and y of all spikes. Weights have no upper bound.

#include <array>

#include "sim/core/power.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct StdpMorrison {
    static constexpr std::string_view name = "stdp_morrison";
    static constexpr std::string_view summary =
        "pair STDP, power-law potentiation and multiplicative depression, without an upper bound";
    static constexpr std::string_view source =
        "Morrison et al. 2007, Neural Comput 19:1437, eq. 1 and sec. 2.2";

    struct Params {
        double tau_plus = 20, tau_minus = 20, lambda = 0.1, alpha = 0.11, mu = 0.4, w_0 = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"lambda", &P::lambda, none, r::non_negative,
                          "potentiation of the weight w_0 by a pair, in parts of it"},
            sim::Param<P>{"alpha", &P::alpha, none, r::non_negative,
                          "depression of the weight w_0 in parts of its potentiation"},
            sim::Param<P>{"mu", &P::mu, none, r::unit_interval,
                          "exponent of the weight dependence of potentiation"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "amount of the reference weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus}, {sim::Side::post, &Params::tau_minus}}};
    }
    static sim::Bounds bounds(const Params&) { return {0, sim::range::huge}; }
    static bool adds_up(const Params& p) { return p.mu == 0; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.lambda * p.w_0 * sim::power(s.w / p.w_0, p.mu) * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.lambda * p.alpha * s.w * m.post[0];
    }
};

}  // namespace plasticity
