// SPDX-License-Identifier: BSD-3-Clause
// Short-term depression and facilitation against tiny steps, against the recursion of the paper, and at
// the neuron that it acts on.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

void check(double u_0, double tau_rec, double tau_facil, double weight) {
    Setting setting;
    setting.rule = "tsodyks_markram";
    setting.weight = weight;
    setting.params = {{"u_0", u_0}, {"tau_rec", tau_rec}, {"tau_facil", tau_facil}};
    const auto reference = [&](const Meetings& meetings, Real w) {
        auto events = in_order(meetings);
        events.erase(
            std::remove_if(events.begin(), events.end(), [](const Event& e) { return e.is_post; }),
            events.end());
        std::array<Real, 2> s{0, 1};  // u, r
        Real released = 0;
        walk(
            meetings, events,
            [&](Real dt) {
                integrate(s, dt, 0.1L, [&](const auto& now) {
                    return std::array<Real, 2>{tau_facil > 0 ? -now[0] / Real(tau_facil) : 0,
                                               (1 - now[1]) / Real(tau_rec)};
                });
                if (tau_facil == 0) s[0] = 0;
            },
            [&](std::size_t) {
                s[0] += Real(u_0) * (1 - s[0]);
                released = s[0] * s[1];
                s[1] -= released;
            });
        return std::vector<Real>{w, s[0], s[1], released};
    };
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one) << ", u_0 " << u_0) {
            compare(one, reference, {std::abs(weight), 1, 1, 1}, 1e-10);
        }
}

}  // namespace

TEST_CASE("short-term plasticity equals its equations in tiny steps") {
    check(0.5, 80, 0, 4e-9);
    check(0.5, 80, 0, -4e-9);
    check(0.1, 40, 200, 4e-9);
    check(1, 200, 10, 4e-9);
}

// Markram et al. 1998, eqs. 1-4: R_1 = 1, u_1 = U, and from spike to spike
//   u' = u e^(-t / tau_facil) + U (1 - u e^(-t / tau_facil)),  R' = 1 + (R - R u - 1) e^(-t / tau_rec)
// with amplitudes proportional to R u. It goes on while rules rest.
TEST_CASE("short-term plasticity acts on the neuron by the published recursion") {
    std::vector<double> times;
    for (int k = 0; k < 12; ++k) times.push_back(5 + 50 * k);
    times.push_back(times.back() + 500);
    for (const auto& [u_0, rec, facil] :
         {std::array{0.5, 800.0, 0.0}, std::array{0.03, 130.0, 530.0}})
        for (const auto& [weight, timing] :
             {std::pair{2.0, sim::Timing::grid}, std::pair{-2.0, sim::Timing::grid},
              std::pair{2.0, sim::Timing::exact}}) {
            const auto found = probe({.rule = "tsodyks_markram",
                                      .params = {{"u_0", sim::Value::of(u_0)},
                                                 {"tau_rec", sim::Value::of(rec)},
                                                 {"tau_facil", sim::Value::of(facil)}},
                                      .weight = weight,
                                      .timing = timing,
                                      .times = times,
                                      .rests_from = 200})
                                   .jumps;
            double u = u_0, r = 1;
            for (std::size_t k = 0; k < times.size(); ++k) {
                if (k > 0) {
                    const double t = times[k] - times[k - 1];
                    const double left = facil > 0 ? u * std::exp(-t / facil) : 0;
                    r = 1 + (r - r * u - 1) * std::exp(-t / rec);
                    u = left + u_0 * (1 - left);
                }
                INFO("spike " << k);
                // Traces are stored as floats near -70 mV: 4e-6 each.
                CHECK_THAT(found[k], Catch::WithinAbs(weight * r * u, 1.5e-5));
            }
        }
}
