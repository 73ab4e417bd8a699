// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Adaptive exponential integrate-and-fire neuron with exponentially decaying conductances.
// While refractory v stays at v_reset and w relaxes towards a (v_reset - e_l).

#include "models/neurons/conductance.hpp"
#include "models/neurons/exponential.hpp"
#include "sim/run/model.hpp"

namespace models {

struct Adex {
    static constexpr std::string_view name = "adex";
    static constexpr std::string_view summary =
        "adaptive exponential integrate-and-fire neuron, exponentially decaying conductances";
    static constexpr std::string_view source =
        "Brette & Gerstner 2005, J Neurophysiol 94:3637, eq. 2-3 and table 1";

    template <class T = double>
    struct Params {
        T c_m = 281, g_l = 30, e_l = -70.6, v_th = -50.4, delta_t = 2, v_peak = 0;
        T v_reset = -60, t_ref = 0, a = 4, b = 80.5, tau_w = 144;
        T e_exc = 0, e_inh = -85, tau_syn_exc = 2, tau_syn_inh = 2, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"g_l", &P::g_l, nS, r::positive, "leak conductance"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "where the upstroke begins"},
            sim::Param<P>{"delta_t", &P::delta_t, mV, r::positive, "sharpness of the upstroke"},
            sim::Param<P>{"v_peak", &P::v_peak, mV, r::finite, "potential at which a spike is cut"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"a", &P::a, nS, r::finite, "subthreshold adaptation"},
            sim::Param<P>{"b", &P::b, pA, r::finite, "jump of the adaptation current at a spike"},
            sim::Param<P>{"tau_w", &P::tau_w, ms, r::positive, "adaptation time constant"},
            sim::Param<P>{"e_exc", &P::e_exc, mV, r::finite, "excitatory reversal potential"},
            sim::Param<P>{"e_inh", &P::e_inh, mV, r::finite, "inhibitory reversal potential"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "decay of the excitatory conductance"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "decay of the inhibitory conductance"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
        };
    }

    template <class T = double>
    struct State {
        T v, w, g_exc, g_inh, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"w", &S::w, pA, "adaptation current"},
            sim::StateField<S>{"g_exc", &S::g_exc, nS, "excitatory conductance"},
            sim::StateField<S>{"g_inh", &S::g_inh, nS, "inhibitory conductance"},
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
        return s.v - unit * p.v_peak;
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
        s.w += p.b;
    }

    static constexpr std::array<std::string_view, 2> decaying{"g_exc", "g_inh"};
    static constexpr std::array<std::string_view, 1> constant{"i_stim"};

    template <class T, class Held>
    static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held& held) {
        const T upstroke = p.g_l * p.delta_t * capped_exp(over(T(s.v - p.v_th), p.delta_t));
        const T drive = s.g_exc * p.e_exc + s.g_inh * p.e_inh + upstroke - s.w +
                        (p.g_l * p.e_l + p.i_e + s.i_stim);
        const T leak = s.g_exc + s.g_inh + p.g_l;
        return {{sim::unless(held, over(drive, p.c_m)), over(T(p.a * (s.v - p.e_l)), p.tau_w),
                 T(0), T(0), T(0)},
                {sim::unless(held, over(leak, p.c_m)), T(1) / p.tau_w, T(1) / p.tau_syn_exc,
                 T(1) / p.tau_syn_inh, T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }
};

}  // namespace models
