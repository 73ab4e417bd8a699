// SPDX-License-Identifier: BSD-3-Clause
// Pair rules against sums over all pairs of spikes, in extended precision.
#include <catch2/catch.hpp>

#include "tests/oracle/plasticity/trains.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike

struct PairParams {
    double tau_plus = 17, tau_minus = 34, lambda = 0.02, alpha = 0.6, mu_plus = 0, mu_minus = 0;
};

long double pair_weight(const Meetings& meetings, const PairParams& p, double w0) {
    const auto events = in_order(meetings);
    long double w = static_cast<long double>(w0) / static_cast<long double>(w_max);
    for (std::size_t e = 0; e < events.size(); ++e) {
        if (events[e].is_post)
            w += p.lambda * std::pow(1 - w, static_cast<long double>(p.mu_plus)) *
                 trace(events, e, false, p.tau_plus);
        else
            w -= p.lambda * p.alpha * std::pow(w, static_cast<long double>(p.mu_minus)) *
                 trace(events, e, true, p.tau_minus);
        w = std::clamp(w, 0.0L, 1.0L);
    }
    return w * static_cast<long double>(w_max);
}

// 1e-10 of the largest weight, as steps of the weight are parts of that: the engine works in doubles
// and takes some 1e3 steps.
void compare(Setting setting, const PairParams& p) {
    setting.rule = "stdp_pair";
    setting.params = {{"tau_plus", p.tau_plus}, {"tau_minus", p.tau_minus}, {"lambda", p.lambda},
                      {"alpha", p.alpha},       {"mu_plus", p.mu_plus},     {"mu_minus", p.mu_minus},
                      {"w_max", w_max}};
    double moved = 0;
    std::size_t clipped = 0;
    for (const auto& one : outcomes(setting, 2500)) {
        const double sign = setting.weight < 0 ? -1 : 1;
        const auto expected =
            sign * static_cast<double>(pair_weight(one.meetings, p, std::abs(setting.weight)));
        INFO("source " << one.source << " target " << one.target);
        CHECK_THAT(one.values[0], Catch::WithinAbs(expected, 1e-10 * w_max));
        moved = std::max(moved, std::abs(expected - setting.weight));
        clipped += expected == 0 || std::abs(expected) == w_max ? 1 : 0;
    }
    CHECK(moved > 0.1 * w_max);
    if (p.mu_plus == 0) CHECK(clipped > 0);
}

}  // namespace

TEST_CASE("pair STDP equals the sum over all pairs") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid})
        for (const double mu : {0.0, 0.4, 1.0}) {
            DYNAMIC_SECTION((timing == sim::Timing::exact ? "exact" : "grid") << ", mu " << mu) {
                PairParams p;
                p.mu_plus = p.mu_minus = mu;
                compare({.timing = timing}, p);
            }
        }
}

TEST_CASE("pair STDP is right for every division of the delay") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid})
        for (const auto& delay : {sim::Value::of(1.5), sim::Value::uniform(0.6, 4)}) {
            DYNAMIC_SECTION((timing == sim::Timing::exact ? "exact" : "grid")
                            << (delay.is_constant() ? ", one delay" : ", drawn delays")) {
                compare({.timing = timing, .delay = delay}, {});
                compare({.timing = timing, .delay = delay, .axonal = 0.5}, {});
                compare({.timing = timing, .delay = delay, .dendritic = 0.3}, {});
            }
        }
    compare({.timing = sim::Timing::grid, .axonal = 1.5}, {});
    compare({.timing = sim::Timing::grid, .dendritic = 0}, {});
}

TEST_CASE("pair STDP of inhibitory synapses keeps their sign") {
    compare({.weight = -4e-9}, {});
    compare({.timing = sim::Timing::grid, .weight = -4e-9}, {});
}
