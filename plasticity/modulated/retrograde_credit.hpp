// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The synapse of credit by excitatory-inhibitory balance: retrograde events of its postsynaptic
// neuron, signed amounts of credit, find the trace of presynaptic spikes, and what they leave goes
// into the weight slowly:
//
//   a retrograde event a   e += a x
//   between                de/dt = -e / tau_w,  dw/dt = eta e / tau_w
// with the trace x (tau_x) of all presynaptic spikes: in the end w += eta a x. Events are those of the
// credit of the postsynaptic neuron (sim/run/credit.hpp), or of a modulator that the projection names,
// best one whose spikes act on one neuron each (`each = true`). Weights keep their sign (Dale's law): of
// an inhibitory projection eta is negative, as credit that a neuron lacks takes from its inhibition;
// signed_credit.hpp has weights of any sign.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct RetrogradeCredit {
    static constexpr std::string_view name = "retrograde_credit";
    static constexpr std::string_view summary =
        "retrograde events of the postsynaptic neuron times presynaptic activity, committed slowly";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139 (synapses from active onto credited neurons grow); in "
        "events, ours";

    struct Params {
        double tau_x = 50, tau_w = 1000, eta = 0.01, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_x", &P::tau_x, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_w", &P::tau_w, ms, r::positive,
                          "in which the weight takes in what is gathered"},
            sim::Param<P>{"eta", &P::eta, none, r::finite,
                          "change by an event of amount 1 right after a presynaptic spike, in the "
                          "unit of the weight; negative for inhibitory projections"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T e = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {
            {{"e", &Synapse<double>::e, sim::Unit::none, "gathered, and not yet in the weight"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 1> traces() {
        return {{{sim::Side::pre, &Params::tau_x}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_modulator(const Params&, Synapse<T>& s, const M& m, const T& amount) {
        s.e += amount * m.pre[0];
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        const T left = s.e * sim::exp(dt / -p.tau_w);
        s.w += p.eta * (s.e - left);
        s.e = left;
    }
};

}  // namespace plasticity
