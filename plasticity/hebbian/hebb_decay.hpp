// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Hebb's rule with decay:  dw/dt = eta w_max (pre post) - w / tau_w, of spikes
//
//   a postsynaptic spike   w += eta w_max x
//   a presynaptic spike    w += eta w_max y
//   between them           dw/dt = -w / tau_w
// with the traces x and y of all spikes, both of tau: a pair of spikes counts by exp(-|dt| / tau). At
// rates r and s the drift is 2 eta w_max tau r s - w / tau_w.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct HebbDecay {
    static constexpr std::string_view name = "hebb_decay";
    static constexpr std::string_view summary = "Hebb's rule of coincident spikes, with decay";
    static constexpr std::string_view source =
        "Gerstner & Kistler 2002, Biol Cybern 87:404, sec. 2.1, the correlation term with decay; "
        "defaults are ours";

    struct Params {
        double tau = 20, eta = 0.01, tau_w = 1e5, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "change by two spikes at once, in parts of w_max"},
            sim::Param<P>{"tau_w", &P::tau_w, ms, r::positive, "of the decay of the weight"},
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

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * p.w_max * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * p.w_max * m.post[0];
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        s.w *= sim::exp(dt / -p.tau_w);
    }
};

}  // namespace plasticity
