// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Hebbian learning in a soft winner-take-all circuit: weights become logarithms of probabilities.
//
//   a postsynaptic spike   w += eta w_1 (exp(depth - w / w_1) x - 1),   w_1 = w_max / depth
// with the trace x that a presynaptic spike sets to 1. The weight settles at w_1 log(exp(depth) <x>),
// <x> the mean over postsynaptic spikes: w_max for inputs that are always there, 0 for those with
// exp(-depth) or less. In the paper x is 1 within a window after the spike and else 0, and weights are
// shifted by depth; inhibition between the neurons and their excitability are parts of the network.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct SoftHebb {
    static constexpr std::string_view name = "soft_hebb";
    static constexpr std::string_view summary =
        "soft winner-take-all Hebb: weights go to logarithms of conditional probabilities";
    static constexpr std::string_view source =
        "Nessler et al. 2013, PLoS Comput Biol 9:e1003037, eq. 5; trace and defaults are ours";

    struct Params {
        double tau = 10, eta = 1e-3, depth = 5, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range logarithm{0, 100, true};
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative, "learning rate for one spike"},
            sim::Param<P>{"depth", &P::depth, none, logarithm,
                          "ratio of the largest probability to that of weight 0, as a logarithm"},
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
        return {{{sim::Side::pre, &Params::tau, sim::Pairing::nearest}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        const double w_1 = p.w_max / p.depth;
        s.w += p.eta * w_1 * (sim::exp(p.depth - s.w / w_1) * m.pre[0] - 1.0);
    }
};

}  // namespace plasticity
