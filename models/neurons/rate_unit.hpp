// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A rate that is sent as spikes: deterministic rate code.
//
// The rate x relaxes to the summed input, and a phase adds it up; a spike is sent each time the
// phase has gained one, so a constant x sends exactly x spikes per second, evenly spaced. A
// negative x runs the phase back: no spike is sent until what was lost has been gained again, which
// keeps the count of spikes equal to the integral of x, up to the fraction held in the phase.
// A weight w turns a presynaptic rate r into the target w r: tau x' = -x + bias + sum of w_j r_j,
// r_j being the train of delta pulses of presynaptic unit j.

#include "models/neurons/linear.hpp"
#include "sim/run/model.hpp"

namespace models {

struct RateUnit {
    static constexpr std::string_view name = "rate_unit";
    static constexpr std::string_view summary =
        "rate that follows its input and sends evenly spaced spikes (deterministic rate code)";
    static constexpr std::string_view source =
        "Wilson & Cowan 1972, Biophys J 12:1 (linear unit); Eliasmith & Anderson 2003, "
        "Neural Engineering, ch. 4 (rate integrated to spikes)";

    template <class T = double>
    struct Params {
        T tau = 20, bias = 0, gain = 1, t_ref = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "time constant of the rate"},
            sim::Param<P>{"bias", &P::bias, hz, r::finite, "rate without input"},
            sim::Param<P>{"gain", &P::gain, none, r::finite,
                          "rate per current of current sources, Hz/pA"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative,
                          "the phase stands still this long after a spike"},
        };
    }

    template <class T = double>
    struct State {
        T x, phase, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"x", &S::x, hz, "rate; may be negative"},
            sim::StateField<S>{"phase", &S::phase, none, "part of the next spike, below 1"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"in", sim::Unit::none, "rate gained per presynaptic rate, signed"}};

    static State<> initial(const Params<>& p) { return {p.bias, 0, 0}; }

    template <class T>
    static T gap(const Params<T>&, const State<T>& s, T unit) {
        return s.phase - unit;
    }

    template <class T>
    static void receive(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        s.x += in.exc * (ms_per_s / p.tau);
        s.i_stim += in.current;
    }
    template <class T>
    static void receive_held(const Params<T>& p, State<T>& s, const sim::Input<T>& in) {
        receive(p, s, in);
    }
    template <class T>
    static void reset(const Params<T>&, State<T>& s) {
        s.phase -= T(1);
    }

    template <class T = double>
    struct Flow {
        T x_x, phase_x, phase_drive, x_drive;
    };
    static Flow<> flow(const Params<>& p, double dt) {
        const double gained = step_response(dt, p.tau);
        return {exp(-dt / p.tau), gained / ms_per_s, dt / ms_per_s, gained / p.tau};
    }
    template <class T>
    static void advance(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        const T drive = p.bias + p.gain * s.i_stim;
        s.phase += f.phase_drive * drive + f.phase_x * (s.x - drive);
        hold(p, f, s);
    }
    template <class T>
    static void hold(const Params<T>& p, const Flow<T>& f, State<T>& s) {
        s.x = f.x_x * s.x + f.x_drive * (p.bias + p.gain * s.i_stim);
    }

    template <class T>
    static State<T> derivative(const Params<T>& p, const State<T>& s, T unit) {
        return {(p.bias * unit + p.gain * s.i_stim - s.x) / p.tau, s.x / ms_per_s, T(0)};
    }
    static std::array<double, 3> rates(const Params<>& p) { return {0, 0, 1 / p.tau}; }

    /// x moves monotonically towards its drive, so it exceeds neither that nor its present value.
    template <class T>
    static T bound(const Params<T>& p, const Flow<T>&, const State<T>& s, const State<T>&, T dt) {
        const T highest = max(s.x, T(p.bias + p.gain * s.i_stim));
        return s.phase - T(1) + dt / ms_per_s * max(highest, T(0));
    }

private:
    static constexpr double ms_per_s = 1000;
};

}  // namespace models
