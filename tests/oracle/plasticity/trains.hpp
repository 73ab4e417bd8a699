// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Synapses between spike trains that are known, for comparison with rules worked out by hand.
//
// Sources fire at random; every target is made to fire at times of its own, through a weight that
// alone reaches its threshold. What the plastic synapses themselves bring is far too little to matter.

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

namespace plasticity::test {

struct Setting {
    std::string rule = {};
    std::map<std::string, double> params = {};
    sim::Timing timing = sim::Timing::exact;
    sim::Value delay = sim::Value::of(1.5);
    std::optional<double> axonal = {};
    std::optional<double> dendritic = {};
    double weight = 4e-9;  ///< mV
    int threads = 1;
    std::vector<double> pauses = {};  ///< advance is called up to each of them, ms
    std::vector<double> events = {};  ///< of a modulator that the rule listens to, ms
    std::vector<double> amounts = {};
    std::string neuron = "lif_delta";  ///< the targets
    double teacher = 1000;             ///< weight that makes them fire
    double nudge = 0;      ///< weight of further spikes to them, one train for each; 0: none
    double tolerance = 0;  ///< of integrated models, if given
    double catch_up = 0;  ///< if given, all synapses are brought up to date so often, ms
};

/// What happens at a synapse, in steps: presynaptic arrivals and postsynaptic ones, ascending.
struct Meetings {
    std::vector<double> pre;
    std::vector<double> post;
    std::vector<double> modulator = {};  ///< events of the modulator
    std::vector<double> amounts = {};    ///< of each of them
    double begin = 0;                    ///< when the postsynaptic neuron began, at the synapse
    double until = 0;  ///< how far the synapse has come
};

struct Outcome {
    std::uint64_t source, target;
    std::vector<double> values;  ///< of the synapse
    Meetings meetings;
    double dendritic;  ///< part of its delay, steps
};

inline constexpr double resolution = 0.1;  // ms

/// Poisson trains, ms: the k-th with mean rate rates[k] Hz.
inline std::vector<std::vector<double>> trains(const std::vector<double>& rates, double duration,
                                               std::uint64_t entity) {
    std::vector<std::vector<double>> result;
    for (const double rate : rates) {
        auto draw = parts::numbers(entity++);
        result.push_back(
            rate > 0 ? parts::random_times(draw, 1, rate / 1000, duration)[0] : std::vector<double>{});
    }
    return result;
}

// Silent, slow, fast; targets that fire far more often than sources, and the reverse.
inline std::vector<std::vector<double>> teachers(double duration) {
    return trains({0, 1, 10, 30, 100, 400, 20}, duration, 200);
}
inline std::vector<std::vector<double>> nudges(double duration) {
    return trains(std::vector<double>(7, 150), duration, 300);
}

inline sim::Description describe(const Setting& setting, double duration) {
    sim::Description d;
    d.name = "trains";
    d.run.duration = duration;
    d.run.timing = setting.timing;
    d.run.resolution = resolution;
    d.record.all_spikes = false;
    d.record.spikes = {"pre", "post"};
    const std::vector<double> pre{0, 0.5, 3, 10, 20, 40, 80, 150, 5, 12, 25};
    const auto post = teachers(duration);
    d.sources.push_back(parts::trains("pre", trains(pre, duration, 100)));
    d.sources.push_back(parts::trains("teacher", post));
    d.neurons.push_back(
        parts::neurons("post", setting.neuron, post.size(), {{"t_ref", sim::Value::of(0.0)}}));
    if (setting.tolerance > 0) d.run.tolerance = setting.tolerance;
    const auto add = [&](const std::string& source, double weight) {
        auto one = parts::projection(source, "post", sim::Value::of(weight), sim::Value::of(1));
        one.connector = "one_to_one";
        d.projections.push_back(one);
    };
    add("teacher", setting.teacher);
    auto learn =
        parts::projection("pre", "post", sim::Value::of(setting.weight), setting.delay);
    learn.synapse = setting.rule;
    for (const auto& [name, value] : setting.params)
        learn.synapse_params[name] = sim::Value::of(value);
    learn.axonal_delay = setting.axonal;
    learn.dendritic_delay = setting.dendritic;
    if (!setting.events.empty()) {
        learn.modulator = "signal";
        d.modulators.push_back({"signal", {}, 1, 1, false, setting.events, setting.amounts});
    }
    d.projections.push_back(learn);
    if (setting.nudge != 0) {
        d.sources.push_back(parts::trains("nudges", nudges(duration)));
        add("nudges", setting.nudge);
    }
    if (setting.catch_up > 0) {
        constexpr double never = 1e300;  // ms: scaling that leaves weights as they are
        d.homeostasis.push_back({learn.name, "scaling", setting.catch_up, 0, 10, never});
    }
    return d;
}

/// Steps; whole ones on the grid.
inline double steps(double ms, sim::Timing timing) {
    const double x = ms / resolution;
    return timing == sim::Timing::grid ? std::round(x) : x;
}

/// Simulates `duration` ms and tells every synapse with what happened there.
inline std::vector<Outcome> outcomes(const Setting& setting, double duration) {
    const auto d = describe(setting, duration);
    const sim::Network network(d, parts::catalogue(), setting.threads);
    sim::Simulation simulation(network, parts::catalogue(), {setting.threads});
    sim::MemorySink sink;
    simulation.record(sink);
    for (const double pause : setting.pauses) simulation.advance(pause);
    simulation.advance(duration);

    std::map<std::string, std::vector<std::vector<double>>> spikes;
    for (std::size_t i = 0; i < sink.spikes().size(); ++i) {
        const auto& name = sink.plan().populations[i].name;
        auto& trains = spikes[name];
        trains.resize(network.populations()[network.population(name)].size);
        for (std::size_t k = 0; k < sink.spikes()[i].times.size(); ++k)
            trains[sink.spikes()[i].ids[k]].push_back(
                steps(sink.spikes()[i].times[k], setting.timing));
    }
    std::vector<Outcome> result;
    const double now = steps(duration, setting.timing);
    simulation.for_each_synapse(1, [&](std::uint64_t source, std::uint64_t target,
                                       std::span<const double> values, sim::Time delay) {
        const double all = static_cast<double>(delay.step) + delay.offset / resolution;
        const double dendritic = setting.dendritic
                                     ? *setting.dendritic / resolution
                                     : all - setting.axonal.value_or(0) / resolution;
        const double axonal = all - dendritic;
        Outcome one{source, target, {values.begin(), values.end()}, {{}, {}}, dendritic};
        one.meetings.begin = dendritic;
        one.meetings.until = now - dendritic;
        for (std::size_t i = 0; i < setting.events.size(); ++i) {
            const double t = steps(setting.events[i], setting.timing) + dendritic;
            if (t >= one.meetings.until) continue;
            one.meetings.modulator.push_back(t);
            one.meetings.amounts.push_back(setting.amounts[i]);
        }
        for (const double t : spikes["pre"][source])
            if (t + all < now) one.meetings.pre.push_back(t + axonal);
        for (const double t : spikes["post"][target])
            if (t + dendritic < one.meetings.until) one.meetings.post.push_back(t + dendritic);
        result.push_back(std::move(one));
    });
    return result;
}

/// The events of a synapse in their order: at one instant the presynaptic one first, then one of the
/// modulator.
struct Event {
    double time;
    bool is_post;
    std::size_t number;  ///< among those of its side
    bool is_modulator = false;
};
inline std::vector<Event> in_order(const Meetings& meetings) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < meetings.pre.size(); ++i)
        events.push_back({meetings.pre[i], false, i});
    for (std::size_t i = 0; i < meetings.post.size(); ++i)
        events.push_back({meetings.post[i], true, i});
    for (std::size_t i = 0; i < meetings.modulator.size(); ++i)
        events.push_back({meetings.modulator[i], false, i, true});
    const auto rank = [](const Event& e) { return e.is_post ? 2 : e.is_modulator ? 1 : 0; };
    std::stable_sort(events.begin(), events.end(), [&](const Event& a, const Event& b) {
        constexpr double same = 1e-7;  // steps; computed times of one instant differ by rounding
        if (std::abs(a.time - b.time) > same) return a.time < b.time;
        return rank(a) < rank(b);
    });
    return events;
}

/// A trace right before event `e`, summed over all spikes of a side before it; of the last one alone
/// if not `all`.
inline long double trace(const std::vector<Event>& events, std::size_t e, bool of_post, double tau,
                         bool all = true) {
    long double sum = 0;
    for (std::size_t i = e; i-- > 0;) {
        if (events[i].is_post != of_post || events[i].is_modulator) continue;
        const auto dt = static_cast<long double>(events[e].time - events[i].time) *
                        static_cast<long double>(resolution);
        sum += std::exp(-dt / static_cast<long double>(tau));
        if (!all) break;
    }
    return sum;
}

}  // namespace plasticity::test
