// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Voltage-based STDP with homeostasis.
//
//   a presynaptic spike   w -= w_0 a_ltd (mean^2 / ref^2) [u_minus - theta_minus]+
//   at all times          dw/dt = w_0 a_ltp x [u - theta_plus]+ [u_plus - theta_minus]+
// with u the membrane potential, u_minus and u_plus its averages over tau_minus and tau_plus, `delay`
// late, so that a spike does not count as its own depolarisation; x the average of the presynaptic
// spikes over tau_x (each adds 1 / tau_x); mean that of u - theta_minus over tau_mean, where u_ref is
// given. Where the neuron model cuts its spikes off, the rule sees one: u is v_spike for t_spike ms.
// u is looked at in steps of the resolution and taken as constant before each look.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sim/run/rule.hpp"

namespace plasticity {

struct Clopath {
    static constexpr std::string_view name = "clopath";
    static constexpr std::string_view summary =
        "voltage-based STDP: depression and potentiation by averages of the membrane potential";
    static constexpr std::string_view source =
        "Clopath, Buesing, Vasilaki & Gerstner 2010, Nat Neurosci 13:344, eqs. 1-3 (visual cortex)";

    struct Params {
        double a_ltd = 14e-5, a_ltp = 8e-5, tau_x = 15, tau_minus = 10, tau_plus = 7;
        double theta_minus = -70.6, theta_plus = -45.3, delay = 5, v_spike = 33, t_spike = 2;
        double u_ref = 0, tau_mean = 1000, w_0 = 1, w_max = 3;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"a_ltd", &P::a_ltd, none, r::non_negative, "depression, per mV"},
            sim::Param<P>{"a_ltp", &P::a_ltp, none, r::non_negative, "potentiation, per mV^2"},
            sim::Param<P>{"tau_x", &P::tau_x, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive,
                          "of the average that depression reads"},
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive,
                          "of the average that potentiation reads"},
            sim::Param<P>{"theta_minus", &P::theta_minus, mV, r::finite,
                          "which both averages have to exceed"},
            sim::Param<P>{"theta_plus", &P::theta_plus, mV, r::finite,
                          "which the potential has to exceed for potentiation"},
            sim::Param<P>{"delay", &P::delay, ms, r::non_negative,
                          "by which the averages are late"},
            sim::Param<P>{"v_spike", &P::v_spike, mV, r::finite,
                          "potential that a spike shows to the synapses"},
            sim::Param<P>{"t_spike", &P::t_spike, ms, r::non_negative,
                          "for how long; 0: that of the neuron is shown"},
            sim::Param<P>{"u_ref", &P::u_ref, mV, r::non_negative,
                          "depolarisation at which depression is a_ltd; 0: it always is"},
            sim::Param<P>{"tau_mean", &P::tau_mean, ms, r::positive,
                          "over which that depolarisation is averaged"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "weight that counts as 1, in its unit"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 1> traces() {
        return {{{sim::Side::pre, &Params::tau_x}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    static constexpr std::string_view watched = "v";
    struct Watch {
        double u_minus, u_plus;
        double mean;        ///< depolarisation, mV
        double spike_left;  ///< ms for which the spike is still shown
        std::size_t looks;
        std::vector<std::array<double, 2>> late;  ///< u_minus, u_plus of the last looks, in a ring
    };
    static Watch begin(const Params& p, double v) { return {v, v, v - p.theta_minus, 0, 0, {}}; }
    static double watch(const Params& p, Watch& watch, double v, double spikes, double dt) {
        constexpr double rounding = 1e-9;  // ms
        if (spikes > 0) watch.spike_left = p.t_spike;
        const double u = watch.spike_left > rounding ? p.v_spike : v;
        watch.spike_left -= dt;
        if (watch.late.empty())
            watch.late.assign(static_cast<std::size_t>(p.delay / dt + 0.5) + 1,
                              {watch.u_minus, watch.u_plus});
        const double before = averages(watch)[1];
        const double amount =
            p.a_ltp * over(u, p.theta_plus) * over(before, p.theta_minus) * dt / p.tau_x;
        watch.u_minus -= std::expm1(-dt / p.tau_minus) * (u - watch.u_minus);
        watch.u_plus -= std::expm1(-dt / p.tau_plus) * (u - watch.u_plus);
        watch.mean -= std::expm1(-dt / p.tau_mean) * (u - p.theta_minus - watch.mean);
        watch.late[watch.looks++ % watch.late.size()] = {watch.u_minus, watch.u_plus};
        return amount;
    }
    static double seen(const Params& p, const Watch& watch) {
        if (watch.late.empty()) return 0;
        const double homeostasis = p.u_ref > 0 ? watch.mean * watch.mean / (p.u_ref * p.u_ref) : 1;
        return p.a_ltd * homeostasis * over(averages(watch)[0], p.theta_minus);
    }

    template <class T, class M>
    static void on_watch(const Params& p, Synapse<T>& s, const M& m, const T& amount) {
        s.w += p.w_0 * amount * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.w_0 * m.seen;
    }

private:
    static double over(double u, double threshold) { return std::max(u - threshold, 0.0); }
    /// The oldest of the ring.
    static const std::array<double, 2>& averages(const Watch& watch) {
        return watch.late[watch.looks % watch.late.size()];
    }
};

}  // namespace plasticity
