// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Pair STDP, reduced symmetric nearest neighbours: a spike is paired with the last one of the other
// side if no other spike of its own side is between them. The amounts are those of pair_rule.hpp.

#include "plasticity/stdp/pair_rule.hpp"

namespace plasticity {

struct StdpPairReduced : PairRule {
    static constexpr std::string_view name = "stdp_pair_reduced";
    static constexpr std::string_view summary =
        "pair STDP, immediate pairs alone (reduced symmetric nearest neighbours)";
    static constexpr std::string_view source =
        "Morrison et al. 2008, Biol Cybern 98:459, sec. 4.1, fig. 7C; Burkitt et al. 2004, Neural "
        "Comput 16:885, model IV; amounts of Guetig et al. 2003, J Neurosci 23:3697, eqs. 1-3";

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_minus, sim::Pairing::nearest}}};
    }
    static constexpr bool reads_first = true;

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        T x = m.pre[0];
        std::experimental::where(!m.is_first, x) = T(0);
        potentiate(p, s.w, x);
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        T y = m.post[0];
        std::experimental::where(!m.is_first, y) = T(0);
        depress(p, s.w, y);
    }
};

}  // namespace plasticity
