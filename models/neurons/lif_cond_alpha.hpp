// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Leaky integrate-and-fire neuron with alpha-shaped synaptic conductances.
// A weight w becomes the conductance w (t / tau) e^{1 - t / tau}.

#include "models/neurons/conductance.hpp"
#include "sim/run/model.hpp"

namespace models {

struct LifCondAlpha {
    static constexpr std::string_view name = "lif_cond_alpha";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron, alpha-shaped conductances";
    static constexpr std::string_view source =
        "Meffin, Burkitt & Grayden 2004, J Comput Neurosci 16:159; Kuhn, Aertsen & Rotter 2004, "
        "J Neurosci 24:2345";

    template <class T = double>
    struct Params {
        T c_m = 250, g_l = 12.5, e_l = -65, v_th = -50, v_reset = -65, t_ref = 2;
        T e_exc = 0, e_inh = -80, tau_syn_exc = 2, tau_syn_inh = 2, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"g_l", &P::g_l, nS, r::positive, "leak conductance"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "spike threshold"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"e_exc", &P::e_exc, mV, r::finite, "excitatory reversal potential"},
            sim::Param<P>{"e_inh", &P::e_inh, mV, r::finite, "inhibitory reversal potential"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "rise time of the excitatory conductance"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "rise time of the inhibitory conductance"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
        };
    }

    template <class T = double>
    struct State {
        T v, g_exc, z_exc, g_inh, z_inh, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"g_exc", &S::g_exc, nS, "excitatory conductance"},
            sim::StateField<S>{"z_exc", &S::z_exc, nS, "decaying drive of g_exc"},
            sim::StateField<S>{"g_inh", &S::g_inh, nS, "inhibitory conductance"},
            sim::StateField<S>{"z_inh", &S::z_inh, nS, "decaying drive of g_inh"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::nS, "peak of the excitatory conductance"},
        sim::Port{"inh", sim::Unit::nS,
                  "peak of the inhibitory conductance (negative weights, by their size)"}};

    static State<> initial(const Params<>& p) { return {p.e_l, 0, 0, 0, 0, 0}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - unit * p.v_th;
    }

    template <class T>
    static void receive(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.z_exc += in.exc * std::numbers::e;
        s.z_inh -= in.inh * std::numbers::e;
        s.i_stim += in.current;
    }
    template <class T>
    static void receive_held(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        receive(p, s, in);
    }
    template <class T>
    static void reset(const Params<T>& p, State<T>& s) {
        s.v = p.v_reset;
    }

    static constexpr std::array<std::string_view, 4> decaying{"g_exc", "z_exc", "g_inh", "z_inh"};
    static constexpr std::array<std::array<std::string_view, 2>, 2> followers{
        {{"g_exc", "z_exc"}, {"g_inh", "z_inh"}}};
    static constexpr std::array<std::string_view, 1> constant{"i_stim"};
    static constexpr bool is_linear = true;
    static constexpr bool runs_through_spikes = true;

    template <class T, class Held>
    static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held& held) {
        const T drive =
            s.g_exc * p.e_exc + s.g_inh * p.e_inh + (p.g_l * p.e_l + p.i_e + s.i_stim);
        const T leak = s.g_exc + s.g_inh + p.g_l;
        const T per_exc = T(1) / p.tau_syn_exc;
        const T per_inh = T(1) / p.tau_syn_inh;
        return {{sim::unless(held, over(drive, p.c_m)), s.z_exc * per_exc, T(0), s.z_inh * per_inh,
                 T(0), T(0)},
                {sim::unless(held, over(leak, p.c_m)), per_exc, per_exc, per_inh, per_inh, T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }
};

}  // namespace models
