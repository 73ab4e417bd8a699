// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "tests/unit/sources/helpers.hpp"

using namespace sources::test;
using sim::Receptor;
using sim::Step;
using sim::Time;
using sim::Timing;
using sim::Value;

namespace {

sim::Values step_from_to(double amplitude, double start, double stop) {
    return {{"amplitude", Value::of(amplitude)},
            {"start", Value::of(start)},
            {"stop", Value::of(stop)}};
}

/// The current of a neuron from each of its changes on.
std::vector<std::pair<Time, double>> course(Made& made, Step end) {
    std::vector<std::pair<Time, double>> result;
    double current = 0;
    for (const auto& [time, arrival] : made.arrivals(end, 0)) {
        CHECK(arrival.receptor == Receptor::current);
        current += arrival.weight;
        result.emplace_back(time, current);
    }
    return result;
}

/// The current at grid points 0, 1, ..., end - 1, as a neuron on the grid adds it up.
std::vector<double> grid_course(Made& made, Step end) {
    std::vector<double> result;
    double current = 0;
    for (Step step = 0; step < end; ++step) {
        const auto row = made.row(step);
        CHECK(row.spikes == 0);
        result.push_back(current += row.current[0]);
    }
    return result;
}

std::vector<Setting> noises() {
    return {{"noise_current", {{"mean", Value::of(50)}, {"interval", Value::of(0.25)}}},
            {"ornstein_uhlenbeck_current", {{"mean", Value::of(50)}, {"tau", Value::of(2)}}}};
}

}  // namespace

TEST_CASE("a step of current begins and ends on time", "[unit][sources]") {
    Made made({"step_current", step_from_to(120, 1.25, 3.3)});
    const auto changes = course(made, 100);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].first.step == 12);
    CHECK(changes[0].first.offset == Approx(0.05).epsilon(1e-12));
    CHECK(changes[0].second == 120);
    CHECK(changes[1].first == Time{33, 0});
    CHECK(changes[1].second == 0);
}

TEST_CASE("a step of current can be on from the begin and for ever", "[unit][sources]") {
    const Setting setting{"step_current", {{"amplitude", Value::of(-3)}}};
    Made exact(setting);
    CHECK(course(exact, 100) == std::vector<std::pair<Time, double>>{{{0, 0}, -3}});
    Made grid(setting);
    CHECK(grid_course(grid, 3) == std::vector<double>{-3, -3, -3});
}

TEST_CASE("an empty stretch of current is none", "[unit][sources]") {
    Made made({"step_current", step_from_to(120, 3, 3)});
    CHECK(course(made, 100).empty());
}

TEST_CASE("on the grid a current changes at the first grid point at or after", "[unit][sources]") {
    Setting setting{"step_current", step_from_to(120, 0.25, 0.6)};
    Made made(setting);
    CHECK(grid_course(made, 8) == std::vector<double>{0, 0, 0, 120, 120, 120, 0, 0});
    setting.params = step_from_to(120, 0.22, 0.28);
    Made between(setting);
    CHECK(grid_course(between, 8) == std::vector<double>(8, 0.0));
}

TEST_CASE("a phase that has a current off cuts it exactly", "[unit][sources]") {
    Setting setting{"step_current", step_from_to(120, 0.55, 4)};
    setting.off = {{10, 20}, {20, 25}, {38, 60}};
    Made made(setting);
    const auto changes = course(made, 100);
    REQUIRE(changes.size() == 4);
    CHECK(changes[0].second == 120);
    CHECK(changes[1] == std::pair{Time{10, 0}, 0.0});
    CHECK(changes[2] == std::pair{Time{25, 0}, 120.0});
    CHECK(changes[3] == std::pair{Time{38, 0}, 0.0});
}

TEST_CASE("every neuron has its own amplitude and time", "[unit][sources]") {
    Setting setting{"step_current",
                    {{"amplitude", Value::of(std::vector<double>{0, 10, 20, 30})},
                     {"start", Value::of(std::vector<double>{0, 1, 2, 3})}}};
    setting.first = 2;  // a tile that begins at neuron 2
    setting.size = 2;
    Made made(setting);
    const auto before = made.row(19);
    const auto first = made.row(20);
    CHECK(before.current == std::vector<double>{0, 0});
    CHECK(first.current == std::vector<double>{20, 0});
    for (Step step = 21; step < 30; ++step) made.row(step);
    CHECK(made.row(30).current == std::vector<double>{0, 30});
}

TEST_CASE("a noisy current changes at every interval and only there", "[unit][sources]") {
    for (auto setting : noises()) {
        setting.params["interval"] = Value::of(0.25);
        setting.params["start"] = Value::of(1);
        Made made(setting);
        const auto changes = course(made, 1000);
        REQUIRE(changes.size() == 396);
        for (std::size_t k = 0; k < changes.size(); ++k)
            CHECK(setting.clock().ms(changes[k].first) ==
                  Approx(1 + 0.25 * static_cast<double>(k)).epsilon(1e-13));
    }
}

TEST_CASE("a noisy current is the same with phases off, where it is on", "[unit][sources]") {
    for (auto setting : noises()) {
        setting.params["interval"] = Value::of(0.1);
        Made whole(setting);
        const auto all = grid_course(whole, 100);
        setting.off = {{30, 50}};
        Made cut(setting);
        const auto heard = grid_course(cut, 100);
        for (std::size_t step = 0; step < 100; ++step) {
            const double expected = step >= 30 && step < 50 ? 0 : all[step];
            CHECK(heard[step] == Approx(expected).margin(1e-11));  // of some 100 pA
        }
    }
}

TEST_CASE("both timings see the same noise", "[unit][sources]") {
    for (const auto& setting : noises()) {
        Made exact(setting);
        Made grid(setting);
        const auto changes = course(exact, 200);
        const auto points = grid_course(grid, 200);
        std::size_t passed = 0;
        double current = 0;
        for (Step step = 0; step < 200; ++step) {
            while (passed < changes.size() && changes[passed].first <= Time{step, 0})
                current = changes[passed++].second;
            CHECK(points[static_cast<std::size_t>(step)] == Approx(current).margin(1e-11));
        }
    }
}

TEST_CASE("rounding of a noisy current does not add up", "[unit][sources]") {
    Setting setting{"noise_current",
                    {{"mean", Value::of(1e3)}, {"std", Value::of(1e9)}, {"stop", Value::of(1e4)}}};
    setting.timing = Timing::grid;
    Made made(setting);
    CHECK(grid_course(made, 100'001).back() == 0);  // after 1e5 draws of size 1e9, exactly
}
