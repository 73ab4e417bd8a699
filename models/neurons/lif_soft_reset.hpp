// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Leaky integrate-and-fire neuron with delta synapses that a spike lowers by a threshold's worth: what
// lies above the threshold is not lost, so that spikes count the input exactly. It integrates while
// refractory. With a time constant far beyond the run it is a perfect integrator.

#include "models/neurons/linear.hpp"
#include "sim/run/model.hpp"

namespace models {

struct LifSoftReset {
    static constexpr std::string_view name = "lif_soft_reset";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron with delta synapses, reset by subtraction";
    static constexpr std::string_view source =
        "Rueckauer et al. 2017, Front Neurosci 11:682, eq. 4 (reset by subtraction); leak as lif_delta";

    template <class T = double>
    struct Params {
        T c_m = 250, tau_m = 20, e_l = -65, v_th = -50, v_drop = 15, t_ref = 0.1, i_e = 0;
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
            sim::Param<P>{"v_drop", &P::v_drop, mV, r::positive, "what a spike takes off"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative,
                          "refractory period; with 0, one input of v_drop or more is an error"},
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

    static constexpr std::array ports{sim::Port{"in", sim::Unit::mV, "jump of the potential"}};

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
    static void receive_held(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        receive(p, s, in);
    }
    template <class T>
    static void reset(const Params<T>& p, State<T>& s) {
        s.v -= p.v_drop;
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
    static void hold(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        advance(p, f, s);
    }

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
