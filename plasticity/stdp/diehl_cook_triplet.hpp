// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The rule of the authors' program, which differs from that of their paper (diehl_cook.hpp):
//
//   a postsynaptic spike   w += eta_post w_max x y_slow, y_slow without the spike at hand
//   a presynaptic spike    w -= eta_pre w_max y
// with traces x (tau_pre), y (tau_post) and y_slow (tau_slow) that a spike sets to 1: a postsynaptic
// spike counts if another one was not long ago.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct DiehlCookTriplet {
    static constexpr std::string_view name = "diehl_cook_triplet";
    static constexpr std::string_view summary =
        "nearest-spike triplet STDP of the digits network, as its authors programmed it";
    static constexpr std::string_view source =
        "Diehl & Cook 2015, Front Comput Neurosci 9:99, and its published program; Pfister & Gerstner "
        "2006, J Neurosci 26:9673, eqs. 3-4";

    struct Params {
        double tau_pre = 20, tau_post = 20, tau_slow = 40, eta_post = 0.01, eta_pre = 1e-4, w_max = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_pre", &P::tau_pre, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_post", &P::tau_post, ms, r::positive,
                          "of the fast postsynaptic trace"},
            sim::Param<P>{"tau_slow", &P::tau_slow, ms, r::positive,
                          "of the slow postsynaptic trace"},
            sim::Param<P>{"eta_post", &P::eta_post, none, r::non_negative,
                          "potentiation at a postsynaptic spike, in parts of w_max"},
            sim::Param<P>{"eta_pre", &P::eta_pre, none, r::non_negative,
                          "depression at a presynaptic spike, in parts of w_max"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 3> traces() {
        return {{{sim::Side::pre, &Params::tau_pre, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_post, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_slow, sim::Pairing::nearest}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }
    static constexpr bool reads_post = true;

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta_post * p.w_max * m.pre[0] * m.post[1];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.eta_pre * p.w_max * m.post[0];
    }
};

}  // namespace plasticity
