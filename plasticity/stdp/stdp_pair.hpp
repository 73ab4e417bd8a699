// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spike-timing-dependent plasticity of pairs: every presynaptic spike with every postsynaptic one.
//
//   a postsynaptic spike   potentiation by x, the trace of presynaptic spikes
//   a presynaptic spike    depression by y, the trace of postsynaptic spikes
// as in pair_rule.hpp.

#include "plasticity/stdp/pair_rule.hpp"

namespace plasticity {

struct StdpPair : PairRule {
    static constexpr std::string_view name = "stdp_pair";
    static constexpr std::string_view summary =
        "pair STDP, all spikes with all: additive (mu = 0), multiplicative (1), power law (between)";
    static constexpr std::string_view source =
        "Guetig et al. 2003, J Neurosci 23:3697, eqs. 1-3; Morrison et al. 2008, Biol Cybern 98:459, "
        "sec. 4.1";

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus}, {sim::Side::post, &Params::tau_minus}}};
    }
    static bool adds_up(const Params& p) { return p.mu_plus == 0; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        potentiate(p, s.w, m.pre[0]);
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        depress(p, s.w, m.post[0]);
    }
};

}  // namespace plasticity
