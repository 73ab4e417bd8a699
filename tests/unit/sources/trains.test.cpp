// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "tests/unit/sources/helpers.hpp"

using namespace sources::test;
using sim::Step;
using sim::Time;
using sim::Timing;
using sim::Value;

namespace {

/// Spikes by time and unit, so that those of different windows can be compared.
std::vector<std::tuple<Time, std::uint32_t>> sorted(const std::vector<sim::Spike>& spikes) {
    std::vector<std::tuple<Time, std::uint32_t>> result;
    for (const auto& spike : spikes) result.emplace_back(spike.time, spike.id);
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<Time> times(const std::vector<sim::Spike>& spikes) {
    std::vector<Time> result;
    for (const auto& spike : spikes) result.push_back(spike.time);
    return result;
}

std::vector<Setting> every_train() {
    return {
        {"poisson", {{"rate", Value::uniform(0, 500)}}, 20},
        {"inhomogeneous_poisson", {{"rate", Value::of(200)}, {"amplitude", Value::of(300)}}, 20},
        {"regular", {{"rate", Value::of(70)}, {"phase", Value::uniform(0, 14)}}, 20},
        {.model = "spike_trains", .times = {{0, 0.1, 0.1, 7.77}, {}, {3, 2, 999.95}}}};
}

}  // namespace

TEST_CASE("trains do not depend on how a run is cut into windows", "[unit][sources]") {
    for (auto setting : every_train())
        for (const auto timing : {Timing::exact, Timing::grid}) {
            setting.timing = timing;
            CAPTURE(setting.model, timing == Timing::grid);
            const auto whole = sorted(Made(setting).spikes(10'000, 10'000));
            CHECK(!whole.empty());
            for (const Step length : {1, 7, 1024}) {
                const auto parts = sorted(Made(setting).spikes(10'000, length));
                CHECK(parts == whole);
            }
        }
}

TEST_CASE("every window holds its own spikes", "[unit][sources]") {
    for (auto setting : every_train())
        for (const auto timing : {Timing::exact, Timing::grid}) {
            setting.timing = timing;
            Made made(setting);
            for (Step begin = 0; begin < 1000; begin += 13) {
                std::vector<sim::Spike> out;
                made.train().emit({begin, begin + 13}, out);
                for (const auto& spike : out) {
                    REQUIRE(spike.time.step >= begin);
                    REQUIRE(spike.time.step < begin + 13);
                    REQUIRE(spike.time.offset >= 0);
                    REQUIRE(spike.time.offset < setting.resolution);
                    if (timing == Timing::grid) REQUIRE(spike.time.offset == 0);
                }
            }
        }
}

TEST_CASE("grid timing stamps the same spikes at the next grid point", "[unit][sources]") {
    for (auto setting : every_train()) {
        CAPTURE(setting.model);
        auto exact = Made(setting).spikes(10'000, 100);
        for (auto& spike : exact) spike.time = {sim::stamp(spike.time), 0};
        std::erase_if(exact, [](const auto& spike) { return spike.time.step >= 10'000; });
        setting.timing = Timing::grid;
        CHECK(sorted(Made(setting).spikes(10'000, 100)) == sorted(exact));
    }
}

TEST_CASE("a unit's spikes do not depend on the other units", "[unit][sources]") {
    Setting setting{"poisson", {{"rate", Value::of(50)}}, 3};
    const auto few = Made(setting).spikes(10'000, 100);
    setting.size = 9;
    auto many = Made(setting).spikes(10'000, 100);
    std::erase_if(many, [](const auto& spike) { return spike.id >= 3; });
    CHECK(sorted(few) == sorted(many));
}

TEST_CASE("trains of different seeds differ", "[unit][sources]") {
    Setting setting{"poisson", {{"rate", Value::of(50)}}};
    const auto one = times(Made(setting).spikes(10'000, 100));
    setting.seed = 2;
    CHECK(one != times(Made(setting).spikes(10'000, 100)));
}

TEST_CASE("a rate of 0 is silent", "[unit][sources]") {
    for (const char* model : {"poisson", "regular"})
        CHECK(Made({model, {{"rate", Value::of(0)}}, 5}).spikes(1'000'000, 1000).empty());
    const sim::Values still{{"rate", Value::of(0)}, {"amplitude", Value::of(0)}};
    CHECK(Made({"inhomogeneous_poisson", still, 5}).spikes(1'000'000, 1000).empty());
    // The sine stays at its lowest, where the rate is cut at 0.
    const sim::Values low{{"rate", Value::of(1)},
                          {"amplitude", Value::of(100)},
                          {"frequency", Value::of(0)},
                          {"phase", Value::of(-1.5)}};
    CHECK(Made({"inhomogeneous_poisson", low, 5}).spikes(10'000, 1000).empty());
}

TEST_CASE("start belongs to a train and stop does not", "[unit][sources]") {
    const sim::Values ticks{
        {"rate", Value::of(1000)}, {"start", Value::of(5)}, {"stop", Value::of(8)}};
    const auto spikes = Made({"regular", ticks}).spikes(1000, 100);
    CHECK(times(spikes) == std::vector<Time>{{50, 0}, {60, 0}, {70, 0}});
}

TEST_CASE("start and stop lie between grid points, too", "[unit][sources]") {
    const double start = 5.037;
    const double stop = 5.063;
    const sim::Values dense{
        {"rate", Value::of(2e6)}, {"start", Value::of(start)}, {"stop", Value::of(stop)}};
    for (const char* model : {"poisson", "inhomogeneous_poisson"}) {
        const Setting setting{model, dense};
        const auto all = milliseconds(Made(setting).spikes(1000, 100), setting.clock());
        CHECK(all.size() > 20);  // 52 on average, standard deviation 7
        CHECK(*std::min_element(all.begin(), all.end()) >= start);
        CHECK(*std::max_element(all.begin(), all.end()) < stop);
    }
}

TEST_CASE("a phase that has a train off silences it and changes nothing else", "[unit][sources]") {
    for (auto setting : every_train()) {
        auto expected = Made(setting).spikes(10'000, 100);
        std::erase_if(expected, [](const auto& spike) {
            const Step step = spike.time.step;
            return (step >= 20 && step < 2000) || step == 3000;
        });
        setting.off = {{20, 2000}, {3000, 3001}};
        CHECK(sorted(Made(setting).spikes(10'000, 100)) == sorted(expected));
        // On the grid the same spikes are heard, and stamped; 10,000 lies outside.
        for (auto& spike : expected) spike.time = {sim::stamp(spike.time), 0};
        std::erase_if(expected, [](const auto& spike) { return spike.time.step == 10'000; });
        setting.timing = Timing::grid;
        CHECK(sorted(Made(setting).spikes(10'000, 100)) == sorted(expected));
    }
}

TEST_CASE("a regular train has its period and phase", "[unit][sources]") {
    const sim::Values params{{"rate", Value::of(300)}, {"phase", Value::of(2.5)}};
    const Setting setting{"regular", params};
    const auto spikes = Made(setting).spikes(1000, 10);
    REQUIRE(spikes.size() == 30);
    for (std::size_t k = 0; k < spikes.size(); ++k)
        CHECK(setting.clock().ms(spikes[k].time) ==
              Approx(2.5 + static_cast<double>(k) / 0.3).epsilon(1e-14));
}

TEST_CASE("a regular train is exact after 1e9 steps", "[unit][sources]") {
    // A period of 10/3 s is 33,333 1/3 steps.
    Made made({"regular", {{"rate", Value::of(0.3)}}});
    std::vector<sim::Spike> out;
    made.train().emit({0, 1'000'000'000}, out);
    REQUIRE(out.size() == 30'000);
    out.clear();
    made.train().emit({1'000'000'000, 1'000'100'000}, out);
    REQUIRE(out.size() == 3);
    const sim::Clock clock(0.1);
    const auto off = [&](const sim::Spike& spike, double steps) {
        return static_cast<double>(spike.time.step - 1'000'000'000) + spike.time.offset / 0.1 -
               steps;
    };
    // The differences are taken in doubles of size 1e5: 1e-11.
    CHECK(out[0].time == Time{1'000'000'000, 0});
    CHECK(std::abs(off(out[1], 100'000.0 / 3)) < 1e-11);
    CHECK(std::abs(off(out[2], 200'000.0 / 3)) < 1e-11);
}

TEST_CASE("given trains come as they are, in order of time", "[unit][sources]") {
    const auto spikes =
        Made({.model = "spike_trains", .times = {{7.5, 0, 2.25, 2.25}, {1.2}}}).spikes(100, 10);
    std::vector<sim::Spike> first;
    for (const auto& spike : spikes)
        if (spike.id == 0) first.push_back(spike);
    REQUIRE(first.size() == 4);
    CHECK(first[0].time == Time{0, 0});
    CHECK(first[1].time.step == 22);
    CHECK(first[1].time.offset == Approx(0.05));
    CHECK(first[1].time == first[2].time);
    CHECK(first[3].time == Time{75, 0});
    CHECK(times(spikes).size() == 5);
}

TEST_CASE("trains that nobody loaded are missed", "[unit][sources]") {
    CHECK_THROWS_WITH(Made({"spike_trains"}),
                      "sources.source: its spike trains are not loaded; give `times`, or read the "
                      "file of `path` into the description");
}
