// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Generalised leaky integrate-and-fire neuron: every spike adds to two after-spike currents,
// which decay at all times, also while refractory. Negative jumps adapt the rate; positive
// ones make bursts.

#include "models/neurons/linear.hpp"
#include "sim/run/model.hpp"

namespace models {

struct Glif {
    static constexpr std::string_view name = "glif";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron with two after-spike currents (GLIF 3)";
    static constexpr std::string_view source =
        "Mihalas & Niebur 2009, Neural Comput 21:704, eq. 2.1-2.2; Teeter et al. 2018, "
        "Nat Commun 9:709 (GLIF 3)";

    template <class T = double>
    struct Params {
        T c_m = 250, tau_m = 20, e_l = -65, v_th = -50, v_reset = -65, t_ref = 2;
        T tau_syn_exc = 2, tau_syn_inh = 2, i_e = 0;
        T b_1 = -10, tau_1 = 300, b_2 = -200, tau_2 = 10;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"tau_m", &P::tau_m, ms, r::positive, "membrane time constant"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "spike threshold"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "decay of the excitatory current"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "decay of the inhibitory current"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
            sim::Param<P>{"b_1", &P::b_1, pA, r::finite, "jump of after-spike current 1"},
            sim::Param<P>{"tau_1", &P::tau_1, ms, r::positive, "decay of after-spike current 1"},
            sim::Param<P>{"b_2", &P::b_2, pA, r::finite, "jump of after-spike current 2"},
            sim::Param<P>{"tau_2", &P::tau_2, ms, r::positive, "decay of after-spike current 2"},
        };
    }

    template <class T = double>
    struct State {
        T v, i_exc, i_inh, i_1, i_2, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"i_exc", &S::i_exc, pA, "excitatory synaptic current"},
            sim::StateField<S>{"i_inh", &S::i_inh, pA, "inhibitory synaptic current, negative"},
            sim::StateField<S>{"i_1", &S::i_1, pA, "after-spike current 1"},
            sim::StateField<S>{"i_2", &S::i_2, pA, "after-spike current 2"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::pA, "jump of the excitatory current"},
        sim::Port{"inh", sim::Unit::pA, "jump of the inhibitory current (negative weights)"}};

    static State<> initial(const Params<>& p) { return {p.e_l, 0, 0, 0, 0, 0}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - unit * p.v_th;
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
    static void reset(const Params<T>& p, State<T>& s) {
        s.v = p.v_reset;
        s.i_1 += p.b_1;
        s.i_2 += p.b_2;
    }

    template <class T = double>
    struct Flow {
        T v_v, v_exc, v_inh, v_1, v_2, v_current, exc, inh, decay_1, decay_2;
    };
    static Flow<> flow(const Params<>& p, double dt) {
        return {exp(-dt / p.tau_m),
                exp_response(dt, p.tau_m, p.tau_syn_exc) / p.c_m,
                exp_response(dt, p.tau_m, p.tau_syn_inh) / p.c_m,
                exp_response(dt, p.tau_m, p.tau_1) / p.c_m,
                exp_response(dt, p.tau_m, p.tau_2) / p.c_m,
                step_response(dt, p.tau_m) / p.c_m,
                exp(-dt / p.tau_syn_exc),
                exp(-dt / p.tau_syn_inh),
                exp(-dt / p.tau_1),
                exp(-dt / p.tau_2)};
    }
    template <class T>
    static void advance(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        s.v = p.e_l + f.v_v * (s.v - p.e_l) + f.v_exc * s.i_exc + f.v_inh * s.i_inh +
              f.v_1 * s.i_1 + f.v_2 * s.i_2 + f.v_current * (p.i_e + s.i_stim);
        hold(p, f, s);
    }
    template <class T>
    static void hold(const Params<T>&, const Flow<T>& f, State<T>& s) {
        s.i_exc *= f.exc;
        s.i_inh *= f.inh;
        s.i_1 *= f.decay_1;
        s.i_2 *= f.decay_2;
    }

    template <class T>
    static State<T> derivative(const Params<T>& p, const State<T>& s, T unit) {
        return {(p.e_l * unit - s.v) / p.tau_m +
                    (s.i_exc + s.i_inh + s.i_1 + s.i_2 + s.i_stim + p.i_e * unit) / p.c_m,
                -s.i_exc / p.tau_syn_exc, -s.i_inh / p.tau_syn_inh, -s.i_1 / p.tau_1,
                -s.i_2 / p.tau_2, T(0)};
    }
    static std::array<double, 6> rates(const Params<>& p) {
        return {0, 1 / p.tau_m, 1 / p.tau_syn_exc, 1 / p.tau_syn_inh, 1 / p.tau_1, 1 / p.tau_2};
    }

    /// Each decaying current is largest now, if positive, or at the end.
    template <class T>
    static T bound(const Params<T>& p, const Flow<T>& f, const State<T>& s, const State<T>& end,
                   T) {
        const T current = max(s.i_exc, end.i_exc) + max(s.i_inh, end.i_inh) + max(s.i_1, end.i_1) +
                          max(s.i_2, end.i_2) + p.i_e + s.i_stim;
        return highest_potential(p, f, s.v, current) - p.v_th;
    }
};

}  // namespace models
