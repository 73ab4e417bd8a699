// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Pair STDP, centred on presynaptic spikes: each is paired with the last postsynaptic spike and with
// the next one. So a postsynaptic spike meets all presynaptic ones since the postsynaptic spike before:
// the synapse keeps the sum x of their kernels, of the time right after the latest of them. The amounts
// are those of pair_rule.hpp.

#include "plasticity/stdp/pair_rule.hpp"

namespace plasticity {

struct StdpPairCentred : PairRule {
    static constexpr std::string_view name = "stdp_pair_centred";
    static constexpr std::string_view summary =
        "pair STDP, every presynaptic spike with the last and the next postsynaptic one";
    static constexpr std::string_view source =
        "Morrison et al. 2008, Biol Cybern 98:459, sec. 4.1, fig. 7B; Izhikevich & Desai 2003, Neural "
        "Comput 15:1511; amounts of Guetig et al. 2003, J Neurosci 23:3697, eqs. 1-3";

    template <class T>
    struct Synapse {
        T w;
        T x = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {{{"x", &Synapse<double>::x, sim::Unit::none,
                  "presynaptic spikes since the last postsynaptic one, as a trace right after the "
                  "latest of them"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_minus, sim::Pairing::nearest}}};
    }
    static constexpr bool reads_first = true;

    // With a postsynaptic spike between, those before have had their next one.
    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        T x = s.x * m.pre[0];
        std::experimental::where(!m.is_first, x) = T(0);
        potentiate(p, s.w, x);
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        T x = s.x * m.pre[0];
        std::experimental::where(m.is_first, x) = T(0);
        s.x = x + T(1);
        depress(p, s.w, m.post[0]);
    }
};

}  // namespace plasticity
