// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the two triplet rules share: parameters and arithmetic. They differ in the spikes that their
// traces count, and in the amounts fitted.
//
//   a postsynaptic spike   w += w_0 x (a2_plus + a3_plus y_slow)
//   a presynaptic spike    w -= w_0 y (a2_minus + a3_minus x_slow)
// with fast traces x (tau_plus) and y (tau_minus) and slow ones x_slow (tau_x) and y_slow (tau_y), all
// of them without the spike at hand. In the letters of the paper x, x_slow, y, y_slow are r_1, r_2,
// o_1, o_2.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

template <class P, sim::Pairing pairing>
struct TripletRule {
    using Params = P;
    static constexpr auto params() {
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the fast presynaptic trace"},
            sim::Param<P>{"tau_x", &P::tau_x, ms, r::positive, "of the slow presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive,
                          "of the fast postsynaptic trace"},
            sim::Param<P>{"tau_y", &P::tau_y, ms, r::positive, "of the slow postsynaptic trace"},
            sim::Param<P>{"a2_plus", &P::a2_plus, none, r::non_negative,
                          "potentiation by a pair, in parts of w_0"},
            sim::Param<P>{"a3_plus", &P::a3_plus, none, r::non_negative,
                          "potentiation by a triplet, in parts of w_0"},
            sim::Param<P>{"a2_minus", &P::a2_minus, none, r::non_negative,
                          "depression by a pair, in parts of w_0"},
            sim::Param<P>{"a3_minus", &P::a3_minus, none, r::non_negative,
                          "depression by a triplet, in parts of w_0; 0 in the minimal model"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "what changes are parts of, in the unit of the weight"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<P>, 4> traces() {
        return {{{sim::Side::pre, &P::tau_plus, pairing},
                 {sim::Side::pre, &P::tau_x, pairing},
                 {sim::Side::post, &P::tau_minus, pairing},
                 {sim::Side::post, &P::tau_y, pairing}}};
    }
    static sim::Bounds bounds(const P& p) { return {0, p.w_max}; }
    static constexpr bool reads_post = true;

    template <class T, class M>
    static void on_post(const P& p, Synapse<T>& s, const M& m) {
        s.w += p.w_0 * m.pre[0] * (p.a2_plus + p.a3_plus * m.post[1]);
    }
    template <class T, class M>
    static void on_pre(const P& p, Synapse<T>& s, const M& m) {
        s.w -= p.w_0 * m.post[0] * (p.a2_minus + p.a3_minus * m.pre[1]);
    }
};

}  // namespace plasticity
