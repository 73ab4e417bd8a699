// SPDX-License-Identifier: BSD-3-Clause
// Credit in the engine against a slow queue of events that gets the same spikes.
#include <catch2/catch.hpp>

#include <algorithm>

#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"
#include "tests/oracle/credit/engine_queue.hpp"

using sim::Timing;
using sim::Value;

namespace {

struct Setting {
    Timing timing = Timing::exact;
    bool is_recurrent = false;
    bool release_rest = true;
    double tail = 0;
    int threads = 1;
};

sim::ProjectionSpec projection(const std::string& from, const std::string& to, double indegree,
                               const std::string& synapse, Value weight) {
    auto one = parts::projection(from, to, std::move(weight), Value::uniform(0.7, 3));
    one.connector = "fixed_indegree";
    one.connector_params = {{"indegree", indegree}, {"multapses", 1}};
    one.synapse = synapse;
    return one;
}

void learn(sim::ProjectionSpec& one, double eta) {
    one.synapse_params = {{"eta", Value::of(eta)},
                          {"tau_x", Value::of(31)},
                          {"tau_w", Value::of(170)},
                          {"w_max", Value::of(100)}};
}

/// So little that no weight reaches a bound, which the queue does not know.
constexpr double slowly = 0.003;

/// Two hidden populations, drawn delays, weights of both signs, several synapses for a pair; taught
/// twice, by random trains that come at the same time.
sim::Description network(const Setting& setting) {
    sim::Description d;
    d.name = "credit";
    d.run.duration = 520;
    d.run.timing = setting.timing;
    auto draw = parts::numbers(71);
    const sim::Values cell{{"tau_m", Value::of(30)}, {"v_drop", Value::of(15)}};
    d.neurons = {parts::neurons("a", "lif_soft_reset", 9, cell),
                 parts::neurons("b", "lif_soft_reset", 7, cell),
                 parts::neurons("out", "lif_delta", 4, {{"v_th", Value::of(1e6)}})};
    d.sources = {parts::trains("in", parts::random_times(draw, 12, 0.08, 520)),
                 parts::trains("target", parts::random_times(draw, 4, 0.06, 520)),
                 parts::trains("more", parts::random_times(draw, 4, 0.02, 520))};
    auto in_a = projection("in", "a", 8, "signed_credit", Value::normal(4, 5));
    learn(in_a, 0.05);
    auto a_b = projection("a", "b", 6, "retrograde_credit", Value::uniform(5, 9));
    learn(a_b, slowly);
    a_b.axonal_delay = 0.3;
    auto a_b_inh = projection("a", "b", 3, "retrograde_credit", Value::uniform(-6, -4));
    learn(a_b_inh, -slowly);
    a_b_inh.name = "inhibition";
    auto b_out = projection("b", "out", 9, "signed_credit", Value::normal(3, 6));
    learn(b_out, 0.04);
    b_out.dendritic_delay = 0.2;
    auto a_out = projection("a", "out", 4, "static", Value::normal(1, 4));
    auto uncredited = projection("a", "out", 4, "static", Value::of(5));
    uncredited.name = "uncredited";
    uncredited.credit = false;
    d.projections = {in_a, a_b, a_b_inh, b_out, a_out, uncredited};
    if (setting.is_recurrent) {
        auto back = projection("b", "a", 3, "signed_credit", Value::normal(0, 3));
        learn(back, 0.02);
        d.projections.push_back(back);
    }
    d.phases = {{"settle", 60, true, {"target", "more"}, {}, {}, "image", 2},
                {"taught", 150, true, {}, {}, {}, "image", 1},
                {"tail", 50, true, {"target", "more"}, {}, {}, "image", 1}};
    sim::CreditSpec out{"out"};
    out.teacher = {"target", "more"};
    out.amount = 0.8;
    out.threshold = 0.4;
    out.delay = 1.3;
    out.unit = 15;
    out.unit_inh = 11;
    out.tail = setting.tail;
    sim::CreditSpec b{"b"};
    b.delay = 0.9;
    b.unit = 15;
    b.tau_c = 12;
    b.tail = setting.tail;
    sim::CreditSpec a{"a"};
    a.delay = 1.1;
    a.unit = 15;
    a.threshold = 0.05;
    a.tail = setting.tail;
    for (auto* one : {&out, &b, &a}) one->release_rest = setting.release_rest;
    d.credit = {out, b, a};
    return d;
}

struct Shown {
    std::vector<sim::RetrogradeEvent> events;
    std::vector<std::vector<std::vector<double>>> spikes;  // [population][neuron]
    std::vector<std::vector<double>> synapses;             // [projection][synapse: w, e]
    std::vector<double> credit;                            // of all at the end: held, imbalance
    double h = 0.1;
};

// Slow: every neuron.
std::vector<double> credit_now(const sim::Simulation& simulation, const sim::Network& network) {
    std::vector<double> result;
    for (const auto& one : network.description().credit) {
        const auto p = network.population(one.population);
        for (std::uint64_t k = 0; k < network.populations()[p].size; ++k) {
            result.push_back(simulation.state(p, k, "credit"));
            if (!one.teacher.empty()) result.push_back(simulation.state(p, k, "imbalance"));
        }
    }
    return result;
}

Shown show(const sim::Network& network, double until, const parts::Manner& manner) {
    sim::Simulation simulation(network, parts::catalogue(), {manner.threads});
    Shown result;
    simulation.watch_credit([&](const sim::RetrogradeEvent& one) { result.events.push_back(one); });
    sim::MemorySink sink;
    simulation.record(sink);
    for (const double stop : manner.stops) simulation.advance(stop);
    simulation.advance(until);
    for (const auto& one : network.populations()) result.spikes.emplace_back(one.size);
    for (std::size_t i = 0; i < sink.spikes().size(); ++i) {
        auto& of = result.spikes[network.population(sink.plan().populations[i].name)];
        for (std::size_t s = 0; s < sink.spikes()[i].times.size(); ++s)
            of[sink.spikes()[i].ids[s]].push_back(sink.spikes()[i].times[s]);
    }
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
        auto& values = result.synapses.emplace_back();
        const auto number = network.projections()[p].spec;
        if (network.description().projections[number].synapse != "static")
            simulation.for_each_synapse(
                p, [&](std::uint64_t, std::uint64_t, std::span<const double> one, sim::Time) {
                    values.insert(values.end(), one.begin(), one.end());
                });
    }
    result.credit = credit_now(simulation, network);
    return result;
}

constexpr double h = 0.1;

std::vector<std::vector<double>> on_grid(std::vector<std::vector<double>> trains) {
    for (auto& times : trains)
        for (double& t : times) t = std::round(t / h) * h;
    return trains;
}

oracle::EngineQueue slow_queue(const sim::Network& network, const Shown& shown) {
    const auto& d = network.description();
    oracle::EngineQueue slow;
    slow.step = h;
    slow.spikes = shown.spikes;
    for (auto& trains : slow.spikes)
        if (d.run.timing == Timing::grid) trains = on_grid(trains);
    slow.credit.resize(network.populations().size());
    slow.taught = {{60, 210}, {320, 470}};
    slow.phases = {0, 60, 210, 260, 320, 470};
    slow.sends_rest = d.credit[0].release_rest;
    for (const auto& one : d.credit) {
        auto& to = slow.credit[network.population(one.population)];
        to = {true, one.threshold, one.delay, one.tau_c, one.unit, one.unit_inh.value_or(one.unit)};
        to.teacher_amount = one.amount;
        for (const auto& name : one.teacher) to.teachers.push_back(network.population(name));
    }
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
        const auto& projection = network.projections()[p];
        const auto& spec = d.projections[projection.spec];
        const auto param = [&](const char* name) { return spec.synapse_params.at(name).a; };
        network.for_each_synapse(
            p, [&](std::uint64_t source, std::uint64_t target, double weight, sim::Time delay) {
                const double all = static_cast<double>(delay.step) * h + delay.offset;
                const double dendritic =
                    spec.dendritic_delay.value_or(all - spec.axonal_delay.value_or(0));
                oracle::SlowSynapse one{projection.pre,  source,    projection.post, target, weight,
                                        all - dendritic, dendritic, spec.credit};
                if (spec.synapse != "static") {
                    one.eta = param("eta");
                    one.tau_x = param("tau_x");
                    one.tau_w = param("tau_w");
                    one.gain = spec.synapse == "retrograde_credit" && weight < 0 ? -1 : 1;
                }
                slow.synapses.push_back(one);
            });
    }
    return slow;
}

void set_releases(oracle::EngineQueue& slow, const sim::Network& network, const Setting& setting) {
    if (!setting.release_rest) return;
    for (const auto& taught : slow.taught)
        for (const auto& [name, after] :
             {std::pair{"out", 0.0}, std::pair{"b", 1.3}, std::pair{"a", 1.3 + 0.9}}) {
            auto& times = slow.credit[network.population(name)].releases;
            if (setting.is_recurrent && std::string(name) != "out") {
                // The shortest retrograde delay again and again.
                for (double t = 0.9; t < std::max(setting.tail, 1.0) - 1e-9; t += 0.9)
                    times.push_back(taught.end + t);
            } else {
                times.push_back(taught.end + after);
                if (setting.tail > 0) times.push_back(taught.end + setting.tail + after);
            }
        }
}

void compare(const Setting& setting) {
    auto d = network(setting);
    d.record.all_spikes = false;
    d.record.spikes = {"a", "b", "out", "in", "target", "more"};
    const sim::Network network(d, parts::catalogue(), 1);
    // Before the end, so that credit and events are under way.
    const double until = 513.7;
    const auto shown = show(network, until, {});
    auto slow = slow_queue(network, shown);
    set_releases(slow, network, setting);
    slow.run(until);

    // Sums of some hundred terms of order 1, in another order: 1e-12 each.
    constexpr double tolerance = 1e-9;
    std::stable_sort(slow.sent.begin(), slow.sent.end(), [](const auto& x, const auto& y) {
        if (std::abs(x.time - y.time) > 1e-7) return x.time < y.time;
        return x.population != y.population ? x.population < y.population : x.neuron < y.neuron;
    });
    REQUIRE(slow.sent.size() > 300);
    std::vector<std::size_t> by_population(3, 0);
    for (std::size_t i = 0; i < std::min(slow.sent.size(), shown.events.size()); ++i) {
        INFO("event " << i);
        REQUIRE(network.clock().ms(shown.events[i].time) == Approx(slow.sent[i].time).margin(1e-8));
        REQUIRE(shown.events[i].population == slow.sent[i].population);
        REQUIRE(shown.events[i].neuron == slow.sent[i].neuron);
        REQUIRE(shown.events[i].amount == Approx(slow.sent[i].amount).margin(tolerance));
        ++by_population[slow.sent[i].population];
    }
    REQUIRE(shown.events.size() == slow.sent.size());
    for (const auto count : by_population) CHECK(count > 20);

    std::size_t s = 0;
    double moved = 0;
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
        const bool is_static = shown.synapses[p].empty();
        const std::size_t count = network.groups().empty() ? 0 : shown.synapses[p].size() / 2;
        if (is_static) {
            network.for_each_synapse(p,
                                     [&](std::uint64_t, std::uint64_t, double, sim::Time) { ++s; });
            continue;
        }
        for (std::size_t i = 0; i < count; ++i, ++s) {
            const auto& one = slow.synapses[s];
            CHECK(shown.synapses[p][2 * i] == Approx(slow.weight(one, until)).margin(tolerance));
            CHECK(shown.synapses[p][2 * i + 1] ==
                  Approx(slow.gathered(one, until)).margin(tolerance));
            moved = std::max(moved, std::abs(slow.weight(one, until) - one.weight));
        }
    }
    CHECK(s == slow.synapses.size());
    CHECK(moved > 0.1);
    std::size_t next = 0;
    for (const auto& one : d.credit) {
        const auto p = network.population(one.population);
        for (std::size_t k = 0; k < network.populations()[p].size; ++k) {
            CHECK(shown.credit[next++] == Approx(slow.held(p, k, until)).margin(tolerance));
            if (!one.teacher.empty())
                CHECK(shown.credit[next++] == Approx(slow.imbalance(p, k)).margin(tolerance));
        }
    }
}

}  // namespace

TEST_CASE("retrograde events, credit and weights of the engine are those of a slow queue") {
    for (const auto timing : {Timing::exact, Timing::grid})
        for (const bool is_recurrent : {false, true})
            for (const double tail : {0.0, 20.0})
                DYNAMIC_SECTION((timing == Timing::exact ? "exact" : "grid")
                                << (is_recurrent ? ", recurrent" : "") << ", tail " << tail) {
                    compare({timing, is_recurrent, true, tail});
                }
}

TEST_CASE("without release of the rest only spikes and thresholds send credit") {
    for (const auto timing : {Timing::exact, Timing::grid}) compare({timing, false, false});
}
