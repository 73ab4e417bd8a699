// SPDX-License-Identifier: BSD-3-Clause
// Trains that are given while a network runs.
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/core/error.hpp"
#include "tests/contract/parts.hpp"

namespace {

constexpr double part = 50, end = 400;  // ms

/// Trains onto neurons that learn and spike; nothing in the last ms of a part, so that no spike of the
/// grid is of the part that follows.
std::vector<std::vector<double>> all_trains() {
    auto draw = parts::numbers(9);
    auto trains = parts::random_times(draw, 20, 0.1, end);
    for (auto& times : trains)
        std::erase_if(times, [](double t) { return std::fmod(t, part) > part - 1; });
    return trains;
}

std::vector<std::vector<double>> between(const std::vector<std::vector<double>>& all, double from,
                                         double to) {
    std::vector<std::vector<double>> result(all.size());
    for (std::size_t k = 0; k < all.size(); ++k)
        for (const double t : all[k])
            if (t >= from && t < to) result[k].push_back(t);
    return result;
}

sim::Description learner(std::vector<std::vector<double>> trains, sim::Timing timing) {
    sim::Description d;
    d.run.duration = end;
    d.run.timing = timing;
    d.sources = {parts::trains("pre", std::move(trains))};
    d.neurons = {parts::neurons("post", "lif_exp", 30, {})};
    auto learn =
        parts::projection("pre", "post", sim::Value::uniform(100, 150), sim::Value::uniform(1, 9));
    learn.synapse = "stdp_pair";
    learn.synapse_params = {{"w_max", sim::Value::of(200)}};
    d.projections = {learn};
    return d;
}

struct Result {
    std::vector<double> times, weights;
    std::vector<std::uint64_t> ids;
    bool operator==(const Result&) const = default;
};

template <class Advance>
Result run(const sim::Description& d, int threads, const Advance& advance) {
    const sim::Network network(d, parts::catalogue(), threads);
    sim::Simulation simulation(network, parts::catalogue(), {threads});
    sim::MemorySink sink;
    simulation.record(sink);
    advance(simulation);
    Result result{sink.spikes()[0].times, {}, sink.spikes()[0].ids};
    simulation.for_each_synapse(0, [&](std::uint64_t, std::uint64_t, std::span<const double> values,
                                       sim::Time) { result.weights.push_back(values[0]); });
    return result;
}

}  // namespace

TEST_CASE("trains given part by part are trains given at once, bit for bit", "[run]") {
    const auto timing = GENERATE(sim::Timing::exact, sim::Timing::grid);
    const auto all = all_trains();
    const auto expected = run(learner(all, timing), 1, [](auto& s) { s.advance(end); });
    CHECK(expected.times.size() > 300);
    for (const int threads : {1, 3}) {
        const auto found =
            run(learner(between(all, 0, part), timing), threads, [&](sim::Simulation& s) {
                for (double t = 0; t < end; t += part) {
                    if (t > 0) s.set_trains("pre", {between(all, t, t + part)});
                    s.advance(t + part);
                }
            });
        CHECK(found == expected);
    }
}

TEST_CASE("other trains take the place of what is left of the first", "[run]") {
    const auto all = all_trains();
    const auto cut =
        run(learner(between(all, 0, part), sim::Timing::exact), 1, [](auto& s) { s.advance(end); });
    const auto found = run(learner(all, sim::Timing::exact), 1, [](sim::Simulation& s) {
        s.advance(part);
        s.set_trains("pre", {std::vector<std::vector<double>>(20)});
        s.advance(end);
    });
    CHECK(found == cut);
}

TEST_CASE("trains that cannot be are refused", "[run]") {
    auto d = learner(all_trains(), sim::Timing::exact);
    sim::SourceSpec noise;
    noise.name = "noise";
    noise.model = "poisson";
    d.sources.push_back(noise);
    d.projections.push_back(
        parts::projection("noise", "post", sim::Value::of(1), sim::Value::of(1)));
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    simulation.advance(10);
    using Trains = std::vector<std::vector<double>>;
    auto early = Trains(20);
    early[3] = {12, 9.5};
    CHECK_THROWS_WITH(simulation.set_trains("pre", {early}),
                      "sources.pre: time 9.5 ms is before 10 ms, now");
    CHECK_THROWS_WITH(simulation.set_trains("pre", {Trains(19)}),
                      "sources.pre: 19 trains for 20 units");
    CHECK_THROWS_AS(simulation.set_trains("noise", {Trains(1)}), sim::BadNetwork);
    CHECK_THROWS_AS(simulation.set_trains("pro", {Trains(20)}), sim::UnknownName);
}
