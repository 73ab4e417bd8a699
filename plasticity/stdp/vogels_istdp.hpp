// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Symmetric plasticity of inhibitory synapses, which brings the postsynaptic rate to rho_0:
//
//   a postsynaptic spike   w += eta x
//   a presynaptic spike    w += eta (y - alpha),   alpha = 2 rho_0 tau
// with the traces x and y of all spikes, both of tau. Weights are amounts: with negative ones,
// inhibition grows where both sides fire.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct VogelsIstdp {
    static constexpr std::string_view name = "vogels_istdp";
    static constexpr std::string_view summary =
        "symmetric STDP of inhibitory synapses towards a postsynaptic rate";
    static constexpr std::string_view source =
        "Vogels et al. 2011, Science 334:1569, eqs. 1-2 of its methods";

    struct Params {
        double tau = 20, eta = 0.01, rho_0 = 3, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "change by a pair, in the unit of the weight"},
            sim::Param<P>{"rho_0", &P::rho_0, hz, r::non_negative,
                          "postsynaptic rate at which changes cancel"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau}, {sim::Side::post, &Params::tau}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }
    static bool adds_up(const Params&) { return true; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        constexpr double per_ms = 1e-3;  // 1 Hz
        const double alpha = 2 * p.rho_0 * per_ms * p.tau;
        s.w += p.eta * (m.post[0] - alpha);
    }
};

}  // namespace plasticity
