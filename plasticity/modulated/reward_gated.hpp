// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Reward-modulated STDP with reward given at instants, compared with what is usual:
//
//   a postsynaptic spike   c += a_plus x
//   a presynaptic spike    c -= a_minus y
//   between them           dc/dt = -c / tau_c
//   a reward r             w += eta c (r - mean);  then mean += (r - mean) / trials
// with the traces x (tau_plus) and y (tau_minus) of all spikes. Rewards are the amounts of the events of
// the modulator, also those of 0. The mean begins at 0.

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct RewardGated {
    static constexpr std::string_view name = "reward_gated";
    static constexpr std::string_view summary =
        "reward-modulated STDP: rewards less their mean act at once on an eligibility trace";
    static constexpr std::string_view source =
        "Fremaux, Sprekeler & Gerstner 2010, J Neurosci 30:13326, eqs. 4-8 (R-STDP)";

    struct Params {
        double tau_plus = 20, tau_minus = 40, a_plus = 0.188, a_minus = 0.094;
        double tau_c = 500, eta = 1, trials = 5, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range one_or_more{1, r::huge};
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"a_plus", &P::a_plus, none, r::finite,
                          "eligibility that a postsynaptic spike at once with the other leaves"},
            sim::Param<P>{"a_minus", &P::a_minus, none, r::finite,
                          "the same of a presynaptic spike, taken away"},
            sim::Param<P>{"tau_c", &P::tau_c, ms, r::positive, "of the eligibility"},
            sim::Param<P>{
                "eta", &P::eta, none, r::non_negative,
                "change by a reward of 1 with an eligibility of 1, in the unit of the weight"},
            sim::Param<P>{"trials", &P::trials, none, one_or_more,
                          "rewards that the mean reaches back over"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T c = T(0);
        T mean = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 2> states() {
        return {{{"c", &Synapse<double>::c, sim::Unit::none, "eligibility"},
                 {"mean", &Synapse<double>::mean, sim::Unit::none, "mean reward"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_plus}, {sim::Side::post, &Params::tau_minus}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.c += p.a_plus * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.c -= p.a_minus * m.post[0];
    }
    template <class T, class M>
    static void on_modulator(const Params& p, Synapse<T>& s, const M&, const T& reward) {
        const T surprise = reward - s.mean;
        s.w += p.eta * s.c * surprise;
        s.mean += surprise / p.trials;
    }
    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M&, const T& dt) {
        s.c *= sim::exp(dt / -p.tau_c);
    }
};

}  // namespace plasticity
