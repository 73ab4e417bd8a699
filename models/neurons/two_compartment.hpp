// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A dendrite that drives a soma, which fires at random at a rate that its potential sets.
//
// Synapses bring currents to the dendrite, which does not feel the soma; current sources reach the soma.
// The soma is not reset by a spike: its potential means a rate,
//   phi(v) = phi_max / (1 + k e^{beta (theta - v)}).
// At rest of the inputs v = e_l + g_d / (g_d + g_l) (v_dend - e_l) + current / (g_d + g_l). Spikes
// come from the integrated rate as in escape_noise.

#include "sim/core/exponential.hpp"
#include "sim/run/model.hpp"

namespace models {

struct TwoCompartment {
    static constexpr std::string_view name = "two_compartment";
    static constexpr std::string_view summary =
        "dendrite and soma, random spikes at a rate set by the somatic potential";
    static constexpr std::string_view source =
        "Urbanczik & Senn 2014, Neuron 81:521, eqs. 1-3; the soma driven by currents instead of "
        "conductances, capacitances ours";

    template <class T = double>
    struct Params {
        T c_m = 10, g_l = 1, g_d = 18, c_d = 10, g_l_d = 1, e_l = -70, t_ref = 3;
        T phi_max = 150, k = 0.5, beta = 1.0 / 3, theta = -55;
        T tau_syn_exc = 3, tau_syn_inh = 3, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "capacitance of the soma"},
            sim::Param<P>{"g_l", &P::g_l, nS, r::positive, "leak of the soma"},
            sim::Param<P>{"g_d", &P::g_d, nS, r::positive, "from the dendrite to the soma"},
            sim::Param<P>{"c_d", &P::c_d, pF, r::positive, "capacitance of the dendrite"},
            sim::Param<P>{"g_l_d", &P::g_l_d, nS, r::positive, "leak of the dendrite"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential of both"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "no other spike so long"},
            sim::Param<P>{"phi_max", &P::phi_max, hz, r::positive, "the highest rate"},
            sim::Param<P>{"k", &P::k, none, r::positive, "shape of the rate"},
            sim::Param<P>{"beta", &P::beta, none, r::positive, "its steepness, 1/mV"},
            sim::Param<P>{"theta", &P::theta, mV, r::finite, "its threshold"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "decay of the excitatory current"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "decay of the inhibitory current"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current into the soma"},
        };
    }

    template <class T = double>
    struct State {
        T v, v_dend, i_exc, i_inh, hazard, target, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "potential of the soma"},
            sim::StateField<S>{"v_dend", &S::v_dend, mV, "potential of the dendrite"},
            sim::StateField<S>{"i_exc", &S::i_exc, pA, "excitatory synaptic current"},
            sim::StateField<S>{"i_inh", &S::i_inh, pA, "inhibitory synaptic current, negative"},
            sim::StateField<S>{"hazard", &S::hazard, none, "integrated rate"},
            sim::StateField<S>{"target", &S::target, none, "integrated rate of the next spike"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::pA, "jump of the excitatory current into the dendrite"},
        sim::Port{"inh", sim::Unit::pA,
                  "jump of the inhibitory current into the dendrite (negative weights)"}};

    static State<> initial(const Params<>& p) { return {p.e_l, p.e_l, 0, 0, 0, 1, 0}; }

    static void draw(const Params<>&, State<>& s, sim::RandomStream& stream) {
        s.target = stream.exponential();
    }

    template <class T>
    static T gap(const Params<T>&, const State<T>& s, T) {
        return s.hazard - s.target;
    }

    template <class T>
    static void receive(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.i_exc += in.exc;
        s.i_inh += in.inh;
        s.i_stim += in.current;
    }
    template <class T>
    static void receive_held(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        receive(p, s, in);
    }
    template <class T>
    static void reset(const Params<T>&, State<T>& s) {
        s.hazard = T(0);
    }

    static constexpr std::array<std::string_view, 2> decaying{"i_exc", "i_inh"};
    static constexpr std::array<std::string_view, 2> constant{"target", "i_stim"};

    template <class T, class Held>
    static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held& held) {
        constexpr double ms_per_s = 1000;
        const T soma = T(1) / p.c_m;
        const T dendrite = T(1) / p.c_d;
        const T rate =
            T(p.phi_max * (1 / ms_per_s)) / (T(1) + p.k * sim::exp(T(p.beta * (p.theta - s.v))));
        return {{(p.g_l * p.e_l + p.g_d * s.v_dend + p.i_e + s.i_stim) * soma,
                 (p.g_l_d * p.e_l + s.i_exc + s.i_inh) * dendrite, T(0), T(0),
                 sim::unless(held, rate), T(0), T(0)},
                {(p.g_l + p.g_d) * soma, p.g_l_d * dendrite, T(1) / p.tau_syn_exc,
                 T(1) / p.tau_syn_inh, T(0), T(0), T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }
};

}  // namespace models
