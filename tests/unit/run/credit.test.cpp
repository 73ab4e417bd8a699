// SPDX-License-Identifier: BSD-3-Clause
// Credit in the engine: what changes nothing, what a description may say, and what phases do to it.
#include <catch2/catch.hpp>

#include <set>

#include "sim/core/error.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

using sim::Timing;
using sim::Value;

namespace {

/// Random trains onto neurons that a teacher teaches through hidden ones; sizes of several tiles.
sim::Description network(Timing timing, std::uint64_t hidden = 1300, std::uint64_t outputs = 900) {
    sim::Description d;
    d.name = "credit";
    d.run.duration = 90;
    d.run.timing = timing;
    auto draw = parts::numbers(5);
    const sim::Values cell{{"t_ref", Value::of(1)}};
    d.neurons = {parts::neurons("hidden", "lif_delta", hidden, cell),
                 parts::neurons("output", "lif_delta", outputs, cell)};
    d.sources = {parts::trains("in", parts::random_times(draw, 100, 0.1, 90)),
                 parts::trains("target", parts::random_times(draw, outputs, 0.05, 90))};
    const auto add = [&](const std::string& from, const std::string& to, Value weight) {
        auto one = parts::projection(from, to, std::move(weight), Value::uniform(0.5, 2));
        one.connector = "fixed_indegree";
        one.connector_params = {{"indegree", 12}};
        one.synapse = "signed_credit";
        one.synapse_params = {{"eta", Value::of(0.3)}};
        d.projections.push_back(one);
    };
    add("in", "hidden", Value::normal(2, 2));
    add("hidden", "output", Value::normal(2, 4));
    add("hidden", "hidden", Value::normal(0, 1));
    d.phases = {{"settle", 10, true, {"target"}, {}, {}, "image", 2},
                {"taught", 30, true, {}, {}, {}, "image", 1},
                {"tail", 5, true, {"target"}, {}, {}, "image", 1}};
    sim::CreditSpec output{"output"};
    output.teacher = {"target"};
    output.unit = 15;
    sim::CreditSpec hidden_credit{"hidden"};
    hidden_credit.unit = 15;
    hidden_credit.threshold = 0.01;
    hidden_credit.tau_c = 5;
    hidden_credit.tail = 4;
    d.credit = {output, hidden_credit};
    return d;
}

struct Shown {
    std::vector<std::tuple<std::size_t, std::uint32_t, sim::Step, double, double>> events;
    std::vector<double> synapses;
    std::vector<std::vector<float>> traces;
    std::vector<std::uint64_t> counts;
    bool operator==(const Shown&) const = default;
};

using Meddle = std::function<void(sim::Simulation&)>;

Shown show(const sim::Description& d, const parts::Manner& manner = {}, const Meddle& meddle = {}) {
    const sim::Network network(d, parts::catalogue(), manner.threads);
    sim::Simulation simulation(network, parts::catalogue(), {manner.threads});
    Shown result;
    simulation.watch_credit([&](const sim::RetrogradeEvent& one) {
        result.events.emplace_back(one.population, one.neuron, one.time.step, one.time.offset,
                                   one.amount);
    });
    sim::MemorySink sink;
    simulation.record(sink);
    for (const double stop : manner.stops) {
        simulation.advance(stop);
        if (meddle) meddle(simulation);
    }
    simulation.advance(d.run.duration);
    for (std::size_t p = 0; p < network.projections().size(); ++p)
        simulation.for_each_synapse(
            p, [&](std::uint64_t, std::uint64_t, std::span<const double> values, sim::Time) {
                result.synapses.insert(result.synapses.end(), values.begin(), values.end());
            });
    result.traces = sink.traces();
    result.counts = simulation.counters().retrograde;
    return result;
}

std::size_t events_of(const Shown& shown, std::size_t population) {
    return static_cast<std::size_t>(
        std::count_if(shown.events.begin(), shown.events.end(),
                      [&](const auto& one) { return std::get<0>(one) == population; }));
}

std::string problems(const sim::Description& d) {
    std::string all;
    for (const auto& one : sim::validate(d, parts::catalogue()))
        all += one.path + " " + one.text + "\n";
    return all;
}

}  // namespace

TEST_CASE("neither threads nor cuts change a bit of credit") {
    for (const auto timing : {Timing::exact, Timing::grid}) {
        auto d = network(timing);
        d.record.traces = {{"hidden", {"credit", "v"}, {0, 7, 700, 1299}, 0.5},
                           {"output", {"imbalance", "credit"}, {}, 1}};
        const auto one = show(d);
        CHECK(events_of(one, 0) > 1000);
        CHECK(events_of(one, 1) > 1000);
        CHECK(one.counts[0] == events_of(one, 0));
        CHECK(one.counts[1] == events_of(one, 1));
        CHECK(one == show(d, {2, {}}));
        CHECK(one == show(d, {4, {}}));
        CHECK(one == show(d, {1, {0.1, 7.3, 12.8, 40, 40.1, 66}}));
        CHECK(one == show(d, {3, {33.3}}));
    }
}

TEST_CASE("traces show what neurons hold") {
    auto d = network(Timing::exact, 40, 10);
    d.record.traces = {{"hidden", {"credit"}, {3, 21}, 0.5}, {"output", {"imbalance"}, {4}, 0.5}};
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {});
    sim::MemorySink sink;
    simulation.record(sink);
    std::vector<std::vector<float>> looked(2);
    for (double t = 0.5; t < 60; t += 0.5) {
        simulation.advance(t);
        for (const std::uint64_t k : {3, 21})
            looked[0].push_back(static_cast<float>(simulation.state(0, k, "credit")));
        looked[1].push_back(static_cast<float>(simulation.state(1, 4, "imbalance")));
    }
    simulation.advance(60);
    std::set<float> different;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& trace = sink.traces()[i];
        REQUIRE(trace.size() == looked[i].size() + (i == 0 ? 2 : 1));
        for (std::size_t k = 0; k < looked[i].size(); ++k)
            CHECK(trace[k + (i == 0 ? 2 : 1)] == looked[i][k]);
        different.insert(trace.begin(), trace.end());
    }
    CHECK(different.size() > 50);
}

TEST_CASE("a blocked population keeps its credit from others and still learns") {
    auto d = network(Timing::exact, 60, 20);
    const auto open = show(d);
    d.credit[0].blocked = true;
    const auto blocked = show(d);
    CHECK(events_of(open, 0) > 0);
    CHECK(events_of(blocked, 0) == 0);
    CHECK(events_of(blocked, 1) > 0);
    // Synapses onto hidden neurons, from 12 sources each, are as they were; those onto outputs are not.
    d.projections[0].synapse_params["eta"] = d.projections[1].synapse_params["eta"] =
        d.projections[2].synapse_params["eta"] = Value::of(0);
    const auto still = show(d).synapses;
    const auto changed = [&](std::size_t from, std::size_t to) {
        std::size_t n = 0;
        for (std::size_t k = from; k < to; k += 2) n += still[k] != blocked.synapses[k] ? 1 : 0;
        return n;
    };
    CHECK(changed(0, 2 * 60 * 12) == 0);
    CHECK(changed(2 * 60 * 12, 2 * 80 * 12) > 100);
}

TEST_CASE("nobody sends credit but while a teacher is there and in the tail") {
    auto d = network(Timing::exact, 60, 20);
    d.phases[0].reset = {"credit"};
    const auto shown = show(d);
    for (const auto& [population, neuron, step, offset, amount] : shown.events) {
        const double t = std::fmod(0.1 * static_cast<double>(step), 45);
        CHECK(t > 10 - 1e-9);
        if (population == 1) CHECK(t < 40 + 1e-9);
    }
}

TEST_CASE("a reset of credit loses what is held and what is under way") {
    auto d = network(Timing::exact, 60, 20);
    d.phases[0].reset = {"credit"};
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {});
    std::size_t events = 0;
    simulation.watch_credit([&](const sim::RetrogradeEvent&) { ++events; });
    const auto held = [&] {
        double sum = 0;
        for (std::uint64_t k = 0; k < 60; ++k) sum += std::abs(simulation.state(0, k, "credit"));
        for (std::uint64_t k = 0; k < 20; ++k) sum += std::abs(simulation.state(1, k, "imbalance"));
        return sum;
    };
    simulation.advance(39.9);
    CHECK(held() > 0.1);
    simulation.reset("credit");
    CHECK(held() == 0);
    const auto before = events;
    simulation.advance(40);  // the teacher leaves: no rest is left but of the last step
    CHECK(events <= before + 20);
    simulation.advance(44.9);
    simulation.advance(45);
    CHECK(held() == 0);  // the phase did it
}

TEST_CASE("events reach frozen synapses, which stay as they are, and credit goes on") {
    auto d = network(Timing::exact, 60, 20);
    const auto learned = show(d);
    for (auto& phase : d.phases)
        for (const auto& one : d.projections) phase.frozen.push_back(one.name);
    const auto frozen = show(d);
    CHECK(events_of(frozen, 0) > 0);
    d.phases[0].frozen = d.phases[1].frozen = d.phases[2].frozen = {};
    for (auto& one : d.projections) one.synapse_params["eta"] = Value::of(0);
    CHECK(show(d).events == frozen.events);
    CHECK(learned.events != frozen.events);
}

TEST_CASE("credit finds the synapses that a rewiring has made") {
    auto d = network(Timing::exact, 30, 10);
    d.projections.pop_back();
    d.credit[1].tau_c = d.credit[1].tail = 0;
    d.phases[0].reset = {"credit"};
    const auto none = [](sim::SynapseTable& table) {
        table.keep(std::vector<bool>(table.size(), false));
    };
    const auto cut =
        show(d, {1, {20}}, [&](sim::Simulation& one) { one.rewire("hidden_to_output", none); });
    // Outputs go on; what hidden neurons hold is gone when the teacher has left.
    for (const auto& [population, neuron, step, offset, amount] : cut.events)
        if (population == 0) CHECK(step < 500);
    const auto one_for_all = [](sim::SynapseTable& table) {
        table.keep(std::vector<bool>(table.size(), false));
        for (std::uint64_t k = 0; k < table.targets; ++k) table.add(3, k, {10, 0}, 5);
    };
    const auto joined = show(
        d, {1, {50}}, [&](sim::Simulation& one) { one.rewire("hidden_to_output", one_for_all); });
    std::set<std::uint32_t> senders;
    for (const auto& [population, neuron, step, offset, amount] : joined.events)
        if (population == 0 && step > 550) senders.insert(neuron);
    CHECK(senders == std::set<std::uint32_t>{3});
}

TEST_CASE("neurons teach, and a modulator that is named stands for credit") {
    auto d = network(Timing::exact, 30, 10);
    d.phases.clear();
    d.neurons.push_back(parts::neurons("teacher", "lif_delta", 10, {{"i_e", Value::of(400)}}));
    d.credit[0].teacher = {"teacher"};
    const auto shown = show(d);
    CHECK(events_of(shown, 1) > 20);
    CHECK(events_of(shown, 0) > 20);
    for (auto& one : d.projections) one.modulator = "nothing";
    d.modulators.emplace_back().name = "nothing";
    const auto deaf = show(d);
    d.modulators.clear();
    for (auto& one : d.projections) {
        one.modulator.clear();
        one.synapse_params["eta"] = Value::of(0);
    }
    CHECK(show(d).events == deaf.events);
}

TEST_CASE("mistakes about credit name their place and a remedy") {
    using Catch::Matchers::Contains;
    const auto d = network(Timing::exact, 30, 10);
    CHECK(problems(d).empty());
    const auto with = [&](const std::function<void(sim::Description&)>& change) {
        auto other = d;
        change(other);
        return problems(other);
    };
    CHECK_THAT(with([](auto& o) { o.credit[0].population = "outputs"; }),
               Contains("credit.outputs") && Contains("output"));
    CHECK_THAT(with([](auto& o) { o.credit[1].population = "output"; }),
               Contains("credit.output is given twice"));
    CHECK_THAT(
        with([](auto& o) { o.credit[0].teacher = {"in"}; }),
        Contains("credit.output.teacher = in: has 100 units: must have one for each of the 10"));
    CHECK_THAT(with([](auto& o) { o.credit[0].teacher = {"targets"}; }),
               Contains("credit.output.teacher") && Contains("target"));
    CHECK_THAT(with([](auto& o) { o.credit[0].teacher.clear(); }),
               Contains("credit.output.teacher is missing, here and in every other credit"));
    CHECK_THAT(with([](auto& o) { o.sources[1].to = {"output"}; }),
               Contains("credit.output.teacher = target: acts on the neurons of its `to`"));
    CHECK_THAT(with([](auto& o) { o.credit[0].threshold = 0; }),
               Contains("credit.output.threshold = 0: must be above 0"));
    CHECK_THAT(with([](auto& o) { o.credit[0].unit = -1; }), Contains("credit.output.unit = -1"));
    CHECK_THAT(with([](auto& o) { o.credit[0].unit_inh = 0; }),
               Contains("credit.output.unit_inh = 0"));
    CHECK_THAT(with([](auto& o) { o.credit[0].amount = NAN; }), Contains("credit.output.amount"));
    CHECK_THAT(with([](auto& o) { o.credit[1].tau_c = -1; }),
               Contains("credit.hidden.tau_c = -1 ms: must be at least 0"));
    CHECK_THAT(with([](auto& o) { o.credit[1].tail = -1; }),
               Contains("credit.hidden.tail = -1 ms"));
    CHECK_THAT(
        with([](auto& o) { o.credit[1].delay = 0.01; }),
        Contains("credit.hidden.delay = 0.01 ms: must be at least the resolution of 0.1 ms"));
    CHECK_THAT(
        with([](auto& o) {
            for (auto& one : o.projections) one.credit = false;
        }),
        Contains("credit.hidden has no teacher, and no projection onto neurons with credit"));
    CHECK_THAT(with([](auto& o) { o.credit.erase(o.credit.begin() + 1); }),
               Contains("projections.in_to_hidden.modulator is missing") &&
                   Contains("or the targets [credit.NAME]"));
    CHECK_THAT(with([](auto& o) {
                   o.record.traces = {{"hidden", {"imbalance"}, {}, 1}};
               }),
               Contains("record.traces.0.variables"));
    CHECK_THAT(with([](auto& o) {
                   o.credit.clear();
                   for (auto& one : o.projections) one.synapse = "static", one.synapse_params = {};
                   o.phases[0].reset = {"credit"};
               }),
               Contains("phases.0.reset = credit: no neurons have any"));
}
