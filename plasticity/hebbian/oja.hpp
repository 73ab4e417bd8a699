// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Oja's rule at postsynaptic spikes:
//
//   a postsynaptic spike   w += eta (w_0 x - y w)
// with the traces x and y of all spikes, both of tau, y without the spike at hand. The spike stands for
// the outer y of dw = eta y (w_0 x - y w): at rates r and s that are independent within tau, the drift
// is eta tau s (w_0 r - s w). If s is g times the sum of w r, weights go to the first principal
// component of the inputs (of their second moments), with a sum of squares of w_0 / g.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct Oja {
    static constexpr std::string_view name = "oja";
    static constexpr std::string_view summary =
        "Hebb's rule with a decay that bounds the length of the weight vector";
    static constexpr std::string_view source =
        "Oja 1982, J Math Biol 15:267, eq. 3; at spikes, defaults are ours";

    struct Params {
        double tau = 20, eta = 1e-3, w_0 = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative, "learning rate for one spike"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "weight of an input as active as the neuron, in its unit"},
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
    static sim::Bounds bounds(const Params&) { return {0, sim::range::huge}; }
    static constexpr bool reads_post = true;

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * (p.w_0 * m.pre[0] - m.post[0] * s.w);
    }
};

}  // namespace plasticity
