// SPDX-License-Identifier: BSD-3-Clause
// How neurons are cut into tiles, which follows the threads, changes no bit of any state.

#include <catch2/catch.hpp>

#include "tests/contract/parts.hpp"

using sim::Timing;
using sim::Value;

namespace {

/// Two populations that share tiles, of sizes that are no multiples of anything, wired at random.
/// `inputs`: per neuron and ms, from Poisson drives; 0: a train reaches some neurons now and then.
/// `is_mixed`: population and drive have weights of both signs, of which a tile may have one alone.
sim::Description wired(const std::string& model, Timing timing, bool has_random_delays,
                       double inputs, bool is_mixed) {
    sim::Description d;
    d.run.timing = timing;
    d.run.duration = 12;
    d.neurons = {parts::neurons("a", model, 3001, {}), parts::neurons("b", model, 1111, {})};
    for (auto& population : d.neurons) population.initial["v"] = Value::uniform(-65, -49);
    const double strength = model == "lif_cond_exp" ? 3 : model == "lif_delta" ? 0.7 : 90;
    if (inputs > 0)
        d.sources.push_back(
            {"s",
             "poisson_background",
             1,
             {{"rate", Value::of(1e3 * inputs)}},
             {"a", "b"},
             is_mixed ? Value::normal(strength / 4, strength / 8) : Value::of(strength / 4),
             {},
             {},
             {}});
    else {
        auto draw = parts::numbers(9);
        d.sources.push_back(parts::trains("s", parts::random_times(draw, 5, 0.2, 12)));
        d.projections.push_back(parts::projection("s", "a", Value::of(strength), Value::of(1)));
        d.projections.back().connector = "fixed_indegree";
        d.projections.back().connector_params["indegree"] = 1;
    }
    const auto delay = has_random_delays ? Value::uniform(0.15, 3) : Value::of(0.7);
    const auto wire = [&](const char* from, const char* to, double low, double high) {
        d.projections.push_back(parts::projection(from, to, Value::uniform(low, high), delay));
        d.projections.back().connector = "fixed_indegree";
        d.projections.back().connector_params["indegree"] = 60;
    };
    wire("a", "a", 0, strength / 3);
    if (is_mixed) wire("a", "b", -strength / 3, 0);
    else wire("a", "b", 0, strength / 3);
    for (const char* to : {"a", "b"})
        if (is_mixed) wire("b", to, 0, strength / 2);
        else wire("b", to, -strength, 0);
    return d;
}

struct Outcome {
    std::size_t tiles;
    std::uint64_t spikes;
    std::vector<double> states;
    bool operator==(const Outcome& other) const {
        return spikes == other.spikes && states == other.states;
    }
};

Outcome run(const sim::Description& d, int threads) {
    const sim::Network network(d, parts::catalogue(), threads);
    sim::Simulation simulation(network, parts::catalogue(), {threads});
    simulation.advance(d.run.duration);
    Outcome outcome{network.tiles().size(), simulation.counters().neuron_spikes, {}};
    for (std::size_t i = 0; i < 2; ++i)
        for (std::uint64_t k = 0; k < network.populations()[i].size; ++k)
            for (const auto& state : network.model(network.populations()[i]).states)
                outcome.states.push_back(simulation.state(i, k, state.name));
    return outcome;
}

}  // namespace

TEST_CASE("tiles change no bit of any state", "[determinism]") {
    const std::string model =
        GENERATE(as<std::string>{}, "lif_exp", "lif_alpha", "lif_delta", "lif_cond_exp");
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    const bool has_random_delays = GENERATE(false, true);
    const double inputs = GENERATE(0.0, 12.0);
    const bool is_mixed = GENERATE(false, true);
    if (is_mixed && model != "lif_exp" && model != "lif_delta") return;  // two ports, and one
    CAPTURE(model, timing == Timing::exact, has_random_delays, inputs, is_mixed);
    const auto d = wired(model, timing, has_random_delays, inputs, is_mixed);
    const auto one = run(d, 1);
    CHECK(one.spikes > 100);
    for (const int threads : {2, 3, 8}) {
        CAPTURE(threads);
        const auto more = run(d, threads);
        CHECK(more.tiles > one.tiles);
        CHECK(more == one);
    }
}

TEST_CASE("nor does it change tables of flows", "[determinism]") {
    const bool is_same_flow = GENERATE(true, false);
    CAPTURE(is_same_flow);
    constexpr std::size_t size = 3000;
    sim::Values params;
    if (is_same_flow) {  // tables are rounded as the constant current is that they are made with
        params["i_e"] = Value::uniform(100, 400);
    } else {  // more flows than tables are made of in all, but not in every tile
        std::vector<double> tau_m(size, 10.0);
        for (std::size_t k = size / 2; k < size; ++k) tau_m[k] = 8 + 0.01 * static_cast<double>(k);
        params["tau_m"] = Value::of(tau_m);
    }
    const double rate = GENERATE(100, 5000);  // lists, and sums if the flow is the same
    CAPTURE(rate);
    sim::Description d;
    d.run.duration = 30;
    d.neurons = {parts::neurons("a", "lif_exp", size, params),
                 parts::neurons("b", "lif_exp", 10, {})};
    d.sources.push_back({"s",
                         "poisson_background",
                         1,
                         {{"rate", Value::of(rate)}},
                         {"a", "b"},
                         Value::of(100000 / rate),
                         {},
                         {},
                         {}});
    const auto one = run(d, 1);
    CHECK(one.spikes > 100);
    for (const int threads : {2, 3}) {
        CAPTURE(threads);
        const auto more = run(d, threads);
        CHECK(more.tiles > one.tiles);
        CHECK(more == one);
    }
}
