// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learning of what follows each other: Foeldiak's trace rule, integrated over time,
//
//   dw/dt = eta y (w_max x / rate_max - w)
// where y is a slow trace of postsynaptic spikes and x the presynaptic spike train:
//   a presynaptic spike    w += eta y w_max / rate_max
//   between them           dw/dt = -eta y w, with y decaying
// The weight goes to w_max / rate_max times the mean presynaptic rate while y is high, so to w_max for
// an input that then fires at rate_max.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct FoldiakTrace {
    static constexpr std::string_view name = "foldiak_trace";
    static constexpr std::string_view summary =
        "trace rule: weights follow what was active around earlier postsynaptic activity";
    static constexpr std::string_view source =
        "Foeldiak 1991, Neural Comput 3:194, eqs. 1-2; of spikes, defaults are ours";

    struct Params {
        double tau_trace = 200, eta = 1e-4, rate_max = 50, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_trace", &P::tau_trace, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"eta", &P::eta, per_ms, r::non_negative,
                          "learning rate while the trace is 1"},
            sim::Param<P>{"rate_max", &P::rate_max, hz, r::positive,
                          "presynaptic rate that the largest weight stands for"},
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
        return {{{sim::Side::post, &Params::tau_trace}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        constexpr double per_ms = 1e-3;  // 1 Hz
        s.w += p.eta * p.w_max / (p.rate_max * per_ms) * m.post[0];
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M& m, const T& dt) {
        s.w *= sim::exp(p.eta * p.tau_trace * m.post[0] * sim::expm1(dt / -p.tau_trace));
    }
};

}  // namespace plasticity
