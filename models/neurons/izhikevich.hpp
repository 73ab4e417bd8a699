// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Simple spiking model with quadratic upstroke and a recovery variable.
//
// v' = 0.04 v^2 + 5 v + 140 - u + I, u' = a (b v - u), v in mV and t in ms. The equations carry
// their own units: u and I are in mV/ms, and 1 pA of i_e or of a current source counts as I = 1.

#include "sim/run/model.hpp"

namespace models {

struct Izhikevich {
    static constexpr std::string_view name = "izhikevich";
    static constexpr std::string_view summary =
        "simple model of Izhikevich, an input moves the potential at once";
    static constexpr std::string_view source =
        "Izhikevich 2003, IEEE Trans Neural Netw 14:1569, eq. 1-3";

    template <class T = double>
    struct Params {
        T a = 0.02, b = 0.2, c = -65, d = 8, v_th = 30, t_ref = 0, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"a", &P::a, per_ms, r::finite, "rate of recovery"},
            sim::Param<P>{"b", &P::b, per_ms, r::finite, "sensitivity of recovery to v"},
            sim::Param<P>{"c", &P::c, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"d", &P::d, none, r::finite, "jump of u at a spike, mV/ms"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "potential at which a spike is cut"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current, 1 pA as 1 mV/ms"},
        };
    }

    template <class T = double>
    struct State {
        T v, u, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"u", &S::u, none, "recovery variable, mV/ms"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"in", sim::Unit::mV, "jump of the potential; lost while refractory"}};

    static State<> initial(const Params<>& p) { return {p.c, p.b * p.c, 0}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - unit * p.v_th;
    }

    template <class T>
    static void receive(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.v += in.exc;
        s.i_stim += in.current;
    }
    template <class T>
    static void receive_held(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.i_stim += in.current;
    }
    template <class T>
    static void reset(const Params<T>& p, State<T>& s) {
        s.v = p.c;
        s.u += p.d;
    }

    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        const T slope = (T(0.04) * s.v + T(5)) * s.v + T(140) - s.u + p.i_e + s.i_stim;
        return {sim::unless(held, slope), p.a * (p.b * s.v - s.u), T(0)};
    }
};

}  // namespace models
