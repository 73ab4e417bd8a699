// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Hodgkin-Huxley neuron of the Traub & Miles type with exponentially decaying conductances.
//
// A spike is the upward crossing of v_th and changes nothing else. It raises a block on detection
// that is lifted (time constant 0.1 ms) while v is below v_th: one action potential, one spike.
// Refractoriness comes from the channels; t_ref only silences detection for longer.

#include "models/neurons/conductance.hpp"
#include "sim/run/model.hpp"

namespace models {

struct HodgkinHuxley {
    static constexpr std::string_view name = "hodgkin_huxley";
    static constexpr std::string_view summary =
        "Hodgkin-Huxley neuron, sodium and delayed rectifier, exponential conductances";
    static constexpr std::string_view source =
        "Traub & Miles 1991, Neuronal Networks of the Hippocampus; Brette et al. 2007, "
        "J Comput Neurosci 23:349, benchmark 3 (COBAHH)";

    template <class T = double>
    struct Params {
        T c_m = 200, g_l = 10, e_l = -60, g_na = 20000, e_na = 50, g_k = 6000, e_k = -90;
        T v_t = -63, v_th = -20, t_ref = 0;
        T e_exc = 0, e_inh = -80, tau_syn_exc = 5, tau_syn_inh = 10, i_e = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"c_m", &P::c_m, pF, r::positive, "membrane capacitance"},
            sim::Param<P>{"g_l", &P::g_l, nS, r::positive, "leak conductance"},
            sim::Param<P>{"e_l", &P::e_l, mV, r::finite, "leak reversal potential"},
            sim::Param<P>{"g_na", &P::g_na, nS, r::non_negative, "peak sodium conductance"},
            sim::Param<P>{"e_na", &P::e_na, mV, r::finite, "sodium reversal potential"},
            sim::Param<P>{"g_k", &P::g_k, nS, r::non_negative, "peak potassium conductance"},
            sim::Param<P>{"e_k", &P::e_k, mV, r::finite, "potassium reversal potential"},
            sim::Param<P>{"v_t", &P::v_t, mV, r::finite, "shift of the channels' voltages"},
            sim::Param<P>{"v_th", &P::v_th, mV, r::finite, "where a spike is detected"},
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative, "no detection after a spike"},
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
        T v, m, h, n, g_exc, g_inh, block, i_stim;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"v", &S::v, mV, "membrane potential"},
            sim::StateField<S>{"m", &S::m, none, "sodium activation"},
            sim::StateField<S>{"h", &S::h, none, "sodium inactivation"},
            sim::StateField<S>{"n", &S::n, none, "potassium activation"},
            sim::StateField<S>{"g_exc", &S::g_exc, nS, "excitatory conductance"},
            sim::StateField<S>{"g_inh", &S::g_inh, nS, "inhibitory conductance"},
            sim::StateField<S>{"block", &S::block, mV, "detection threshold above v_th"},
            sim::StateField<S>{"i_stim", &S::i_stim, pA, "current from current sources"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::nS, "jump of the excitatory conductance"},
        sim::Port{"inh", sim::Unit::nS,
                  "jump of the inhibitory conductance (negative weights, by their size)"}};

    /// Gates rest at the leak reversal potential.
    static State<> initial(const Params<>& p) {
        const auto r = gating(p, p.e_l);
        return {p.e_l, r[0] / (r[0] + r[1]), r[2] / (r[2] + r[3]), r[4] / (r[4] + r[5]),
                0,     0,                    residue,              0};
    }

    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.v - s.block - unit * p.v_th;
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
    static void reset(const Params<T>&, State<T>& s) {
        s.block = T(200);
    }

    static constexpr std::array<std::string_view, 2> decaying{"g_exc", "g_inh"};
    static constexpr std::array<std::string_view, 1> constant{"i_stim"};
    static constexpr std::string_view pivot = "v";
    static constexpr std::array<std::string_view, 2> slow{"h", "n"};
    static constexpr std::array<std::string_view, 1> watching{"block"};
    static constexpr bool runs_through_spikes = true;

    template <class T, class Held>
    [[gnu::always_inline]] static sim::Affine<State<T>> affine(const Params<T>& p, const State<T>& s, const Held&) {
        const auto [a_m, b_m, a_h, b_h, a_n, b_n] = gating(p, s.v);
        const T squared = s.n * s.n;
        const T sodium = (p.g_na * s.m) * (s.m * s.m) * s.h;
        const T potassium = (p.g_k * squared) * squared;
        const T drive = p.g_l * p.e_l + sodium * p.e_na + potassium * p.e_k + s.g_exc * p.e_exc +
                        s.g_inh * p.e_inh + p.i_e + s.i_stim;
        const T leak = p.g_l + sodium + potassium + s.g_exc + s.g_inh;
        // Full speed 5 mV below v_th, reached smoothly, as a jump would stop the integrator.
        const T below = min(max(T((p.v_th - s.v) * 0.2), T(0)), T(1));
        const T lifting = (below * below) * (T(30) - 20 * below);
        return {{over(drive, p.c_m), a_m, a_h, a_n, T(0), T(0), lifting * residue, T(0)},
                {over(leak, p.c_m), a_m + b_m, a_h + b_h, a_n + b_n, T(1) / p.tau_syn_exc,
                 T(1) / p.tau_syn_inh, lifting, T(0)}};
    }
    template <class T, class Held>
    static State<T> derivative(const Params<T>& p, const State<T>& s, const Held& held) {
        return sim::slopes<T, State>(affine(p, s, held), s);
    }

private:
    static constexpr double residue = 1e-12;  // mV, where the block ends; not 0: no subnormals

    // mV. Nearer to 0 than this a quotient x / (e^x - 1) has less than 11 digits, and at 0 none.
    static constexpr double near = 0.02;

    /// `quotient`, but for lanes with |x| < near: scale y / (e^y - 1) with y = x per, by its series.
    template <class T>
    static T right_near_0(T x, double per, double scale, T quotient) {
        using std::abs;
        const T y = x * per;
        sim::assign_where(abs(x) < T(near), quotient,
                          T(scale * ((T(1) - y * 0.5) + y * y * (1.0 / 12))));
        return quotient;
    }

    /// Opening and closing rates (1/ms) of m, h and n. All exponentials are powers of one.
    template <class T>
    [[gnu::always_inline]] static std::array<T, 6> gating(const Params<T>& p, T v) {
        using std::abs;
        const T u = v - p.v_t;
        const T e_360 = sim::small_exp(T(u * (-1.0 / 360)));  // e^{-u / 360}
        const T e_180 = e_360 * e_360;
        const T e_90 = e_180 * e_180;
        const T e_45 = e_90 * e_90;
        const T e_40 = e_45 * e_360;
        const T e_36 = e_45 * e_180;
        const T e_18 = e_36 * e_36;
        const T e_20 = e_40 * e_40;
        const T e_10 = e_20 * e_20;
        const T e_5 = e_10 * e_10;
        const T e_4 = e_5 * e_20;
        const T to_m = 13 - u;
        const T to_n = 15 - u;
        const T to_h = 40 - u;
        const T h_e = std::exp(40.0 / 5) * e_5;
        T opens_m = (0.32 * to_m) / (std::exp(13.0 / 4) * e_4 - T(1));
        T opens_n = (0.032 * to_n) / (std::exp(15.0 / 5) * e_5 - T(1));
        const T h = 0.28 * to_h;
        T closes_m = h / (h_e - T(1));
        const T nearest = min(min(T(abs(to_m)), T(abs(to_n))), T(abs(to_h)));
        if (sim::any_of_lanes(nearest < T(near))) [[unlikely]] {
            opens_m = right_near_0(to_m, 1.0 / 4, 1.28, opens_m);
            opens_n = right_near_0(to_n, 1.0 / 5, 0.16, opens_n);
            closes_m = right_near_0(to_h, 1.0 / 5, 1.4, closes_m);
        }
        return {opens_m,
                closes_m + h,  // x / (1 - e^{-x}) = x / (e^x - 1) + x
                (0.128 * std::exp(17.0 / 18)) * e_18,
                4 / (h_e + T(1)),
                opens_n,
                (0.5 * std::exp(10.0 / 40)) * e_40};
    }
};

}  // namespace models
