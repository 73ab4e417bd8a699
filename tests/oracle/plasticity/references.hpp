// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Comparison of all synapses of a setting with a reference, in many settings; and tiny steps through
// differential equations.

#include <catch2/catch.hpp>

#include <array>
#include <functional>

#include "tests/oracle/plasticity/trains.hpp"

namespace plasticity::test {

using Real = long double;

/// What a reference makes of the events of a synapse that began with the amount w: the amount and the
/// other members.
using Reference = std::function<std::vector<Real>(const Meetings&, Real w)>;

constexpr double duration = 1200;  // ms

struct Comparison {
    double moved = 0;         ///< the largest change of an amount
    std::size_t clipped = 0;  ///< synapses that end at `low` or `high`
};

/// Compares every member of every synapse: within tolerance times `scale` of the member.
inline Comparison compare(const Setting& setting, const Reference& reference,
                          const std::vector<double>& scales, double tolerance, double low = 0,
                          double high = 1e300) {
    Comparison result;
    const double sign = setting.weight < 0 ? -1 : 1;
    for (const auto& one : outcomes(setting, duration)) {
        const auto expected = reference(one.meetings, static_cast<Real>(sign * setting.weight));
        INFO(setting.rule << " source " << one.source << " target " << one.target);
        REQUIRE(one.values.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const double value = static_cast<double>(expected[i]) * (i == 0 ? sign : 1);
            INFO("member " << i);
            CHECK_THAT(one.values[i], Catch::WithinAbs(value, tolerance * scales[i]));
        }
        const auto amount = static_cast<double>(expected[0]);
        result.moved = std::max(result.moved, std::abs(amount - sign * setting.weight));
        result.clipped += amount == low || amount == high ? 1 : 0;
    }
    return result;
}

/// A setting in both timings, with one delay and with drawn ones, undivided and divided; one of them
/// brings the synapses up to date now and then, between their spikes.
inline std::vector<Setting> variations(const Setting& one) {
    std::vector<Setting> all;
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid}) {
        Setting next = one;
        next.timing = timing;
        all.push_back(next);
        next.delay = sim::Value::uniform(0.6, 4);
        next.axonal = 0.5;
        next.catch_up = 130;
        all.push_back(next);
        next.catch_up = 0;
        next.axonal.reset();
        next.dendritic = 0.3;
        all.push_back(next);
    }
    return all;
}

inline std::string text(const Setting& one) {
    return one.rule + (one.timing == sim::Timing::exact ? ", exact" : ", grid") +
           (one.axonal      ? ", axonal part given"
            : one.dendritic ? ", dendritic part given"
                            : "") +
           (one.weight < 0 ? ", inhibitory" : "");
}

/// Classical Runge-Kutta steps of about `step` ms over dt ms: for states s with ds/dt = slope(s). The
/// error of a step is of fifth order: below 1e-11 of the whole for time constants of 10 ms and more
/// and steps of 0.1 ms.
template <std::size_t n, class Slope>
void integrate(std::array<Real, n>& s, Real dt, Real step, const Slope& slope) {
    const auto steps = static_cast<std::size_t>(std::ceil(dt / step));
    const Real h = steps == 0 ? 0 : dt / static_cast<Real>(steps);
    const auto moved = [&](const std::array<Real, n>& by, Real factor) {
        auto result = s;
        for (std::size_t i = 0; i < n; ++i) result[i] += factor * by[i];
        return result;
    };
    for (std::size_t k = 0; k < steps; ++k) {
        const std::array<Real, n> a = slope(s);
        const std::array<Real, n> b = slope(moved(a, h / 2));
        const std::array<Real, n> c = slope(moved(b, h / 2));
        const std::array<Real, n> d = slope(moved(c, h));
        for (std::size_t i = 0; i < n; ++i) s[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
    }
}

/// Goes through the events of a synapse from `begin` steps on: flow(dt in ms) between them and at the
/// end, then event(e).
template <class Flow, class Use>
void walk(const Meetings& meetings, const std::vector<Event>& events, const Flow& flow,
          const Use& use) {
    constexpr auto h = static_cast<Real>(resolution);
    Real now = static_cast<Real>(meetings.begin);
    for (std::size_t e = 0; e < events.size(); ++e) {
        const auto time = static_cast<Real>(events[e].time);
        if (time > now) {
            flow((time - now) * h);
            now = time;
        }
        use(e);
    }
    const auto until = static_cast<Real>(meetings.until);
    if (until > now) flow((until - now) * h);
}

/// Spikes at one synapse onto a neuron that stays silent.
struct Probe {
    std::string rule;
    sim::Values params;
    double weight;  ///< mV
    sim::Timing timing = sim::Timing::grid;
    std::vector<double> times;  ///< ms, whole steps
    double rests_from = 0;      ///< when the rule is switched off; 0: never
    std::vector<double> events = {};  ///< of its modulator, ms
    std::vector<double> amounts = {};
};
struct Probed {
    std::vector<double> jumps;   ///< of the voltage at each spike, mV
    std::vector<double> values;  ///< of the synapse in the end
};
inline Probed probe(Probe setting) {
    constexpr double tau_m = 10;
    const double early =
        setting.timing == sim::Timing::exact ? 0.04 : 0;  // than the row that shows it
    for (auto& time : setting.times) time -= early;
    sim::Description d;
    d.run.duration = setting.times.back() + early + 10;
    d.run.timing = setting.timing;
    d.record.all_spikes = false;
    d.record.traces.push_back({"post", {"v"}, {0}, resolution});
    d.sources = {parts::trains("pre", {setting.times})};
    d.neurons = {parts::neurons("post", "lif_delta", 1, {{"tau_m", sim::Value::of(tau_m)}})};
    d.projections = {
        parts::projection("pre", "post", sim::Value::of(setting.weight), sim::Value::of(1))};
    d.projections[0].synapse = setting.rule;
    d.projections[0].synapse_params = setting.params;
    if (!setting.events.empty()) {
        d.projections[0].modulator = "signal";
        d.modulators.push_back({"signal", {}, 1, 1, false, setting.events, setting.amounts});
    }
    if (setting.rests_from > 0)
        d.phases = {{"learn", setting.rests_from, true, {}, {}},
                    {"rest", d.run.duration - setting.rests_from, true, {}, {"pre_to_post"}}};
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(d.run.duration);
    sink.end(sim::ExitState::complete);
    const auto& v = sink.traces()[0];
    Probed result;
    for (const double time : setting.times) {
        const auto k = static_cast<std::size_t>(std::lround((time + early + 1) / resolution));
        const double before = v[0] + (v[k - 1] - v[0]) * std::exp(-resolution / tau_m);
        result.jumps.push_back((v[k] - before) * std::exp(early / tau_m));
    }
    simulation.for_each_synapse(
        0, [&](std::uint64_t, std::uint64_t, std::span<const double> values, sim::Time) {
            result.values.assign(values.begin(), values.end());
        });
    return result;
}

}  // namespace plasticity::test
