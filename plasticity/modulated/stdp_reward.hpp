// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Reward-modulated STDP: pairs of spikes leave an eligibility c, and dopamine d turns it into weight.
//
//   a postsynaptic spike   c += a_plus x
//   a presynaptic spike    c -= a_minus y
//   between them           dc/dt = -c / tau_c,  dw/dt = eta c (d + tonic)
// with traces x (tau_plus) and y (tau_minus) that a spike sets to 1, and d the trace (tau_d) of the
// events of the modulator, which add their amounts. A weight is clipped at the end of an interval
// without events; as c and d do not change sign there, that is exact unless d + tonic does.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct StdpReward {
    static constexpr std::string_view name = "stdp_reward";
    static constexpr std::string_view summary =
        "reward-modulated STDP: dopamine acts on an eligibility trace of spike pairs";
    static constexpr std::string_view source =
        "Izhikevich 2007, Cereb Cortex 17:2443, eqs. 1-3, and its published program (nearest spikes, "
        "amounts, tonic dopamine)";

    struct Params {
        double tau_plus = 20, tau_minus = 20, a_plus = 0.1, a_minus = 0.15;
        double tau_c = 1000, tau_d = 200, tonic = 0.002, eta = 0.1, w_max = 4;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"a_plus", &P::a_plus, none, r::finite,
                          "eligibility that a postsynaptic spike at once with the other leaves"},
            sim::Param<P>{"a_minus", &P::a_minus, none, r::finite,
                          "the same of a presynaptic spike, taken away"},
            sim::Param<P>{"tau_c", &P::tau_c, ms, r::positive, "of the eligibility"},
            sim::Param<P>{"tau_d", &P::tau_d, ms, r::positive, "of dopamine"},
            sim::Param<P>{"tonic", &P::tonic, none, r::finite, "dopamine without any event"},
            sim::Param<P>{"eta", &P::eta, per_ms, r::non_negative,
                          "change while eligibility and dopamine are 1, in the unit of the weight"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T c = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {{{"c", &Synapse<double>::c, sim::Unit::none, "eligibility"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 3> traces() {
        return {{{sim::Side::pre, &Params::tau_plus, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_minus, sim::Pairing::nearest},
                 {sim::Side::modulator, &Params::tau_d}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.c += p.a_plus * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.c -= p.a_minus * m.post[0];
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M& m, const T& dt) {
        const double k = 1 / p.tau_c + 1 / p.tau_d;
        const T lost = sim::expm1(dt / -p.tau_c);
        s.w -= p.eta * s.c * (p.tonic * p.tau_c * lost + m.modulator[0] * sim::expm1(dt * -k) / k);
        s.c += s.c * lost;
    }
};

}  // namespace plasticity
