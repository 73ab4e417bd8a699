// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Leaky integrate-and-fire neuron with exponentially decaying synaptic conductances, whose threshold
// jumps at every spike and decays again. The threshold is v_th_min + theta; theta decays at all times,
// also while refractory.

#include "models/neurons/conductance.hpp"
#include "sim/run/model.hpp"

namespace models {

struct LifCondAdaptive {
    static constexpr std::string_view name = "lif_cond_adaptive";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron, threshold raised by every spike, exponential conductances";
    static constexpr std::string_view source =
        "Diehl & Cook 2015, Front Comput Neurosci 9:99, sec. 2.1 and 2.4; Chacron, Pakdaman & Longtin "
        "2003, Neural Comput 15:253, eq. 2.1-2.3 (threshold fatigue)";

    template <class T = double>
    struct Params {
        T c_m = 250, g_l = 12.5, e_l = -65, v_th_min = -50, v_reset = -65, t_ref = 2;
        T e_exc = 0, e_inh = -80, tau_syn_exc = 2, tau_syn_inh = 2, i_e = 0;
        T theta_jump = 2, tau_theta = 100;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"g_l", &P::g_l, nS, r::positive, "leak conductance"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th_min", &P::v_th_min, mV, r::finite, "threshold where theta is 0"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"e_exc", &P::e_exc, mV, r::finite, "excitatory reversal potential"},
            sim::Param<P>{"e_inh", &P::e_inh, mV, r::finite, "inhibitory reversal potential"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "decay of the excitatory conductance"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "decay of the inhibitory conductance"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
            sim::Param<P>{"theta_jump", &P::theta_jump, mV, r::non_negative,
                          "rise of the threshold at a spike"},
            sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "decay of that rise"},
        };
    }

    template <class T = double>
    struct State {
        T v, g_exc, g_inh, theta, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"g_exc", &S::g_exc, nS, "excitatory conductance"},
            sim::StateField<S>{"g_inh", &S::g_inh, nS, "inhibitory conductance"},
            sim::StateField<S>{"theta", &S::theta, mV, "threshold above v_th_min"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::nS, "jump of the excitatory conductance"},
        sim::Port{"inh", sim::Unit::nS,
                  "jump of the inhibitory conductance (negative weights, by their size)"}};

    static State<> initial(const Params<>& p) { return {p.e_l, 0, 0, 0, 0}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - s.theta - unit * p.v_th_min;
    }

    template <class T>
    static void receive(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.g_exc += in.exc;
        s.g_inh -= in.inh;
        s.i_stim += in.current;
    }
    template <class T>
    static void receive_held(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        receive(p, s, in);
    }
    template <class T>
    static void reset(const Params<T>& p, State<T>& s) {
        s.v = p.v_reset;
        s.theta += p.theta_jump;
    }

    static constexpr std::array<std::string_view, 3> decaying{"g_exc", "g_inh", "theta"};
    static constexpr std::array<std::string_view, 1> constant{"i_stim"};
    static constexpr bool is_linear = true;

    template <class T, class Held>
    static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held& held) {
        const T drive = s.g_exc * p.e_exc + s.g_inh * p.e_inh + (p.g_l * p.e_l + p.i_e + s.i_stim);
        const T leak = s.g_exc + s.g_inh + p.g_l;
        return {{sim::unless(held, over(drive, p.c_m)), T(0), T(0), T(0), T(0)},
                {sim::unless(held, over(leak, p.c_m)), T(1) / p.tau_syn_exc, T(1) / p.tau_syn_inh,
                 T(1) / p.tau_theta, T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }
};

}  // namespace models
