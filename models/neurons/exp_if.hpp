// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Exponential integrate-and-fire neuron with exponentially decaying synaptic currents.

#include "models/neurons/exponential.hpp"
#include "sim/run/model.hpp"

namespace models {

struct ExpIf {
    static constexpr std::string_view name = "exp_if";
    static constexpr std::string_view summary =
        "exponential integrate-and-fire neuron, exponentially decaying synaptic currents";
    static constexpr std::string_view source =
        "Fourcaud-Trocme, Hansel, van Vreeswijk & Brunel 2003, J Neurosci 23:11628, eq. 10";

    template <class T = double>
    struct Params {
        T c_m = 250, tau_m = 10, e_l = -65, v_th = -59.9, delta_t = 3.48, v_peak = 20;
        T v_reset = -68, t_ref = 1.7, tau_syn_exc = 2, tau_syn_inh = 2, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"tau_m", &P::tau_m, ms, r::positive, "membrane time constant"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "where the upstroke begins"},
            sim::Param<P>{"delta_t", &P::delta_t, mV, r::positive, "sharpness of the upstroke"},
            sim::Param<P>{"v_peak", &P::v_peak, mV, r::finite, "potential at which a spike is cut"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"tau_syn_exc", &P::tau_syn_exc, ms, r::positive,
                          "decay of the excitatory current"},
            sim::Param<P>{"tau_syn_inh", &P::tau_syn_inh, ms, r::positive,
                          "decay of the inhibitory current"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
        };
    }

    template <class T = double>
    struct State {
        T v, i_exc, i_inh, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"i_exc", &S::i_exc, pA, "excitatory synaptic current"},
            sim::StateField<S>{"i_inh", &S::i_inh, pA, "inhibitory synaptic current, negative"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::pA, "jump of the excitatory current"},
        sim::Port{"inh", sim::Unit::pA, "jump of the inhibitory current (negative weights)"}};

    static State<> initial(const Params<>& p) { return {p.e_l, 0, 0, 0}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - unit * p.v_peak;
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
    }

    static constexpr std::array<std::string_view, 2> decaying{"i_exc", "i_inh"};
    static constexpr std::array<std::string_view, 1> constant{"i_stim"};

    template <class T, class Held>
    static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held& held) {
        const T upstroke = p.delta_t * capped_exp(T((s.v - p.v_th) * (T(1) / p.delta_t)));
        const T current = s.i_exc + s.i_inh + (p.i_e + s.i_stim);
        const T per_m = T(1) / p.tau_m;
        const T drive = (p.e_l + upstroke) * per_m + current * (T(1) / p.c_m);
        return {{sim::unless(held, drive), T(0), T(0), T(0)},
                {sim::unless(held, per_m), T(1) / p.tau_syn_exc, T(1) / p.tau_syn_inh, T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }
};

}  // namespace models
