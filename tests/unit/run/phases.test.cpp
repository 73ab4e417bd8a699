// SPDX-License-Identifier: BSD-3-Clause
// Phases of learning: trials, rules at rest, resets, and what keeps weights in bounds.
#include <catch2/catch.hpp>

#include <cmath>
#include <map>

#include "sim/core/error.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

namespace {

/// Sources at 50 Hz onto neurons that a teacher fires at 20 Hz; additive pair STDP.
sim::Description learner(double weight = 1e-9) {
    sim::Description d;
    d.name = "learner";
    d.run.duration = 600;
    auto draw = parts::numbers(3);
    d.sources.push_back(parts::trains("pre", parts::random_times(draw, 20, 0.05, 600)));
    d.sources.push_back(parts::trains("teacher", parts::random_times(draw, 30, 0.02, 600)));
    d.neurons.push_back(
        parts::neurons("post", "lif_delta", 30, {{"t_ref", sim::Value::of(0.0)}}));
    auto teach = parts::projection("teacher", "post", sim::Value::of(1000), sim::Value::of(1));
    teach.connector = "one_to_one";
    d.projections.push_back(teach);
    auto learn = parts::projection("pre", "post", sim::Value::of(weight), sim::Value::of(1.5));
    learn.name = "learn";
    learn.synapse = "stdp_pair";
    learn.synapse_params = {{"w_max", sim::Value::of(4e-9)}, {"lambda", sim::Value::of(0.02)}};
    d.projections.push_back(learn);
    return d;
}

using Weights = std::map<std::pair<std::uint64_t, std::uint64_t>, double>;

Weights weights(const sim::Simulation& simulation) {
    Weights result;
    simulation.for_each_synapse(1, [&](std::uint64_t source, std::uint64_t target,
                                       std::span<const double> values, sim::Time) {
        result[{source, target}] = values[0];
    });
    return result;
}

/// Weights at the ends of some stretches.
std::vector<Weights> run(const sim::Description& d, const std::vector<double>& ends,
                         int threads = 1) {
    const sim::Network network(d, parts::catalogue(), threads);
    sim::Simulation simulation(network, parts::catalogue(), {threads});
    std::vector<Weights> result;
    for (const double end : ends) {
        simulation.advance(end);
        result.push_back(weights(simulation));
    }
    return result;
}

std::map<std::uint64_t, double> sums(const Weights& weights, bool by_target) {
    std::map<std::uint64_t, double> result;
    for (const auto& [synapse, weight] : weights)
        result[by_target ? synapse.second : synapse.first] += std::abs(weight);
    return result;
}

}  // namespace

TEST_CASE("a frozen projection keeps its weights, and learns again after its phase") {
    auto d = learner();
    d.phases = {{"learn", 200, true, {}}, {"test", 200, true, {}, {"learn"}}, {"on", 200, true, {}}};
    const auto at = run(d, {200, 300, 400, 600});
    CHECK(at[0] == at[1]);
    CHECK(at[1] == at[2]);
    CHECK(at[2] != at[3]);
}

TEST_CASE("a trial is repeated as a whole") {
    auto d = learner();
    d.phases = {{"show", 70, true, {}, {}, {}, "image", 3},
                {"rest", 30, true, {"pre"}, {}, {}, "image", 1},
                {"after", 300, true, {}}};
    const sim::Clock clock(d.run.resolution);
    const auto spans = sim::phase_spans(d, clock);
    REQUIRE(spans.size() == 7);
    CHECK(spans[4].phase == 0);
    CHECK(spans[4].trial == 2);
    CHECK(clock.ms(spans[4].begin) == 200);
    CHECK(clock.ms(spans[6].end) == sim::total_duration(d.phases));
    d.record.all_spikes = false;
    d.record.spikes = {"pre"};
    const auto spikes = parts::spikes(d)[0].times;
    for (const double t : spikes)
        if (t < 300) CHECK(std::fmod(t, 100) < 70);
    CHECK(std::count_if(spikes.begin(), spikes.end(), [](double t) { return t > 200 && t < 270; }) > 0);
}

TEST_CASE("a phase resets what it names and nothing else") {
    auto d = learner();
    d.neurons[0].initial = {{"v", sim::Value::of(-58.5)}};
    d.phases = {{"first", 200, true, {}}, {"second", 400, true, {}, {}, {"post.v"}}};
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {});
    const auto post = network.population("post");
    simulation.advance(150);
    CHECK(simulation.state(post, 3, "v") != -58.5);
    simulation.advance(200);
    CHECK(simulation.state(post, 3, "v") == -58.5);
    simulation.advance(250);
    CHECK(simulation.state(post, 3, "v") != -58.5);
    const auto before = weights(simulation);
    simulation.reset("neurons");
    CHECK(simulation.state(post, 3, "v") == -58.5);
    CHECK(weights(simulation) == before);
    CHECK_THROWS_AS(simulation.reset("post.u"), sim::UnknownName);
    CHECK_THROWS_AS(simulation.reset("nobody"), sim::UnknownName);
}

TEST_CASE("without traces a spike pairs with none of before") {
    auto d = learner();
    // One pair across the border of two phases.
    d.sources[0].trains = std::make_shared<sim::SpikeTrains>(
        sim::SpikeTrains{std::vector<std::vector<double>>(20, {95.0})});
    d.sources[1].trains = std::make_shared<sim::SpikeTrains>(
        sim::SpikeTrains{std::vector<std::vector<double>>(30, {104.0})});
    d.phases = {{"first", 100, true, {}}, {"second", 500, true, {}}};
    CHECK(run(d, {600})[0] != run(d, {100})[0]);
    d.phases[1].reset = {"traces"};
    CHECK(run(d, {600})[0] == run(d, {100})[0]);
}

TEST_CASE("spikes under way are lost where a phase says so") {
    auto d = learner();
    d.phases = {{"first", 300, true, {}}, {"second", 300, true, {}}};
    const auto all = parts::count(parts::spikes(d));
    d.sources[1].trains = std::make_shared<sim::SpikeTrains>(
        sim::SpikeTrains{std::vector<std::vector<double>>(30, {299.5})});
    CHECK(parts::count(parts::spikes(d)) == 30);
    d.phases[1].reset = {"spikes"};
    CHECK(parts::count(parts::spikes(d)) == 0);
    CHECK(all > 30);
}

TEST_CASE("homeostasis scales sums of weights at intervals, for any number of threads") {
    for (const std::string kind : {"incoming", "outgoing"}) {
        auto d = learner();
        sim::HomeostasisSpec spec;
        spec.projection = "learn";
        spec.kind = kind;
        spec.every = 100;
        spec.total = 2e-8;
        d.homeostasis = {spec};
        const auto at = run(d, {250, 300.1});
        // After the interval nothing but a tenth of a millisecond has passed.
        std::size_t exact = 0;
        for (const auto& [id, sum] : sums(at[1], kind == "incoming"))
            exact += std::abs(sum - spec.total) < 1e-3 * spec.total ? 1 : 0;
        CHECK(exact >= sums(at[1], kind == "incoming").size() / 2);
        double off = 0;
        for (const auto& [id, sum] : sums(at[0], kind == "incoming"))
            off = std::max(off, std::abs(sum - spec.total));
        CHECK(off > 1e-3 * spec.total);
        CHECK(run(d, {600}, 1) == run(d, {600}, 3));
    }
}

TEST_CASE("homeostasis without an interval acts at the end of every phase, the last one too") {
    auto d = learner();
    sim::HomeostasisSpec spec;
    spec.projection = "learn";
    spec.kind = "incoming";
    spec.total = 2e-8;
    d.homeostasis = {spec};
    d.phases = {{"trial", 150, true, {}, {}, {}, "", 4}};
    for (const auto& [target, sum] : sums(run(d, {600})[0], true))
        // Rounding of 20 terms; a synapse at its bound of 4e-9 would break it.
        CHECK(sum == Approx(spec.total).epsilon(1e-12));
}

TEST_CASE("synaptic scaling follows its equation") {
    auto d = learner();
    d.projections[1].synapse_params["lambda"] = sim::Value::of(0.0);
    sim::HomeostasisSpec spec;
    spec.projection = "learn";
    spec.kind = "scaling";
    spec.every = 100;
    spec.rate = 15;
    spec.tau = 2000;
    d.homeostasis = {spec};
    sim::MemorySink sink;
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {});
    simulation.record(sink);
    simulation.advance(600);
    // Looked at the begin of a window, so not at the end of the run.
    std::vector<double> expected(30, 1e-9);
    for (int look = 1; look <= 5; ++look)
        for (std::uint64_t k = 0; k < 30; ++k) {
            double spikes = 0;
            for (std::size_t i = 0; i < sink.spikes()[0].times.size(); ++i)
                if (sink.spikes()[0].ids[i] == k && sink.spikes()[0].times[i] < 100 * look &&
                    sink.spikes()[0].times[i] >= 100 * (look - 1))
                    ++spikes;
            expected[k] *= 1 + spec.every / spec.tau * (1 - spikes * 10 / spec.rate);
        }
    for (const auto& [synapse, weight] : weights(simulation))
        CHECK(weight == Approx(expected[synapse.second]).epsilon(1e-12));
}

TEST_CASE("homeostasis acts once at an interval, whatever else happens at that moment") {
    auto d = learner();
    sim::HomeostasisSpec spec;
    spec.projection = "learn";
    spec.kind = "scaling";
    spec.every = 100;
    spec.rate = 15;
    spec.tau = 500;
    d.homeostasis = {spec};
    const auto plain = run(d, {550})[0];
    d.phases = {{"a", 200, true, {}}, {"b", 400, true, {}}};
    CHECK(run(d, {550})[0] == plain);
}

TEST_CASE("mistakes in what concerns learning are located") {
    auto d = learner();
    d.phases = {{"a", 300, true, {}, {"teach"}, {"weights"}}, {"b", 300, true, {}}};
    d.homeostasis = {{"learn", "balance"}};
    d.projections[1].axonal_delay = 1.5;
    std::map<std::string, std::string> found;
    for (const auto& problem : sim::validate(d, parts::catalogue()))
        found[problem.path] = problem.text;
    CHECK(found.contains("phases.0.frozen"));
    CHECK(found.contains("phases.0.reset"));
    CHECK(found.contains("homeostasis.0.kind"));
    CHECK(found.contains("projections.learn.axonal_delay"));
    CHECK(found.size() == 4);
}

TEST_CASE("a reset neuron goes the way of its start again, bit by bit") {
    const auto timing = GENERATE(sim::Timing::grid, sim::Timing::exact);
    const std::string model = GENERATE(as<std::string>{}, "hodgkin_huxley", "exp_if", "lif_exp");
    CAPTURE(model, timing == sim::Timing::grid);
    sim::Description d;
    d.run.timing = timing;
    d.run.duration = 200;
    const double current = model == "hodgkin_huxley" ? 300 : 600;  // pA, for some spikes
    d.neurons.push_back(parts::neurons(
        "a", model, 9, {{"i_e", sim::Value::uniform(0.5 * current, 1.5 * current)}}));
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    const auto states = [&] {
        std::vector<double> result;
        for (std::uint64_t k = 0; k < 9; ++k)
            for (const auto& state : network.model(network.populations()[0]).states)
                result.push_back(simulation.state(0, k, state.name));
        return result;
    };
    simulation.advance(50);
    const auto spikes = simulation.counters().neuron_spikes;
    const auto first = states();
    simulation.reset("neurons");
    // On the grid nothing flows over the very first step.
    simulation.advance(timing == sim::Timing::grid ? 99.9 : 100);
    CHECK(spikes > 20);
    CHECK(simulation.counters().neuron_spikes == 2 * spikes);
    CHECK(states() == first);
}
