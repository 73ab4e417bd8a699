// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the pair rules share: parameters, and how much a pair changes a weight. They differ in the
// pairs that count.
//
//   potentiation   w += lambda w_max (1 - w / w_max)^mu_plus x
//   depression     w -= lambda alpha w_max (w / w_max)^mu_minus y
// mu = 0 is the additive rule, mu = 1 the multiplicative one, between them the power law.

#include <array>

#include "sim/core/power.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct PairRule {
    struct Params {
        double tau_plus = 20, tau_minus = 20, lambda = 0.01, alpha = 1, mu_plus = 0, mu_minus = 0;
        double w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_plus", &P::tau_plus, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"tau_minus", &P::tau_minus, ms, r::positive, "of the postsynaptic trace"},
            sim::Param<P>{"lambda", &P::lambda, none, r::non_negative,
                          "potentiation by a pair, in parts of w_max"},
            sim::Param<P>{"alpha", &P::alpha, none, r::finite, "depression in parts of potentiation"},
            sim::Param<P>{"mu_plus", &P::mu_plus, none, r::unit_interval,
                          "exponent of the weight dependence of potentiation"},
            sim::Param<P>{"mu_minus", &P::mu_minus, none, r::unit_interval, "the same of depression"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T>
    static void potentiate(const Params& p, T& w, const T& x) {
        const double most = p.lambda * p.w_max;
        if (p.mu_plus == 0) w += most * x;  // without a division
        else w += most * sim::power(T(1) - w / p.w_max, p.mu_plus) * x;
    }
    template <class T>
    static void depress(const Params& p, T& w, const T& y) {
        const double most = p.lambda * p.alpha * p.w_max;
        if (p.mu_minus == 0) w -= most * y;
        else w -= most * sim::power(w / p.w_max, p.mu_minus) * y;
    }
};

}  // namespace plasticity
