// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Synaptic tagging and capture: a fast weight w that learns and forgets, and a slow one z that takes
// over what was strong enough.
//
//   a postsynaptic spike   w += a_plus w_0 x
//   a presynaptic spike    w -= a_minus w_0 y
//   between them           dw/dt = (w_0 - w) / tau_w
//                          dz/dt = protein (1 - z) / tau_z     while w - w_0 > theta w_0
//                          dz/dt = -protein (z + 1/2) / tau_z  while w_0 - w > theta w_0
// with the traces x and y of all spikes. The synapse is tagged while its fast weight is further than
// theta w_0 from rest; only then does it capture proteins. A spike acts with w + w_0 z, not below 0. The
// paper drives the fast weight by calcium; here pairs of spikes do, and protein is constant.

#include <algorithm>
#include <array>

#include "sim/core/exponential.hpp"
#include "sim/core/logarithm.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct SynapticTagging {
    static constexpr std::string_view name = "synaptic_tagging";
    static constexpr std::string_view summary =
        "pair STDP of a fast weight that decays, and slow consolidation of tagged synapses";
    static constexpr std::string_view source =
        "Luboeinski & Tetzlaff 2021, Commun Biol 4:275, eqs. 8-12; Clopath et al. 2008, PLoS Comput Biol "
        "4:e1000248 (tags set by pairs of spikes)";

    struct Params {
        double tau_plus = 20, tau_minus = 20, a_plus = 0.01, a_minus = 0.0105;
        double w_0 = 1, tau_w = 6.884e6, theta = 0.2, protein = 1, tau_z = 3.6e6, w_max = 2;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"a_plus", &P::a_plus, none, r::non_negative,
                          "potentiation by a pair, in parts of w_0"},
            sim::Param<P>{"a_minus", &P::a_minus, none, r::non_negative,
                          "depression by a pair, in parts of w_0"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "the fast weight at rest, in its unit"},
            sim::Param<P>{"tau_w", &P::tau_w, ms, r::positive, "of the decay of the fast weight"},
            sim::Param<P>{"theta", &P::theta, none, r::positive,
                          "distance from rest that sets a tag, in parts of w_0"},
            sim::Param<P>{"protein", &P::protein, none, r::non_negative,
                          "proteins that tagged synapses can capture, in parts of enough"},
            sim::Param<P>{"tau_z", &P::tau_z, ms, r::positive, "of consolidation"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of the fast weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T z = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {{{"z", &Synapse<double>::z, sim::Unit::none,
                  "what was consolidated, in parts of w_0, between -1/2 and 1"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus}, {sim::Side::post, &Params::tau_minus}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.a_plus * p.w_0 * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.a_minus * p.w_0 * m.post[0];
    }

    // The tag ends when exp(-t / tau_w) has brought the distance down to the threshold.
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        using std::experimental::where;
        const T away = s.w - p.w_0;
        T ratio = away / (p.theta * p.w_0);
        where(ratio < T(0), ratio) = -ratio;
        where(ratio < T(1), ratio) = T(1);
        T tagged = p.tau_w * sim::log(ratio);
        where(tagged > dt, tagged) = dt;
        const T captured = sim::expm1(tagged * (-p.protein / p.tau_z));
        T gap = s.z - T(1);
        where(away < T(0), gap) = s.z + T(0.5);
        s.z += gap * captured;
        s.w = p.w_0 + away * sim::exp(dt / -p.tau_w);
    }

    static double delivered(const Params& p, const Synapse<double>& s) {
        return std::max(s.w + p.w_0 * s.z, 0.0);
    }
};

}  // namespace plasticity
