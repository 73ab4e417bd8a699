// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learning at postsynaptic spikes, by how recent the last presynaptic one is:
//
//   a postsynaptic spike   w += eta w_max (x - x_tar) (1 - w / w_max)^mu
//   a presynaptic spike    w -= eta_pre w_max y
// with traces x (tau_pre) and y (tau_post) that a spike sets to 1. With w_max = 1 this is the paper's
// rule of (x - x_tar) (w_max - w)^mu. The defaults are the additive rule without an offset and without
// depression, which needs the normalisation of the weights of a neuron.

#include <array>

#include "sim/core/power.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct DiehlCook {
    static constexpr std::string_view name = "diehl_cook";
    static constexpr std::string_view summary =
        "potentiation at postsynaptic spikes by the last presynaptic one, less an offset";
    static constexpr std::string_view source =
        "Diehl & Cook 2015, Front Comput Neurosci 9:99, sec. 2.3, eq. 3";

    struct Params {
        double tau_pre = 20, tau_post = 20, eta = 0.01, x_tar = 0, mu = 0, eta_pre = 0, w_max = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_pre", &P::tau_pre, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_post", &P::tau_post, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "change at a postsynaptic spike, in parts of w_max"},
            sim::Param<P>{"x_tar", &P::x_tar, none, r::unit_interval,
                          "presynaptic trace at which the change has no sign"},
            sim::Param<P>{"mu", &P::mu, none, r::unit_interval, "exponent of the weight dependence"},
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

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_pre, sim::Pairing::nearest},
                 {sim::Side::post, &Params::tau_post, sim::Pairing::nearest}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }
    static bool acts_at_pre(const Params& p) { return p.eta_pre != 0; }
    static bool adds_up(const Params& p) { return p.mu == 0 && p.x_tar == 0; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        const T room = sim::power(T(1) - s.w / p.w_max, p.mu);
        s.w += p.eta * p.w_max * room * (m.pre[0] - p.x_tar);
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w -= p.eta_pre * p.w_max * m.post[0];
    }
};

}  // namespace plasticity
