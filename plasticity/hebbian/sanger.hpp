// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sanger's rule, the generalised Hebbian algorithm: neurons learn one principal component each.
//
//   at every tick   w_ij += eta y_i (w_0 x_j - sum over k <= i of w_kj y_k)
// where x and y are how far the spikes of a side within tau exceed their mean over tau_mean:
//   x = x_fast - (tau / tau_mean) x_slow, of traces to which every spike adds 1.
// So they can be negative, as the rule wants them. Neurons are ordered by number; the first one learns
// the first component (Oja's rule), each next one what those before it leave. If y_i is g times the sum
// of w_ij x_j, the sum of squares of the weights of a neuron comes to w_0 / g.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct Sanger {
    static constexpr std::string_view name = "sanger";
    static constexpr std::string_view summary =
        "generalised Hebbian algorithm: the neurons learn the principal components, in their order";
    static constexpr std::string_view source =
        "Sanger 1989, Neural Networks 2:459, eq. 3; of deviations of traces, at ticks; defaults are "
        "ours";

    struct Params {
        double tau = 20, tau_mean = 1000, eta = 1e-3, w_0 = 1, every = 10, w_max = 10;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"tau_mean", &P::tau_mean, ms, r::positive,
                          "over which their means are taken"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative, "learning rate for one tick"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "weight of an input as active as the neuron, in its unit"},
            sim::Param<P>{"every", &P::every, ms, r::positive, "time between ticks"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight of either sign, in its unit"},
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
    static sim::Bounds bounds(const Params& p) { return {-p.w_max, p.w_max}; }
    static constexpr bool any_sign = true;

    static double tick(const Params& p) { return p.every; }

    template <class M>
    static double output(const Params& p, const M& m) {
        return m.post[0] - p.tau / p.tau_mean * m.post[1];
    }
    template <class T, class M>
    static void on_tick(const Params& p, Synapse<T>& s, const M& m) {
        const T x = m.pre[0] - p.tau / p.tau_mean * m.pre[1];
        s.w += p.eta * output(p, m) * (p.w_0 * x - m.row);
    }
};

}  // namespace plasticity
