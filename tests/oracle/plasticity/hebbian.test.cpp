// SPDX-License-Identifier: BSD-3-Clause
// Hebbian rules against sums over spikes, and those that change between spikes against tiny steps.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
// Of the largest weight: the engine works in doubles and takes some 1e3 steps.
constexpr double tolerance = 1e-10;
constexpr Real step = 0.1L;  // ms

void check(const Setting& setting, const Reference& reference, double least_move = 0.1) {
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto result = compare(one, reference, {w_max}, tolerance, 0, w_max);
            CHECK(result.moved > least_move * w_max);
        }
}

Real clip(Real w) { return std::clamp(w, Real(0), Real(w_max)); }

}  // namespace

TEST_CASE("Hebb's rule with decay equals the sum over pairs and tiny steps between") {
    Setting setting;
    setting.rule = "hebb_decay";
    setting.params = {{"tau", 17}, {"eta", 0.02}, {"tau_w", 400}, {"w_max", w_max}};
    check(setting, [](const Meetings& meetings, Real start) {
        const auto events = in_order(meetings);
        std::array<Real, 1> w{start};
        walk(
            meetings, events,
            [&](Real dt) {
                integrate(w, dt, step, [](const auto& s) { return std::array{-s[0] / 400}; });
            },
            [&](std::size_t e) {
                w[0] = clip(w[0] + 0.02L * Real(w_max) * trace(events, e, !events[e].is_post, 17));
            });
        return std::vector<Real>{w[0]};
    });
}

TEST_CASE("the covariance rule equals its integral in tiny steps") {
    Setting setting;
    setting.rule = "covariance";
    // So slow that no weight meets its bounds, where the rule clips at spikes alone.
    setting.params = {{"tau", 17}, {"tau_mean", 300}, {"eta", 0.05}, {"w_max", w_max}};
    check(
        setting,
        [](const Meetings& meetings, Real start) {
            const auto events = in_order(meetings);
            std::array<Real, 5> s{start, 0, 0, 0, 0};  // w, traces: two of each side
            walk(
                meetings, events,
                [&](Real dt) {
                    integrate(s, dt, step, [](const auto& now) {
                        const Real rate = 0.05L * Real(w_max) * (now[1] / 17 - now[2] / 300) *
                                          (now[3] / 17 - now[4] / 300);
                        return std::array<Real, 5>{rate, -now[1] / 17, -now[2] / 300, -now[3] / 17,
                                                   -now[4] / 300};
                    });
                },
                [&](std::size_t e) {
                    const std::size_t first = events[e].is_post ? 3 : 1;
                    s[first] += 1;
                    s[first + 1] += 1;
                });
            return std::vector<Real>{s[0]};
        },
        0.05);
}

TEST_CASE("Oja's rule equals the sum over spikes") {
    Setting setting;
    setting.rule = "oja";
    setting.params = {{"tau", 17}, {"eta", 0.03}, {"w_0", w_max}};
    check(setting, [](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        for (std::size_t e = 0; e < events.size(); ++e)
            if (events[e].is_post)
                w = std::max(Real(0), w + 0.03L * (Real(w_max) * trace(events, e, false, 17) -
                                                   trace(events, e, true, 17) * w));
        return std::vector<Real>{w};
    });
}

TEST_CASE("BCM equals the sum over spikes, with the threshold summed over earlier ones") {
    Setting setting;
    setting.rule = "bcm";
    setting.params = {
        {"tau", 17}, {"tau_theta", 600}, {"eta", 0.02}, {"rho_0", 20}, {"w_max", w_max}};
    check(setting, [](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        std::vector<std::pair<Real, Real>> raised;  // time of a postsynaptic spike, y before it
        for (std::size_t e = 0; e < events.size(); ++e) {
            if (!events[e].is_post) continue;
            const auto time = static_cast<Real>(events[e].time);
            const Real y = trace(events, e, true, 17);
            Real theta = 0;
            for (const auto& [when, how] : raised)
                theta += how / (600 * 0.02L) *
                         std::exp((when - time) * static_cast<Real>(resolution) / 600);
            w = clip(w + 0.02L * Real(w_max) * trace(events, e, false, 17) * (y - theta));
            raised.emplace_back(time, y);
        }
        return std::vector<Real>{w};
    });
}

TEST_CASE("soft winner-take-all Hebb equals the sum over spikes") {
    Setting setting;
    setting.rule = "soft_hebb";
    setting.params = {{"tau", 17}, {"eta", 0.01}, {"depth", 4}, {"w_max", w_max}};
    check(setting, [](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        for (std::size_t e = 0; e < events.size(); ++e)
            if (events[e].is_post)
                w = clip(w + 0.01L * Real(w_max) / 4 *
                                 (std::exp(4 * (1 - w / Real(w_max))) *
                                      trace(events, e, false, 17, false) -
                                  1));
        return std::vector<Real>{w};
    });
}

TEST_CASE("the trace rule equals its integral in tiny steps") {
    Setting setting;
    setting.rule = "foldiak_trace";
    setting.params = {{"tau_trace", 120}, {"eta", 1e-3}, {"rate_max", 30}, {"w_max", w_max}};
    check(setting, [](const Meetings& meetings, Real start) {
        const auto events = in_order(meetings);
        std::array<Real, 2> s{start, 0};  // w, trace
        walk(
            meetings, events,
            [&](Real dt) {
                integrate(s, dt, step, [](const auto& now) {
                    return std::array<Real, 2>{-1e-3L * now[1] * now[0], -now[1] / 120};
                });
            },
            [&](std::size_t e) {
                if (events[e].is_post) s[1] += 1;
                else s[0] = clip(s[0] + 1e-3L * s[1] * Real(w_max) / 0.03L);
            });
        return std::vector<Real>{s[0]};
    });
}
