// SPDX-License-Identifier: BSD-3-Clause
// Laws of every neuron model, in the engine.

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <set>

#include "sim/core/error.hpp"
#include "tests/contract/parts.hpp"

using sim::PartInfo;
using sim::PartKind;
using sim::Timing;
using sim::Value;

namespace {

/// Models that draw random numbers of their own: they fire without input, and no two neurons alike.
const std::set<std::string> random_models{"escape_noise", "two_compartment"};

/// Parameters with which a model rests, where its defaults make it fire by itself: with those of
/// Brette et al. 2007 the sodium current at e_l outweighs the leak.
const std::map<std::string, sim::Values> resting{{"hodgkin_huxley", {{"e_l", Value::of(-70)}}}};

std::vector<std::string> models() { return parts::catalogue().names(PartKind::neuron); }

bool is_random(const std::string& model) { return random_models.contains(model); }

/// Where the defaults fire too seldom for a short run.
sim::Values lively(const std::string& model) {
    if (model != "two_compartment") return {};
    return {{"phi_max", Value::of(1000)}};
}

/// Times without a pattern that could meet a period of a model.
std::vector<double> uneven_times(double interval, double end) {
    std::vector<double> times;
    for (double t = 0.4142135; t < end; t += interval * (1 + 0.3 * std::sin(t))) times.push_back(t);
    return times;
}

/// A population that hears one train, 1.4 spikes per ms, through weights that all are `weight`.
sim::Description driven(const std::string& model, double weight, std::uint64_t size = 1) {
    sim::Description d;
    d.run.duration = 60;
    d.neurons = {parts::neurons("n", model, size, lively(model))};
    d.sources = {parts::trains("s", {uneven_times(0.7, d.run.duration)})};
    d.projections = {parts::projection("s", "n", Value::of(weight), Value::of(1))};
    return d;
}

/// The smallest power of two that makes a model fire at least five times, in whatever unit.
double driving_weight(const std::string& model) {
    for (double weight = 0x1p-6; weight <= 0x1p16; weight *= 2)
        if (parts::count(parts::spikes(driven(model, weight))) >= 5) return weight;
    return 0;
}

/// Random trains of both signs into one population, and that into another, with many delays.
sim::Description busy(const std::string& model, Timing timing, std::uint64_t size) {
    auto draw = parts::numbers(5);
    const double weight = driving_weight(model);
    sim::Description d;
    d.run.timing = timing;
    d.run.duration = 50;
    d.neurons = {parts::neurons("n", model, size, lively(model)),
                 parts::neurons("m", model, size, lively(model))};
    d.sources = {parts::trains("s", parts::random_times(draw, 20, 0.1, d.run.duration))};
    d.projections = {
        parts::projection("s", "n", Value::uniform(-weight / 4, weight), Value::uniform(0.1, 5)),
        parts::projection("n", "m", Value::uniform(-weight / 4, weight), Value::of(0.2))};
    d.projections[1].connector = "fixed_indegree";
    d.projections[1].connector_params["indegree"] = 30;
    d.record.traces = {{"m", {}, {0, size - 1}, 0.5}};
    for (const auto& state : parts::catalogue().info(PartKind::neuron, model).states)
        d.record.traces[0].variables.push_back(state.name);
    return d;
}

/// The default of a parameter and values a little off, where they are allowed.
std::vector<double> near(const sim::ParamInfo& row) {
    std::vector<double> values{row.default_value};
    const double scale = row.default_value == 0 ? 1 : row.default_value;
    for (const double part : {0.02, -0.03})
        if (const double x = row.default_value + part * scale; row.range.contains(x))
            values.push_back(x);
    return values;
}

std::vector<double> train(const parts::Column& column, std::uint64_t id) {
    std::vector<double> times;
    for (std::size_t i = 0; i < column.ids.size(); ++i)
        if (column.ids[i] == id) times.push_back(column.times[i]);
    return times;
}

/// Up to rounding: inputs may be summed in another order.
bool is_same(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return std::abs(x - y) < 1e-11; });
}

}  // namespace

TEST_CASE("a neuron at its rest below the threshold is silent without input", "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& model : models()) {
        auto d = driven(model, 0, 20);
        d.run.timing = timing;
        if (const auto found = resting.find(model); found != resting.end())
            d.neurons[0].params = found->second;
        d.phases = {{"settle", 200, false, {}}, {"look", 400, true, {}}};
        d.run.duration = 600;
        CAPTURE(model);
        CHECK((parts::count(parts::spikes(d)) > 0) == is_random(model));
    }
}

TEST_CASE("a neuron with enough input fires", "[contract]") {
    for (const auto& model : models()) {
        CAPTURE(model);
        CHECK(driving_weight(model) > 0);
    }
}

TEST_CASE("a current beyond all reason ends in an error or in spikes, not without end",
          "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& model : models())
        for (const double current : {1e12, 1e300}) {
            CAPTURE(model, current);
            auto d = driven(model, 0);
            d.run.timing = timing;
            d.run.duration = 5;
            d.sources.push_back({"i", "step_current", 1, {{"amplitude", Value::of(current)}},
                                 {"n"}, Value::of(1), "current", {}, {}});
            try {
                parts::spikes(d);
            } catch (const sim::NumericFailure& failure) {
                CHECK_THAT(failure.what(),
                           Catch::Matchers::Contains(model) && Catch::Matchers::Contains(" ms: "));
            }
        }
}

TEST_CASE("a network built again gives the same bits", "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& model : models()) {
        CAPTURE(model);
        const auto d = busy(model, timing, 40);
        const auto first = parts::record(d);
        CHECK(parts::count(first.spikes) > 40);
        CHECK(first == parts::record(d));
    }
}

TEST_CASE("a run in parts is the run at once", "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& model : models()) {
        CAPTURE(model);
        const auto d = busy(model, timing, 40);
        CHECK(parts::record(d) == parts::record(d, {1, {0.1, 0.2, 7.7, 25}}));
    }
}

TEST_CASE("threads change nothing", "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    for (const auto& model : models()) {
        CAPTURE(model);
        const auto d = busy(model, timing, 600);  // several tiles
        const auto one = parts::record(d);
        CHECK(parts::count(one.spikes) > 200);
        CHECK(one == parts::record(d, {3, {}}));
    }
}

TEST_CASE("the grid approaches exact timing as its resolution vanishes", "[contract]") {
    for (const auto& model : models()) {
        if (is_random(model)) continue;  // hazards are tested against the reference
        auto d = driven(model, 1.37 * driving_weight(model));
        const auto exact = parts::spikes(d).at(0).times;
        d.run.timing = Timing::grid;
        for (const double resolution : {0x1p-6, 0x1p-8, 0x1p-10}) {
            CAPTURE(model, resolution);
            d.run.resolution = resolution;
            const auto grid = parts::spikes(d).at(0).times;
            REQUIRE(grid.size() == exact.size());
            // Each spike comes up to a step late, and each input too; a neuron that fires with a
            // growing delay n times is at most so much later, if lateness does not feed on itself.
            for (std::size_t n = 0; n < exact.size(); ++n)
                CHECK(std::abs(grid[n] - exact[n]) <= 4 * resolution * static_cast<double>(n + 1));
        }
    }
}

TEST_CASE("neurons with a value of their own behave as populations that share it", "[contract]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    constexpr std::uint64_t size = 12;
    for (const auto& model : models()) {
        if (is_random(model)) continue;  // a neuron's draws depend on its population
        const double weight = 1.37 * driving_weight(model);
        for (const auto& row : parts::catalogue().info(PartKind::neuron, model).params) {
            CAPTURE(model, row.name);
            const auto values = near(row);
            auto together = driven(model, weight, size);
            together.run.timing = timing;
            std::vector<double> list(size);
            for (std::size_t k = 0; k < size; ++k) list[k] = values[k % values.size()];
            together.neurons[0].params[row.name] = Value::of(list);
            const auto mixed = parts::spikes(together).at(0);
            for (std::size_t v = 0; v < values.size(); ++v) {
                auto apart = together;
                apart.neurons[0].params[row.name] = Value::of(values[v]);
                const auto same = parts::spikes(apart).at(0);
                for (std::size_t k = v; k < size; k += values.size())
                    CHECK(is_same(train(mixed, k), train(same, k)));
            }
        }
    }
}
