// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Pair STDP, symmetric nearest neighbours: a postsynaptic spike with the last presynaptic one, a
// presynaptic spike with the last postsynaptic one. The traces x and y are set to 1, not raised by it;
// the amounts are those of pair_rule.hpp.

#include "plasticity/stdp/pair_rule.hpp"

namespace plasticity {

struct StdpPairNearest : PairRule {
    static constexpr std::string_view name = "stdp_pair_nearest";
    static constexpr std::string_view summary =
        "pair STDP, every spike with the last one of the other side (symmetric nearest neighbours)";
    static constexpr std::string_view source =
        "Morrison et al. 2008, Biol Cybern 98:459, sec. 4.1, fig. 7A; amounts of Guetig et al. 2003, "
        "J Neurosci 23:3697, eqs. 1-3";

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_minus, sim::Pairing::nearest}}};
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
