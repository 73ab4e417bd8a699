// SPDX-License-Identifier: BSD-3-Clause
// Rules that watch the membrane potential, against that potential in closed form and their equations
// look by look.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

struct Input {
    double time;  ///< steps
    Real weight;
};

/// What reaches target `k` besides the plastic synapses, in order.
std::vector<Input> inputs(const Setting& setting, std::size_t k) {
    std::vector<Input> result;
    const bool is_grid = setting.timing == sim::Timing::grid;  // stamped at the next point of it
    const auto add = [&](const std::vector<std::vector<double>>& trains, double weight) {
        for (const double t : trains[k])
            result.push_back(
                {(is_grid ? std::ceil(t / resolution) : t / resolution) + 1 / resolution,
                 static_cast<Real>(weight)});
    };
    add(teachers(duration), setting.teacher);
    if (setting.nudge != 0) add(nudges(duration), setting.nudge);
    std::sort(result.begin(), result.end(),
              [](const Input& a, const Input& b) { return a.time < b.time; });
    return result;
}

constexpr auto h = static_cast<Real>(resolution);

/// The potential at every step, before the inputs of that moment (exact timing) or after them (grid),
/// given `jump(s, weight)` and `flow(s, dt)` of the state s, and what a spike does to it.
template <class S, class Flow, class Jump, class Spike>
std::vector<S> states(const Setting& setting, std::size_t target, const std::vector<double>& spikes,
                      S s, const Flow& flow, const Jump& jump, const Spike& spike) {
    const auto all = inputs(setting, target);
    const bool is_after = setting.timing == sim::Timing::grid;
    std::vector<S> result;
    std::size_t input = 0, next_spike = 0;
    double at = 0;
    const auto advance = [&](double time) {
        flow(s, static_cast<Real>(time - at) * h);
        at = time;
    };
    for (double step = 0; step < duration / resolution; ++step) {
        const auto is_due = [&](double time) {
            return is_after ? time <= step + 1e-7 : time < step;
        };
        for (;;) {
            const double t_input = input < all.size() ? all[input].time : 1e300;
            const double t_spike = next_spike < spikes.size() ? spikes[next_spike] : 1e300;
            if (!is_due(std::min(t_input, t_spike))) break;
            if (t_input <= t_spike + 1e-7) {  // an input can be the cause of a spike
                advance(t_input);
                jump(s, all[input++].weight);
            } else {
                advance(t_spike);
                spike(s);
                ++next_spike;
            }
        }
        advance(step);
        result.push_back(s);
    }
    return result;
}

/// Spikes of the target that come up to every look, since the look before.
std::vector<Real> spikes_by_look(const Setting& setting, const std::vector<double>& spikes) {
    std::vector<Real> result(static_cast<std::size_t>(duration / resolution) + 2, 0);
    for (const double t : spikes)
        result[static_cast<std::size_t>(
            setting.timing == sim::Timing::grid ? std::round(t) : std::floor(t) + 1)] += 1;
    return result;
}

/// The amounts that every look sends to the synapses, and what they see there.
struct Looks {
    std::vector<Real> amounts;
    std::vector<Real> seen;
};

/// What has happened to the target, on its own clock.
std::vector<double> own_spikes(const Outcome& one) {
    auto spikes = one.meetings.post;
    for (double& t : spikes) t -= one.dendritic;
    return spikes;
}

/// Calls flow(dt ms), look(k) and arrive(k), with k the look seen, in the order of time.
template <class Flow, class Look, class Arrive>
void walk_looks(const Outcome& one, const Flow& flow, const Look& look, const Arrive& arrive) {
    const auto& meetings = one.meetings;
    double at = one.dendritic;
    const auto advance = [&](double time) {
        if (time > at) flow(static_cast<Real>(time - at) * h);
        at = std::max(at, time);
    };
    std::size_t pre = 0;
    for (std::size_t k = 0;; ++k) {
        const double time = static_cast<double>(k) + one.dendritic;
        for (; pre < meetings.pre.size() &&
               meetings.pre[pre] <= std::min(time, meetings.until) + 1e-7;
             ++pre) {
            advance(meetings.pre[pre]);
            arrive(std::ceil(meetings.pre[pre] - one.dendritic - 1e-7) - 1);
        }
        if (time >= meetings.until - 1e-7) break;
        advance(time);
        look(k);
    }
    advance(meetings.until);
}

}  // namespace

TEST_CASE("the voltage-based rule equals its equations, look by look") {
    constexpr double w = 1e-14;  // mV: of all synapses together 1e-10 of the distance to thresholds
    Setting setting;
    setting.rule = "clopath";
    // Thresholds amid the potentials of the neuron, which rests at -65 mV and fires at -50.
    setting.params = {{"a_ltd", 1e-3}, {"a_ltp", 3e-4},      {"tau_x", 15},       {"tau_minus", 10},
                      {"tau_plus", 7}, {"theta_minus", -64}, {"theta_plus", -61}, {"delay", 1.2},
                      {"v_spike", 20}, {"t_spike", 0.7},     {"u_ref", 3},        {"tau_mean", 90},
                      {"w_0", w},      {"w_max", w}};
    setting.weight = 0.4 * w;
    setting.nudge = 6;
    bool is_some_clipped = false;
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto look_all = [&](std::size_t target, const std::vector<double>& spikes) {
                const auto v = states(
                    one, target, spikes, Real(-65),
                    [](Real& s, Real dt) { s = -65 + (s + 65) * std::exp(-dt / 20); },
                    [](Real& s, Real weight) { s += weight; }, [](Real& s) { s = -65; });
                const auto counts = spikes_by_look(one, spikes);
                const auto over = [](Real x, Real threshold) {
                    return std::max(x - threshold, Real(0));
                };
                Looks looks{{0}, {0}};
                std::vector<std::array<Real, 3>> u{{v[0], v[0], v[0] + 64}};  // minus, plus, mean
                std::size_t shown_until = 0;
                for (std::size_t k = 1; k < v.size(); ++k) {
                    if (counts[k] > 0) shown_until = k + 7;  // 0.7 ms
                    const Real now = k < shown_until ? 20 : v[k];
                    const auto late = [&](std::size_t at) { return u[at < 12 ? 0 : at - 12]; };
                    looks.amounts.push_back(3e-4L * over(now, -61) * over(late(k - 1)[1], -64) * h /
                                            15);
                    const auto averaged = [&](std::size_t i, Real tau, Real x) {
                        return x + (u[k - 1][i] - x) * std::exp(-h / tau);
                    };
                    u.push_back(
                        {averaged(0, 10, now), averaged(1, 7, now), averaged(2, 90, now + 64)});
                    looks.seen.push_back(1e-3L * u[k][2] * u[k][2] / 9 * over(late(k)[0], -64));
                }
                return looks;
            };
            double moved = 0;
            for (const auto& synapse : outcomes(one, duration)) {
                const auto looks = look_all(synapse.target, own_spikes(synapse));
                Real amount = Real(setting.weight), x = 0;
                walk_looks(
                    synapse, [&](Real dt) { x *= std::exp(-dt / 15); },
                    [&](std::size_t k) {
                        amount =
                            std::clamp(amount + Real(w) * looks.amounts[k] * x, Real(0), Real(w));
                    },
                    [&](double k) {
                        const Real seen = k < 0 ? 0 : looks.seen[static_cast<std::size_t>(k)];
                        amount = std::clamp(amount - Real(w) * seen, Real(0), Real(w));
                        x += 1;
                    });
                INFO("source " << synapse.source << " target " << synapse.target);
                // The potential, of 65 mV, is right to 1e-14 mV; of the largest weight.
                CHECK_THAT(synapse.values[0] / w,
                           Catch::WithinAbs(static_cast<double>(amount / Real(w)), 1e-10));
                moved = std::max(moved, std::abs(synapse.values[0] - setting.weight));
                is_some_clipped = is_some_clipped || amount == 0 || amount == Real(w);
            }
            CHECK(moved > 0.1 * w);
        }
    CHECK(is_some_clipped);
}

TEST_CASE("learning by dendritic prediction equals its equations, look by look") {
    constexpr double w = 1e-9;  // pA
    Setting setting;
    setting.rule = "urbanczik_senn";
    setting.params = {{"eta", 3 * w}, {"tau_delta", 60}, {"w_max", w}};
    setting.weight = 0;
    setting.neuron = "two_compartment";
    setting.teacher = 30;
    setting.tolerance = 1e-13;
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            using State = std::array<Real, 2>;  // v_dend + 70 mV, current
            const auto potential = [&](std::size_t target) {
                return states(
                    one, target, {}, State{0, 0},
                    [](State& s, Real dt) {
                        const Real slow = std::exp(-dt / 10), fast = std::exp(-dt / 3);
                        s = {s[0] * slow + s[1] / 10 * (slow - fast) / (1 / 3.0L - 1 / 10.0L),
                             s[1] * fast};
                    },
                    [](State& s, Real weight) { s[1] += weight; }, [](State&) {});
            };
            double moved = 0;
            for (const auto& synapse : outcomes(one, duration)) {
                const auto v = potential(synapse.target);
                const auto counts = spikes_by_look(one, own_spikes(synapse));
                Real amount = 0, delta = 0, slow = 0, fast = 0;
                walk_looks(
                    synapse,
                    [&](Real dt) {
                        amount += 3 * Real(w) * delta * 60 * (1 - std::exp(-dt / 60));
                        amount = std::clamp(amount, -Real(w), Real(w));
                        delta *= std::exp(-dt / 60);
                        slow *= std::exp(-dt / 10);
                        fast *= std::exp(-dt / 3);
                    },
                    [&](std::size_t k) {
                        if (k == 0) return;
                        const Real soma = v[k][0] * 1.8L / 1.9L;  // above rest
                        const Real odds = 0.5L * std::exp((15 - soma) / 3);
                        const Real pi =
                            (counts[k] - 0.15L / (1 + odds) * h) * odds / (1 + odds) / 3;
                        delta += pi * (slow - fast) / 7 / 60;
                    },
                    [&](double) {
                        slow += 1;
                        fast += 1;
                    });
                INFO("source " << synapse.source << " target " << synapse.target);
                // Potentials are integrated to 1e-13 of their 70 mV a step.
                CHECK_THAT(synapse.values[0] / w,
                           Catch::WithinAbs(static_cast<double>(amount / Real(w)), 1e-10));
                moved = std::max(moved, std::abs(synapse.values[0]));
            }
            CHECK(moved > 0.1 * w);
        }
}
