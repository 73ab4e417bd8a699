// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The covariance rule, integrated over time:
//
//   dw/dt = eta w_max (x - <x>) (y - <y>)
// where x and y are the rates of the two sides, spikes per ms: a trace of tau over tau; and their means
// <x> and <y> are slow rates: a trace of tau_mean over tau_mean. Between spikes all four decay, and
// the integral of their products is known. A weight is clipped at the end of an interval without
// spikes, not within.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct Covariance {
    static constexpr std::string_view name = "covariance";
    static constexpr std::string_view summary =
        "weights follow the covariance of presynaptic and postsynaptic rate";
    static constexpr std::string_view source =
        "Sejnowski 1977, J Math Biol 4:303, eq. 5; rates as traces and defaults are ours";

    struct Params {
        double tau = 20, tau_mean = 1000, eta = 0.4, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the rates"},
            sim::Param<P>{"tau_mean", &P::tau_mean, ms, r::positive, "of their means"},
            sim::Param<P>{"eta", &P::eta, ms, r::finite,
                          "learning rate in parts of w_max; two spikes at once bring eta / (2 tau)"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 4> traces() {
        return {{{sim::Side::pre, &Params::tau},
                 {sim::Side::pre, &Params::tau_mean},
                 {sim::Side::post, &Params::tau},
                 {sim::Side::post, &Params::tau_mean}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M& m, const T& dt) {
        const T x = m.pre[0] / p.tau;
        const T mean_x = m.pre[1] / p.tau_mean;
        const T y = m.post[0] / p.tau;
        const T mean_y = m.post[1] / p.tau_mean;
        // The integral of exp(-k t).
        const auto span = [&](double k) { return sim::expm1(dt * -k) / -k; };
        const double fast = 1 / p.tau;
        const double slow = 1 / p.tau_mean;
        s.w += p.eta * p.w_max *
               (x * y * span(2 * fast) + mean_x * mean_y * span(2 * slow) -
                (x * mean_y + mean_x * y) * span(fast + slow));
    }
};

}  // namespace plasticity
