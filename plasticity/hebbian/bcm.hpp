// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// BCM with a sliding threshold, at postsynaptic spikes:
//
//   a postsynaptic spike   w += eta w_max x (y - theta)
//                          theta += (tau / tau_theta) y / y_0,   y_0 = rho_0 tau
//   between them           theta decays with tau_theta
// with the traces x and y of all spikes, both of tau; y and theta without the spike at hand. The spike
// stands for one of the two factors y, in the change y (y - theta) x as in the mean y^2 / y_0, which
// theta follows: at a constant rate s, theta = (s tau)^2 / y_0, and the change has no sign at rho_0.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct Bcm {
    static constexpr std::string_view name = "bcm";
    static constexpr std::string_view summary =
        "potentiation above and depression below a rate that slides with the mean square of the rate";
    static constexpr std::string_view source =
        "Bienenstock, Cooper & Munro 1982, J Neurosci 2:32, eqs. 1-4; threshold of Intrator & Cooper "
        "1992, Neural Netw 5:3; at spikes, defaults are ours";

    struct Params {
        double tau = 20, tau_theta = 5000, eta = 1e-3, rho_0 = 10, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "of the threshold"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "learning rate for one spike, in parts of w_max"},
            sim::Param<P>{"rho_0", &P::rho_0, hz, r::positive,
                          "constant postsynaptic rate that meets its own threshold"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 3> traces() {
        return {{{sim::Side::pre, &Params::tau},
                 {sim::Side::post, &Params::tau},
                 {sim::Side::post, &Params::tau_theta}}};
    }
    static std::array<double, 2> increments(const Params& p, const std::array<double, 2>& before) {
        constexpr double per_ms = 1e-3;  // 1 Hz
        return {1, before[0] / (p.tau_theta * p.rho_0 * per_ms)};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }
    static constexpr bool reads_post = true;

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * p.w_max * m.pre[0] * (m.post[0] - m.post[1]);
    }
};

}  // namespace plasticity
