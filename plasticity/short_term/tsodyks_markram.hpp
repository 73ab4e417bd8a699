// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Short-term depression and facilitation: resources r, of which a spike releases the part u.
//
//   a presynaptic spike    u += u_0 (1 - u);  released = u r;  r -= released
//   between them           du/dt = -u / tau_facil,  dr/dt = (1 - r) / tau_rec
// A spike acts with the weight times what it has released. The weight itself stays as it is. With
// tau_facil = 0 every spike finds u = 0, so releases the part u_0: depression alone. The first spike
// finds u = 0, r = 1. All this goes on while rules rest, as nothing is learned.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct TsodyksMarkram {
    static constexpr std::string_view name = "tsodyks_markram";
    static constexpr std::string_view summary =
        "short-term depression and facilitation: a weight times the resources released";
    static constexpr std::string_view source =
        "Tsodyks, Pawelzik & Markram 1998, Neural Comput 10:821, eqs. 2.1-2.5; Markram et al. 1998, PNAS "
        "95:5323; defaults of Tsodyks et al. 2000, J Neurosci 20:RC50, excitatory onto excitatory";

    struct Params {
        double u_0 = 0.5, tau_rec = 800, tau_facil = 0;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"u_0", &P::u_0, none, r::unit_interval,
                          "part of the resources that a spike after rest releases"},
            sim::Param<P>{"tau_rec", &P::tau_rec, ms, r::positive, "of the recovery of resources"},
            sim::Param<P>{"tau_facil", &P::tau_facil, ms, r::non_negative,
                          "of facilitation; 0: there is none"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T u = T(0);
        T r = T(1);
        T released = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 3> states() {
        using S = Synapse<double>;
        using enum sim::Unit;
        return {{{"u", &S::u, none, "part of the resources in use"},
                 {"r", &S::r, none, "resources that are ready"},
                 {"released", &S::released, none, "resources that the last spike released"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 0> traces() { return {}; }
    static sim::Bounds bounds(const Params&) { return {0, sim::range::huge}; }

    static constexpr bool stays_on = true;

    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M&) {
        s.u += p.u_0 * (T(1) - s.u);
        s.released = s.u * s.r;
        s.r -= s.released;
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        s.u = p.tau_facil > 0 ? s.u * sim::exp(dt / -p.tau_facil) : T(0);
        s.r -= (T(1) - s.r) * sim::expm1(dt / -p.tau_rec);
    }
    static double delivered(const Params&, const Synapse<double>& s) { return s.w * s.released; }
};

}  // namespace plasticity
