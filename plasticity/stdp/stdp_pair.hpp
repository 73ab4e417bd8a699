// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spike-timing-dependent plasticity of pairs: every presynaptic spike with every postsynaptic one.
//
//   a postsynaptic spike   w += lambda w_max (1 - w / w_max)^mu_plus x
//   a presynaptic spike    w -= lambda alpha w_max (w / w_max)^mu_minus y
// with the traces x of presynaptic and y of postsynaptic spikes. mu = 0 is the additive rule, mu = 1
// the multiplicative one, between them the power law.

#include <array>

#include "sim/core/logarithm.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct StdpPair {
    static constexpr std::string_view name = "stdp_pair";
    static constexpr std::string_view summary =
        "pair STDP, all spikes with all: additive (mu = 0), multiplicative (1), power law (between)";
    static constexpr std::string_view source =
        "Guetig et al. 2003, J Neurosci 23:3697, eqs. 1-3; Morrison et al. 2008, Biol Cybern 98:459, "
        "sec. 4.1";

    struct Params {
        double tau_plus = 20, tau_minus = 20, lambda = 0.01, alpha = 1, mu_plus = 0, mu_minus = 0;
        double w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"lambda", &P::lambda, none, r::non_negative,
                          "potentiation by a pair, in parts of w_max"},
            sim::Param<P>{"alpha", &P::alpha, none, r::finite, "depression in parts of potentiation"},
            sim::Param<P>{"mu_plus", &P::mu_plus, none, r::unit_interval,
                          "exponent of the weight dependence of potentiation"},
            sim::Param<P>{"mu_minus", &P::mu_minus, none, r::unit_interval, "the same of depression"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
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
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    static bool adds_up(const Params& p) { return p.mu_plus == 0; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        const T room = T(1) - s.w / p.w_max;
        s.w += p.lambda * p.w_max * sim::power(room, p.mu_plus) * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.lambda * p.alpha * p.w_max * sim::power(s.w / p.w_max, p.mu_minus) * m.post[0];
    }
};

}  // namespace plasticity
