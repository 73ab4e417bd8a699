// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Dendritic prediction of somatic spiking.
//
// The dendrite predicts the soma's potential, v* = e_l + coupling (v_dend - e_l), and with it the rate
// phi(v*) = phi_max / (1 + k e^{beta (theta - v*)}) of its spikes. What the soma does beyond that, by
// the drive of a teacher, changes the dendritic synapses:
//   pi = (S - phi(v*)) h(v*) psp,  h = phi' / phi,  S the train of spikes
//   tau_delta d(delta)/dt = pi - delta,  dw/dt = eta delta
// with psp the effect of the presynaptic spikes on the dendrite, the difference of exponentials of
// tau_m and tau_s, of unit area. v_dend is looked at in steps of the resolution; spikes and the rate
// count at the look after them. A weight is clipped at events.

#include <array>
#include <cmath>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct UrbanczikSenn {
    static constexpr std::string_view name = "urbanczik_senn";
    static constexpr std::string_view summary =
        "learning by the dendritic prediction of somatic spiking";
    static constexpr std::string_view source = "Urbanczik & Senn 2014, Neuron 81:521, eqs. 1-5";

    struct Params {
        double eta = 1e-2, tau_delta = 100, tau_m = 10, tau_s = 3, e_l = -70, coupling = 1.8 / 1.9;
        double phi_max = 150, k = 0.5, beta = 1.0 / 3, theta = -55, w_max = 1e3;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "weight, in its unit, for a spike too many at h psp = 1 / ms^2 mV"},
            sim::Param<P>{"tau_delta", &P::tau_delta, ms, r::positive,
                          "over which changes are averaged"},
            sim::Param<P>{"tau_m", &P::tau_m, ms, r::positive, "of the dendritic membrane"},
            sim::Param<P>{"tau_s", &P::tau_s, ms, r::positive, "of the synaptic current"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"coupling", &P::coupling, none, r::positive,
                          "part of the dendrite's depolarisation that reaches the soma"},
            sim::Param<P>{"phi_max", &P::phi_max, hz, r::positive, "the highest rate"},
            sim::Param<P>{"k", &P::k, none, r::positive, "shape of the rate"},
            sim::Param<P>{"beta", &P::beta, none, r::positive, "its steepness, 1/mV"},
            sim::Param<P>{"theta", &P::theta, mV, r::finite, "its threshold"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight of either sign, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T delta = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {{{"delta", &Synapse<double>::delta, sim::Unit::none, "averaged change"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_m}, {sim::Side::pre, &Params::tau_s}}};
    }
    static sim::Bounds bounds(const Params& p) { return {-p.w_max, p.w_max}; }
    static constexpr bool any_sign = true;
    static std::string_view problem(const Params& p) {
        return p.tau_m == p.tau_s ? "tau_s must differ from tau_m" : "";
    }

    static constexpr std::string_view watched = "v_dend";
    struct Watch {};
    static Watch begin(const Params&, double) { return {}; }
    static double watch(const Params& p, Watch&, double v_dend, double spikes, double dt) {
        constexpr double ms_per_s = 1000;
        const double v = p.e_l + p.coupling * (v_dend - p.e_l);
        const double odds = p.k * std::exp(p.beta * (p.theta - v));
        const double rate = p.phi_max / ms_per_s / (1 + odds);
        const double h = p.beta * odds / (1 + odds);
        return (spikes - rate * dt) * h;
    }

    template <class T, class M>
    static void on_watch(const Params& p, Synapse<T>& s, const M& m, const T& amount) {
        s.delta += amount * (m.pre[0] - m.pre[1]) / ((p.tau_m - p.tau_s) * p.tau_delta);
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        const T lost = sim::expm1(dt / -p.tau_delta);
        s.w -= p.eta * p.tau_delta * lost * s.delta;
        s.delta += s.delta * lost;
    }
};

}  // namespace plasticity
