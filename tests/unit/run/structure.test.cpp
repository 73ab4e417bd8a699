// SPDX-License-Identifier: BSD-3-Clause
// Rewiring of plastic projections, and phases that stop early.
#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <set>

#include "data/formats/spike_hash.hpp"
#include "sim/core/error.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

namespace {

/// A recurrent network in which plastic weights decide about spikes.
sim::Description recurrent(sim::Timing timing) {
    sim::Description d;
    d.name = "recurrent";
    d.run.duration = 200;
    d.run.timing = timing;
    d.neurons = {parts::neurons("exc", "lif_exp", 400, {{"i_e", sim::Value::uniform(350, 560)}})};
    auto one = parts::projection(
        "exc", "exc", sim::Value::of(40),
        timing == sim::Timing::grid ? sim::Value::uniform(0.5, 3) : sim::Value::of(1.5));
    one.connector = "fixed_indegree";
    one.connector_params = {{"indegree", 20}, {"multapses", 0}, {"autapses", 0}};
    one.synapse = "stdp_pair";
    one.synapse_params = {{"w_max", sim::Value::of(80)}, {"lambda", sim::Value::of(0.1)}};
    d.projections = {one};
    return d;
}

struct Outcome {
    std::string spikes;  // hash
    std::map<std::pair<std::uint64_t, std::uint64_t>, double> weights;
    bool operator==(const Outcome&) const = default;
};

/// `prepare`, if given, is called before the first step.
Outcome run(const sim::Description& d, int threads,
            const std::function<void(sim::Simulation&)>& prepare = {}) {
    const sim::Network network(d, parts::catalogue(), threads);
    sim::Simulation simulation(network, parts::catalogue(), {threads});
    data::SpikeHash sink;
    simulation.record(sink);
    if (prepare) prepare(simulation);
    simulation.advance(d.run.duration);
    sink.end(sim::ExitState::complete);
    Outcome result{sink.hex(), {}};
    simulation.for_each_synapse(0, [&](std::uint64_t source, std::uint64_t target,
                                       std::span<const double> values, sim::Time) {
        result.weights[{source, target}] = values[0];
    });
    return result;
}

}  // namespace

TEST_CASE("a rewired network is the network built so") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid}) {
        const auto d = recurrent(timing);
        // Other synapses, most of them onto few neurons, so that whole tiles may have none.
        auto edges = std::make_shared<sim::EdgeList>();
        std::vector<double> weights, delays;
        auto draw = parts::numbers(5);
        std::set<std::pair<std::uint64_t, std::uint64_t>> taken;
        while (edges->source.size() < 6000) {
            const auto source = static_cast<std::uint64_t>(400 * draw.uniform());
            const auto target = static_cast<std::uint64_t>(400 * std::pow(draw.uniform(), 3));
            if (!taken.emplace(source, target).second) continue;
            edges->source.push_back(source);
            edges->target.push_back(target);
            weights.push_back(20 + 40 * draw.uniform());
            delays.push_back(
                timing == sim::Timing::exact ? 1.5 : 0.1 * std::round(6 + 20 * draw.uniform()));
        }
        auto built = d;
        built.projections[0].connector = "edge_list";
        built.projections[0].connector_params = {};
        built.projections[0].edges = edges;
        built.projections[0].weight = sim::Value::of(weights);
        built.projections[0].delay = sim::Value::of(delays);
        const auto expected = run(built, 1);
        CHECK(expected.spikes != run(d, 1).spikes);

        const sim::Clock clock(d.run.resolution);
        for (const int threads : {1, 3}) {
            const auto rewired = run(d, threads, [&](sim::Simulation& simulation) {
                simulation.rewire(d.projections[0].name, [&](sim::SynapseTable& table) {
                    CHECK(table.size() == 8000);
                    table.keep(std::vector<bool>(table.size(), false));
                    for (std::size_t k = 0; k < weights.size(); ++k)
                        table.add(edges->source[k], edges->target[k], clock.split(delays[k]),
                                  weights[k]);
                });
            });
            INFO(threads << " threads");
            CHECK(rewired == expected);
        }
    }
}

TEST_CASE("a rewiring cannot make synapses that the projection could not have") {
    const auto d = recurrent(sim::Timing::exact);
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    const auto add = [&](std::uint64_t source, const sim::Time& delay) {
        simulation.rewire(d.projections[0].name,
                          [&](sim::SynapseTable& table) { table.add(source, 3, delay, 1); });
    };
    CHECK_THROWS_AS(add(400, {15, 0}), sim::BadNetwork);
    CHECK_THROWS_AS(add(7, {16, 0}), sim::BadNetwork);
    CHECK_THROWS_AS(simulation.rewire("none", [](sim::SynapseTable&) {}), sim::UnknownName);
}

TEST_CASE("weak synapses are replaced by new ones at the ends of phases") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid}) {
        auto d = recurrent(timing);
        d.phases = {{"grow", 50, true, {}, {}, {}, "", 4}};
        d.structure = {{d.projections[0].name, 30, true, 42}};
        d.record.weights = {{d.projections[0].name, 10, 300}};

        const sim::Network network(d, parts::catalogue(), 1);
        sim::Simulation simulation(network, parts::catalogue(), {1});
        sim::MemorySink sink;
        simulation.record(sink);
        const auto all = [&] {
            std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<double, double>> result;
            simulation.for_each_synapse(0, [&](std::uint64_t source, std::uint64_t target,
                                               std::span<const double> values, sim::Time delay) {
                result[{source, target}] = {values[0], network.clock().ms(delay)};
            });
            return result;
        };
        const auto at_start = all();
        simulation.advance(49.9);
        const auto before = all();
        simulation.advance(50);
        const auto after = all();
        CHECK(after.size() == before.size());
        std::multiset<double> delays_before, delays_after;
        std::size_t pruned = 0, grown = 0;
        for (const auto& [pair, one] : before) {
            delays_before.insert(one.second);
            pruned += after.contains(pair) ? 0 : 1;
        }
        for (const auto& [pair, one] : after) {
            delays_after.insert(one.second);
            CHECK(one.first >= 30);
            if (before.contains(pair)) continue;
            ++grown;
            CHECK(one.first == 42);
            CHECK(pair.first != pair.second);
        }
        CHECK(pruned == grown);
        CHECK(grown > 20);
        CHECK(grown < before.size() / 2);
        CHECK(delays_before == delays_after);
        simulation.advance(200);
        CHECK(all() != after);
        CHECK(all().size() == at_start.size());
        sink.end(sim::ExitState::complete);
        // What is watched and gone has no weight.
        const auto& column = sink.weights()[0];
        CHECK(std::count(column.weights.begin(), column.weights.end(), 0.0) > 0);

        CHECK(run(d, 3) == run(d, 1));
        d.structure[0].regrow = false;
        CHECK(run(d, 2).weights.size() < at_start.size());
    }
}

TEST_CASE("new synapses of an inhibitory projection are inhibitory") {
    auto d = recurrent(sim::Timing::grid);
    d.projections[0].weight = sim::Value::of(-40);
    d.phases = {{"grow", 50, true, {}, {}, {}, "", 4}};
    d.structure = {{d.projections[0].name, 30, true, 42}};
    std::size_t grown = 0;
    for (const auto& [pair, weight] : run(d, 1).weights) {
        CHECK(weight < 0);
        grown += weight == -42 ? 1 : 0;
    }
    CHECK(grown > 0);
}

namespace {

/// A phase of learning that may stop early, and a test.
sim::Description stopping(const sim::StopSpec& stop, std::uint64_t repeat = 1) {
    auto d = recurrent(sim::Timing::exact);
    d.phases = {{"learn", 120.0 / static_cast<double>(repeat), false, {}, {}, {}, "", repeat, stop},
                {"test", 80, true, {}}};
    return d;
}

/// When the time is over that a phase of learning takes: 120 ms, or earlier.
double stops_at(const sim::Description& d) {
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    for (double t = 0.1; t < 120; t += 0.1) {
        simulation.advance(t);
        if (simulation.time() > t + 1) return t;
    }
    return 120;
}

}  // namespace

TEST_CASE("a phase stops early where its condition is met") {
    sim::StopSpec fires{30, "", 0, "exc", 0.0, {}};
    // Looked at after the first 30 ms, and then passed over at the next step.
    CHECK(stops_at(stopping(fires)) == Approx(30.1));
    CHECK(stops_at(stopping(fires, 4)) == Approx(30).margin(0.11));
    auto silent = fires;
    silent.rate_above.reset();
    silent.rate_below = 0.0;
    CHECK(stops_at(stopping(silent)) == 120);
    sim::StopSpec settled{30, "exc_to_exc", 1e-9, "", {}, {}};
    auto d = stopping(settled);
    REQUIRE(d.projections[0].name == "exc_to_exc");
    CHECK(stops_at(d) == 120);
    d.projections[0].synapse_params["lambda"] = sim::Value::of(0.0);
    CHECK(stops_at(d) == Approx(30.1));
}

TEST_CASE("weights that were rewired since the last look have not settled") {
    auto d = stopping({30, "exc_to_exc", 1e300, "", {}, {}}, 4);
    CHECK(stops_at(d) == Approx(30).margin(0.11));
    d.structure = {{"exc_to_exc", 39, false, 0}};
    CHECK(stops_at(d) > 31);
}

TEST_CASE("time that is passed over changes no weight and leaves no gap in the record") {
    const auto d = stopping({30, "", 0, "exc", 0.0, {}});
    const sim::Network network(d, parts::catalogue(), 1);
    const auto weights = [](const sim::Simulation& simulation) {
        std::vector<double> result;
        simulation.for_each_synapse(
            0, [&](std::uint64_t, std::uint64_t, std::span<const double> values, sim::Time) {
                result.push_back(values[0]);
            });
        return result;
    };
    sim::Simulation simulation(network, parts::catalogue(), {1});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(30);
    const auto before = weights(simulation);
    const auto spikes = simulation.counters().neuron_spikes;
    simulation.advance(100);
    CHECK(simulation.time() == 120);
    const auto weights_now = weights(simulation);
    // A look sums the traces of several spikes in another order.
    for (std::size_t k = 0; k < before.size(); ++k)
        CHECK(weights_now[k] == Approx(before[k]).epsilon(1e-14));
    CHECK(simulation.counters().neuron_spikes == spikes);
    simulation.advance(200);
    sink.end(sim::ExitState::complete);
    CHECK(weights(simulation) != before);
    const auto& times = sink.spikes()[0].times;
    REQUIRE(times.size() > 100);
    CHECK(*std::min_element(times.begin(), times.end()) < 123);
    CHECK(run(d, 3) == run(d, 1));
}

TEST_CASE("mistakes in rewiring and stop conditions are located") {
    auto d = recurrent(sim::Timing::exact);
    d.run.duration = 300;
    d.phases = {
        {"a", 100, true, {}, {}, {}, "", 1, sim::StopSpec{30, "", 0, "exc", 0.0, {}}},
        {"b", 100, false, {}, {}, {}, "", 1, sim::StopSpec{}},
        {"c", 100, false, {}, {}, {}, "", 1, sim::StopSpec{30, "exc_to_exc", 0, "", {}, {}}}};
    d.structure = {{"exc_to_exc", 3, true, 2}, {"nothing", -1, false}};
    std::set<std::string> found;
    for (const auto& problem : sim::validate(d, parts::catalogue())) found.insert(problem.path);
    CHECK(found == std::set<std::string>{"phases.0.stop", "phases.1.stop", "phases.2.stop.change",
                                         "structure.0.weight", "structure.1.projection",
                                         "structure.1.prune_below"});
}
