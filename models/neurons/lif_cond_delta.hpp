// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Leaky integrate-and-fire neuron whose conductances open for an instant, with an adaptive threshold.
//
// The limit of short conductances: an input of weight q, the time integral of a conductance over the
// capacitance, takes the potential towards its reversal potential by the factor e^-q at once. Inputs
// of both kinds at one instant act together. The threshold is v_th_min + theta; theta jumps at every
// spike and decays, also while refractory.

#include <array>

#include "models/neurons/linear.hpp"
#include "sim/core/exponential.hpp"
#include "sim/run/model.hpp"

namespace models {

struct LifCondDelta {
    static constexpr std::string_view name = "lif_cond_delta";
    static constexpr std::string_view summary =
        "leaky integrate-and-fire neuron, instantaneous conductances, threshold raised by every spike";
    static constexpr std::string_view source =
        "Diehl & Cook 2015, Front Comput Neurosci 9:99, sec. 2.1 and 2.4, in the limit of short "
        "conductances (Richardson 2004, Phys Rev E 69:051918)";

    template <class T = double>
    struct Params {
        T tau_m = 100, e_l = -65, v_th_min = -72, v_reset = -65, t_ref = 5, e_exc = 0, e_inh = -100;
        T theta_jump = 0.05, tau_theta = 1e7;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_m", &P::tau_m, ms, r::positive, "membrane time constant"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "resting potential"},
            sim::Param<P>{"v_th_min", &P::v_th_min, mV, r::finite, "threshold where theta is 0"},
            sim::Param<P>{"v_reset", &P::v_reset, mV, r::finite, "potential after a spike"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "refractory period"},
            sim::Param<P>{"e_exc", &P::e_exc, mV, r::finite, "excitatory reversal potential"},
            sim::Param<P>{"e_inh", &P::e_inh, mV, r::finite, "inhibitory reversal potential"},
            sim::Param<P>{"theta_jump", &P::theta_jump, mV, r::non_negative,
                          "rise of the threshold at a spike"},
            sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "decay of that rise"},
        };
    }

    template <class T = double>
    struct State {
        T v, theta;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"theta", &S::theta, mV, "threshold above v_th_min"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::none, "integral of an excitatory conductance over the capacitance"},
        sim::Port{"inh", sim::Unit::none, "the same of an inhibitory one (negative weights)"}};

    /// What an input does depends on the potential: inputs do not just add up.
    static constexpr bool events_only = false;

    static State<> initial(const Params<>& p) { return {p.e_l, 20}; }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - s.theta - unit * p.v_th_min;
    }

    template <class T>
    static void receive(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        const T q = in.exc - in.inh;
        T share = q;
        sim::assign_where(share <= T(0), share, T(1));
        T to = in.exc * p.e_exc - in.inh * p.e_inh;
        if (sim::any_of_lanes(to != T(0))) to /= share;  // often it is 0, and dividing takes long
        T v = to - (to - s.v) * sim::exp(-q);
        sim::assign_where(q <= T(0), v, s.v);
        s.v = v;
    }
    template <class T>
    static void receive_held(const Params<T>&, State<T>&, const sim::Input<T>&) {}

    template <class T>
    static void reset(const Params<T>& p, State<T>& s) {
        s.v = p.v_reset;
        s.theta += p.theta_jump;
    }

    template <class T = double>
    struct Flow {
        T v, theta;
    };
    static Flow<> flow(const Params<>& p, double dt) {
        return {std::exp(-dt / p.tau_m), std::exp(-dt / p.tau_theta)};
    }
    template <class T>
    static void advance(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        s.v = p.e_l + f.v * (s.v - p.e_l);
        s.theta *= f.theta;
    }
    template <class T>
    static void hold(const Params<T>&, const Flow<T>& f, State<T>& s) {
        s.theta *= f.theta;
    }

    template <class T>
    static State<T> derivative(const Params<T>& p, const State<T>& s, T unit) {
        return {(p.e_l * unit - s.v) / p.tau_m, -s.theta / p.tau_theta};
    }
    static std::array<double, 3> rates(const Params<>& p) {
        return {0, 1 / p.tau_m, 1 / p.tau_theta};
    }

    /// v is between its ends, and theta at least what it is at the end.
    template <class T>
    static T bound(const Params<T>& p, const Flow<T>&, const State<T>& s, const State<T>& end, T) {
        T highest = s.v;
        sim::assign_where(end.v > s.v, highest, end.v);
        T lowest = end.theta;
        sim::assign_where(s.theta < end.theta, lowest, s.theta);
        return highest - lowest - p.v_th_min;
    }
};

}  // namespace models
