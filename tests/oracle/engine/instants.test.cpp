// SPDX-License-Identifier: BSD-3-Clause
// What happens at one instant, at the edges of steps, and through odd wires.

#include <cmath>

#include "tests/oracle/engine/compare.hpp"

using sim::Timing;
using sim::Value;

namespace {

/// A membrane that keeps what it gets: leak and rounding far below the weights.
sim::NeuronsSpec integrator(const std::string& name, std::uint64_t size, double t_ref) {
    return parts::neurons(name, "lif_delta", size,
                          {{"tau_m", Value::of(1e12)}, {"t_ref", Value::of(t_ref)},
                           {"e_l", Value::of(0)}, {"v_reset", Value::of(0)},
                           {"v_th", Value::of(1)}});
}

sim::Description with(Timing timing, double duration) {
    sim::Description d;
    d.run.timing = timing;
    d.run.duration = duration;
    return d;
}

sim::ProjectionSpec edges(const std::string& name, std::vector<std::uint64_t> source,
                          std::vector<std::uint64_t> target, double weight, double delay) {
    auto spec = parts::projection(name, name, Value::of(weight), Value::of(delay));
    spec.connector = "edge_list";
    spec.edges = std::make_shared<const sim::EdgeList>(
        sim::EdgeList{std::move(source), std::move(target)});
    return spec;
}

}  // namespace

TEST_CASE("arrivals of one instant are summed before the test", "[oracle][engine]") {
    auto d = with(GENERATE(Timing::exact, Timing::grid), 5);
    d.neurons = {integrator("n", 1, 2)};
    // 1.0 + 1.5 = 1.2 + 1.3 on the lattice, though not in doubles.
    d.sources = {parts::trains("up", {{1.0}}), parts::trains("down", {{1.2}})};
    const double down = GENERATE(-2.0, -0.5);
    d.projections = {parts::projection("up", "n", Value::of(2), Value::of(1.5)),
                     parts::projection("down", "n", Value::of(down), Value::of(1.3))};
    const auto times = parts::spikes(d).at(0).times;
    if (down == -2.0) CHECK(times.empty());
    else CHECK(times == std::vector<double>{2.5});
    oracle::check_equal(oracle::compare(d), 1e-12, 1e-9);
}

TEST_CASE("an input at the end of the refractory period is heard", "[oracle][engine]") {
    auto d = with(GENERATE(Timing::exact, Timing::grid), 20);
    d.neurons = {integrator("n", 1, 2.5)};
    // The spike of 1 + 0.37 ms frees the neuron at 3.87 ms.
    const double delay = GENERATE(0.37, 0.4);
    d.sources = {parts::trains("s", {{1.0, 3.5, 3.6, 9.0}})};
    d.projections = {parts::projection("s", "n", Value::of(1.5), Value::of(delay))};
    const auto found = parts::spikes(d).at(0).times;
    const bool exact = d.run.timing == Timing::exact;
    // Grid: the step at the end is the last that is held, and the next input comes one step later.
    REQUIRE(found.size() == 3);
    const double lattice_delay = exact ? delay : 0.4;
    CHECK(found[1] == Approx((exact ? 3.5 : 3.6) + lattice_delay).epsilon(1e-15));
    oracle::check_equal(oracle::compare(d), 1e-12, 1e-9);
}

TEST_CASE("a neuron fires many times within a step", "[oracle][engine]") {
    auto d = with(Timing::exact, 200);
    d.run.resolution = GENERATE(0.5, 2);
    d.neurons = {
        parts::neurons("n", GENERATE("lif_exp", "lif_alpha", "glif"), 1,
                       {{"t_ref", Value::of(GENERATE(0.0, 0.13))}, {"i_e", Value::of(9000)},
                        {"tau_syn_exc", Value::of(0.4)}})};
    d.sources = {parts::trains("s", {{10, 11.3, 50.5, 50.50001, 90}})};
    d.projections = {parts::projection("s", "n", Value::of(3000), Value::of(2.25))};
    CHECK(parts::count(parts::spikes(d)) > 200);
    oracle::check_equal(oracle::compare(d), 1e-9, 1e-9);
}

TEST_CASE("autapses and multapses carry every spike as often as they are there",
          "[oracle][engine]") {
    auto d = with(GENERATE(Timing::exact, Timing::grid), 30);
    d.neurons = {integrator("n", 3, 0.2)};
    // 0 to itself twice and to 1 three times, 1 to 2 and back.
    d.projections = {edges("n", {0, 0, 0, 0, 0, 1, 2}, {0, 0, 1, 1, 1, 2, 1},
                           GENERATE(0.5, 0.34, 1.0), GENERATE(0.1, 0.2, 1.7))};
    d.sources = {parts::trains("s", {{0.5, 1.25, 7}, {}, {}})};
    d.projections.push_back(parts::projection("s", "n", Value::of(1.1), Value::of(1)));
    d.projections.back().connector = "one_to_one";
    CHECK(parts::count(parts::spikes(d)) >= 3);
    oracle::check_equal(oracle::compare(d), 1e-12, 1e-9);
}

TEST_CASE("delays below, at and above whole steps act where they say", "[oracle][engine]") {
    auto d = with(Timing::exact, 20);
    d.neurons = {parts::neurons("a", "relay", 1, {}), parts::neurons("b", "relay", 1, {})};
    d.sources = {parts::trains("s", {{0, 0.05, 0.0999999999, 3.97}})};
    const double delay = GENERATE(0.1, 0.1000001, 0.15, 0.19999999, 0.2, 12.345);
    d.projections = {parts::projection("s", "a", Value::of(1), Value::of(0.1)),
                     parts::projection("a", "b", Value::of(1), Value::of(delay))};
    const auto found = parts::spikes(d);
    REQUIRE(found.at(1).times.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(found[1].times[i] == Approx(found[0].times[i] + delay).epsilon(1e-14));
    oracle::check_equal(oracle::compare(d), 1e-12, 1e-9);
}

TEST_CASE("spikes at the very end of steps and windows reach their targets", "[oracle][engine]") {
    // The rate is such that every 10 ms a phase is full, up to rounding on either side of the step.
    auto d = with(Timing::exact, 1000.5);
    d.run.resolution = 0.05;
    d.neurons = {parts::neurons("clock", "rate_unit", 1,
                                {{"bias", Value::of(GENERATE(100, 1000))}, {"tau", Value::of(5)}}),
                 parts::neurons("echo", "relay", 1, {})};
    const double delay = GENERATE(0.05, 1);
    d.projections = {parts::projection("clock", "echo", Value::of(1), Value::of(delay))};
    const auto found = parts::spikes(d);
    const double interval = 1000 / d.neurons[0].params.at("bias").a;
    REQUIRE(found.at(0).times.size() == static_cast<std::size_t>(1000 / interval));
    for (std::size_t i = 0; i < found[0].times.size(); ++i)
        CHECK(found[0].times[i] == Approx(interval * static_cast<double>(i + 1)).epsilon(1e-12));
    // A delay of 1 ms carries the last echo past the end.
    CHECK(found.at(1).times.size() == found[0].times.size() - (delay == 1 ? 1 : 0));
    oracle::check_equal(oracle::compare(d), 1e-9, 1e-9);
}

TEST_CASE("no spike is lost that falls next to the end of a window", "[oracle][engine]") {
    auto d = with(Timing::exact, 60.5);
    d.run.resolution = GENERATE(0.1, 0.5);
    double bias = 1000;  // spikes a second
    const int ulps = GENERATE(range(-12, 13));
    for (int i = 0; i < std::abs(ulps); ++i) bias = std::nextafter(bias, ulps < 0 ? 0 : 2000);
    d.neurons = {
        parts::neurons("clock", "rate_unit", 1, {{"bias", Value::of(bias)}, {"tau", Value::of(5)}}),
        parts::neurons("echo", "relay", 1, {})};
    d.projections = {parts::projection("clock", "echo", Value::of(1), Value::of(d.run.resolution))};
    const auto found = parts::spikes(d);
    CHECK(found.at(0).times.size() == 60);
    CHECK(found.at(1).times.size() == 60);
}

TEST_CASE("as many spikes in a bin as inputs are no endless spiking", "[oracle][engine]") {
    auto d = with(Timing::exact, 300);
    d.run.resolution = 100;
    std::vector<double> times;
    for (int i = 0; i < 10'500; ++i) times.push_back(1 + 0.005 * i);
    d.sources = {parts::trains("s", {times})};
    d.neurons = {parts::neurons("echo", "relay", 1, {})};
    d.projections = {parts::projection("s", "echo", Value::of(1), Value::of(100))};
    CHECK(parts::spikes(d).at(0).times.size() == times.size());
}

TEST_CASE("a neuron that starts above its threshold fires at once", "[oracle][engine]") {
    auto d = with(GENERATE(Timing::exact, Timing::grid), 50);
    d.neurons = {parts::neurons("n", GENERATE("lif_exp", "lif_cond_exp"), 1, {})};
    d.neurons[0].initial["v"] = Value::of(-49);
    const auto times = parts::spikes(d).at(0).times;
    CHECK(times == std::vector<double>{d.run.timing == Timing::exact ? 0 : 0.1});
    oracle::check_equal(oracle::compare(d), 1e-15, 1e-9);
}

TEST_CASE("constant drives fire neurons at the interval of the textbook", "[oracle][engine]") {
    auto d = with(Timing::exact, 1000);
    d.run.resolution = GENERATE(0.1, 1.0, 100.0);
    d.neurons = {parts::neurons("n", "lif_exp", 1, {{"i_e", Value::of(400)}})};
    const auto times = parts::spikes(d).at(0).times;
    const double interval = 20 * std::log(32.0 / (32 - 15));  // 400 pA lift v by 32 mV
    REQUIRE(times.size() == 68);
    // In every bin of 0.1 ms v is rounded by up to 7e-15 mV; v rises with 0.85 mV/ms at last.
    const double rounding = interval / 0.1 * 7e-15 / 0.85;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto n = static_cast<double>(i);
        CHECK(std::abs(times[i] - (interval + (interval + 2) * n)) <= rounding * (n + 1));
    }
}
