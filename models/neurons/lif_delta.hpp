// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Leaky integrate-and-fire neuron with delta synapses.

#include "models/neurons/linear.hpp"
#include "sim/run/model.hpp"

namespace models {

struct LifDelta {
    static constexpr std::string_view name = "lif_delta";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron, an input moves the potential at once";
    static constexpr std::string_view source =
        "Brunel 2000, J Comput Neurosci 8:183, eq. 1; Tuckwell 1988, Introduction to "
        "Theoretical Neurobiology 1, ch. 3";

    template <class T = double>
    struct Params {
        T c_m = 250, tau_m = 20, e_l = -65, v_th = -50, v_reset = -65, t_ref = 2, i_e = 0;
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
            sim::Param<P>{"i_e", &P::i_e, pA, r::finite, "constant current"},
        };
    }

    template <class T = double>
    struct State {
        T v, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"in", sim::Unit::mV, "jump of the potential; lost while refractory"}};

    static State<> initial(const Params<>& p) { return {p.e_l, 0}; }

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
        s.v = p.v_reset;
    }

    template <class T = double>
    struct Flow {
        T v_v, v_current;
    };
    static Flow<> flow(const Params<>& p, double dt) {
        return {exp(-dt / p.tau_m), step_response(dt, p.tau_m) / p.c_m};
    }
    template <class T>
    static void advance(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        s.v = p.e_l + f.v_v * (s.v - p.e_l) + f.v_current * (p.i_e + s.i_stim);
    }
    template <class T>
    static void hold(const Params<T>&, const Flow<T>&, State<T>&) {}

    template <class T>
    static State<T> derivative(const Params<T>& p, const State<T>& s, T unit) {
        return {(p.e_l * unit - s.v) / p.tau_m + (s.i_stim + p.i_e * unit) / p.c_m, T(0)};
    }
    static std::array<double, 2> rates(const Params<>& p) { return {0, 1 / p.tau_m}; }

    /// The current is constant between inputs.
    template <class T>
    static T bound(const Params<T>& p, const Flow<T>& f, const State<T>& s, const State<T>&, T) {
        return highest_potential(p, f, s.v, T(p.i_e + s.i_stim)) - p.v_th;
    }
};

}  // namespace models
