// SPDX-License-Identifier: BSD-3-Clause
// Rules with a third factor against tiny steps.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
constexpr Real step = 0.1L;     // ms

/// Events of both signs and of none, now and then several in a row, one at the instant of another.
Setting rewarded(const std::string& rule, bool both_signs) {
    Setting setting;
    setting.rule = rule;
    auto draw = parts::numbers(300);
    for (double t = draw.exponential() * 40; t < 1190; t += draw.exponential() * 40) {
        const double amount = 2 * draw.uniform() - (both_signs ? 1 : 0);
        setting.events.push_back(t);
        setting.amounts.push_back(setting.events.size() % 5 == 0 ? 0 : amount);
    }
    setting.events.push_back(setting.events.back());
    setting.amounts.push_back(0.5);
    return setting;
}

void check(const Setting& setting, const Reference& reference, const std::vector<double>& scales) {
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto result = compare(one, reference, scales, 1e-10, 0, w_max);
            CHECK(result.moved > 0.1 * w_max);
        }
}

Real clip(Real w) { return std::clamp(w, Real(0), Real(w_max)); }

}  // namespace

TEST_CASE("dopamine turns eligibility into weight as in tiny steps") {
    auto setting = rewarded("stdp_reward", false);
    setting.params = {{"tau_plus", 17},  {"tau_minus", 34},     {"a_plus", 0.1},
                      {"a_minus", 0.12}, {"tau_c", 150},        {"tau_d", 60},
                      {"tonic", 0.01},   {"eta", 1e-3 * w_max}, {"w_max", w_max}};
    const auto reference = [](const Meetings& meetings, Real start) {
        const auto events = in_order(meetings);
        std::array<Real, 3> s{start, 0, 0};  // w, c, d
        walk(
            meetings, events,
            [&](Real dt) {
                integrate(s, dt, step, [](const auto& now) {
                    return std::array<Real, 3>{1e-3L * Real(w_max) * now[1] * (now[2] + 0.01L),
                                               -now[1] / 150, -now[2] / 60};
                });
                s[0] = clip(s[0]);
            },
            [&](std::size_t e) {
                if (events[e].is_modulator)
                    s[2] += static_cast<Real>(meetings.amounts[events[e].number]);
                else if (events[e].is_post) s[1] += 0.1L * trace(events, e, false, 17, false);
                else s[1] -= 0.12L * trace(events, e, true, 34, false);
            });
        return std::vector<Real>{s[0], s[1]};
    };
    check(setting, reference, {w_max, 1});
    setting.weight = -4e-9;
    check(setting, reference, {w_max, 1});
}

TEST_CASE("rewards less their mean act at once on eligibility") {
    auto setting = rewarded("reward_gated", true);
    setting.params = {{"tau_plus", 17}, {"tau_minus", 34}, {"a_plus", 0.1},      {"a_minus", 0.06},
                      {"tau_c", 150},   {"trials", 4},     {"eta", 0.2 * w_max}, {"w_max", w_max}};
    check(setting,
          [](const Meetings& meetings, Real start) {
              const auto events = in_order(meetings);
              std::array<Real, 1> c{0};
              Real w = start, mean = 0;
              walk(
                  meetings, events,
                  [&](Real dt) {
                      integrate(c, dt, step,
                                [](const auto& now) { return std::array{-now[0] / 150}; });
                  },
                  [&](std::size_t e) {
                      if (events[e].is_modulator) {
                          const auto reward = static_cast<Real>(meetings.amounts[events[e].number]);
                          w = clip(w + 0.2L * Real(w_max) * c[0] * (reward - mean));
                          mean = 0.75L * mean + 0.25L * reward;
                      } else if (events[e].is_post) {
                          c[0] += 0.1L * trace(events, e, false, 17);
                      } else {
                          c[0] -= 0.06L * trace(events, e, true, 34);
                      }
                  });
              return std::vector<Real>{w, c[0], mean};
          },
          {w_max, 1, 1});
}

TEST_CASE("the overlap of eligibility and plateaus is integrated as in tiny steps") {
    auto setting = rewarded("btsp", false);
    setting.params = {{"tau_e", 300}, {"tau_i", 150}, {"eta", 1e-4}, {"w_max", w_max}};
    check(setting,
          [](const Meetings& meetings, Real start) {
              const auto events = in_order(meetings);
              std::array<Real, 3> s{start / Real(w_max), 0, 0};  // w, x, d
              walk(
                  meetings, events,
                  [&](Real dt) {
                      integrate(s, dt, step, [](const auto& now) {
                          return std::array<Real, 3>{1e-4L * (1 - now[0]) * now[1] * now[2],
                                                     -now[1] / 300, -now[2] / 150};
                      });
                  },
                  [&](std::size_t e) {
                      if (events[e].is_modulator)
                          s[2] += static_cast<Real>(meetings.amounts[events[e].number]);
                      else if (!events[e].is_post) s[1] += 1;
                  });
              return std::vector<Real>{s[0] * Real(w_max)};
          },
          {w_max});
}

TEST_CASE("a pair of spikes counts alike in either order, as much as there is acetylcholine") {
    auto setting = rewarded("cholinergic_hebb", true);
    setting.params = {{"tau", 17}, {"eta", 0.004}, {"suppression", 0.8}, {"w_max", w_max}};
    check(setting,
          [](const Meetings& meetings, Real start) {
              const auto events = in_order(meetings);
              Real w = start, a = 0;
              for (std::size_t e = 0; e < events.size(); ++e)
                  if (events[e].is_modulator) {
                      const auto amount = static_cast<Real>(meetings.amounts[events[e].number]);
                      a = std::clamp(a + amount, Real(0), Real(1));
                  } else {
                      w = clip(w +
                               0.004L * Real(w_max) * a * trace(events, e, !events[e].is_post, 17));
                  }
              return std::vector<Real>{w, a};
          },
          {w_max, 1});
}

TEST_CASE("acetylcholine takes its part of the transmission away, and gives it back") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid}) {
        const auto result = probe({.rule = "cholinergic_hebb",
                                   .params = {{"suppression", sim::Value::of(0.75)}},
                                   .weight = 1,
                                   .timing = timing,
                                   .times = {20, 60, 100, 140},
                                   .events = {40, 80, 120},
                                   .amounts = {1, -0.5, -1}});
        const std::vector<double> expected{1, 0.25, 0.625, 1};
        for (std::size_t k = 0; k < expected.size(); ++k)
            CHECK_THAT(result.jumps[k], Catch::WithinAbs(expected[k], 1.5e-5));  // rows are floats
        CHECK(result.values == std::vector<double>{1, 0});
    }
}

TEST_CASE("retrograde events times presynaptic traces go into the weight as in tiny steps") {
    auto setting = rewarded("retrograde_credit", true);
    setting.params = {{"tau_x", 23}, {"tau_w", 180}, {"eta", 0.1 * w_max}, {"w_max", w_max}};
    const auto reference = [](Real eta) {
        return [eta](const Meetings& meetings, Real start) {
            const auto events = in_order(meetings);
            std::array<Real, 2> s{start, 0};  // w, e
            walk(
                meetings, events,
                [&](Real dt) {
                    integrate(s, dt, step, [&](const auto& now) {
                        return std::array<Real, 2>{eta * now[1] / 180, -now[1] / 180};
                    });
                    s[0] = clip(s[0]);
                },
                [&](std::size_t e) {
                    if (events[e].is_modulator)
                        s[1] += static_cast<Real>(meetings.amounts[events[e].number]) *
                                trace(events, e, false, 23);
                });
            return std::vector<Real>{s[0], s[1]};
        };
    };
    check(setting, reference(0.1L * Real(w_max)), {w_max, 1});
    setting.params["eta"] = -0.1 * w_max;
    setting.weight = -4e-9;
    check(setting, reference(-0.1L * Real(w_max)), {w_max, 1});
}
