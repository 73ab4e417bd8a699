// SPDX-License-Identifier: BSD-3-Clause
// Synaptic tagging against tiny steps, with the end of a tag found by bisection.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_0 = 4e-9;

struct Tagging {
    std::array<Real, 2> s;  // fast weight in parts of w_0, z
    Real theta, tau_w, tau_z, protein;

    void advance(std::array<Real, 2>& now, Real dt, bool tagged) const {
        integrate(now, dt, 0.1L, [&](const auto& x) {
            const Real target = x[0] > 1 ? 1 : -0.5L;
            return std::array<Real, 2>{(1 - x[0]) / tau_w,
                                       tagged ? protein * (target - x[1]) / tau_z : 0};
        });
    }
    bool is_tagged(const std::array<Real, 2>& x) const { return std::abs(x[0] - 1) > theta; }

    // A tag ends once in an interval without spikes, if at all.
    void flow(Real dt) {
        if (!is_tagged(s)) return advance(s, dt, false);
        auto end = s;
        advance(end, dt, true);
        if (is_tagged(end)) {
            s = end;
            return;
        }
        Real low = 0, high = dt;
        for (int i = 0; i < 50; ++i) {
            const Real middle = (low + high) / 2;
            auto there = s;
            advance(there, middle, true);
            (is_tagged(there) ? low : high) = middle;
        }
        advance(s, low, true);
        advance(s, dt - low, false);
    }
};

}  // namespace

TEST_CASE("synaptic tagging equals its equations in tiny steps") {
    Setting setting;
    setting.rule = "synaptic_tagging";
    setting.params = {{"tau_plus", 17}, {"tau_minus", 34}, {"a_plus", 0.05}, {"a_minus", 0.03},
                      {"w_0", w_0},     {"tau_w", 150},    {"theta", 0.2},   {"protein", 0.8},
                      {"tau_z", 700},   {"w_max", 3 * w_0}};
    const auto reference = [](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        Tagging t{{w / Real(w_0), 0}, 0.2L, 150, 700, 0.8L};
        walk(
            meetings, events, [&](Real dt) { t.flow(dt); },
            [&](std::size_t e) {
                const bool is_post = events[e].is_post;
                t.s[0] +=
                    (is_post ? 0.05L : -0.03L) * trace(events, e, !is_post, is_post ? 17 : 34);
                t.s[0] = std::clamp(t.s[0], Real(0), Real(3));
            });
        return std::vector<Real>{t.s[0] * Real(w_0), t.s[1]};
    };
    for (const double weight : {4e-9, 1e-9, -4e-9}) {
        setting.weight = weight;
        auto all = variations(setting);
        all.resize(weight == 4e-9 ? all.size() : 1);
        for (const auto& one : all) DYNAMIC_SECTION(text(one) << " " << weight) {
                const auto result = compare(one, reference, {w_0, 1}, 1e-10);
                CHECK(result.moved > 0.1 * w_0);
            }
    }
}

TEST_CASE("a synapse acts by both weights, also while its rule rests") {
    for (const double sign : {1.0, -1.0}) {
        const auto [jumps, values] = probe({.rule = "synaptic_tagging",
                                            .params = {{"tau_w", sim::Value::of(200)},
                                                       {"tau_z", sim::Value::of(100)},
                                                       {"w_max", sim::Value::of(3)}},
                                            .weight = 1.8 * sign,
                                            .times = {50, 100, 150, 200},
                                            .rests_from = 120});
        const double w = sign * values[0];
        const double z = values[1];
        CHECK(z > 0.1);
        CHECK(w < 1.6);
        // Traces are stored as floats near -70 mV: 4e-6 each.
        for (const std::size_t k : {2, 3})
            CHECK_THAT(jumps[k], Catch::WithinAbs(sign * (w + z), 1.5e-5));
    }
}
