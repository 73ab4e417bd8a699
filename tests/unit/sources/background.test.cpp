// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"
#include "tests/unit/sources/helpers.hpp"

using namespace sources::test;
using sim::Receptor;
using sim::Step;
using sim::Time;
using sim::Timing;
using sim::Value;

namespace {

Setting background(double rate, std::uint64_t size) {
    return {"poisson_background", {{"rate", Value::of(rate)}}, size};
}

/// Arrivals by neuron: steps and offsets.
std::vector<std::vector<Time>> all_arrivals(const Setting& setting, Step end) {
    Made made(setting);
    std::vector<std::vector<Time>> result(setting.size);
    for (std::uint32_t k = 0; k < setting.size; ++k)
        for (const auto& [time, arrival] : made.arrivals(end, k)) result[k].push_back(time);
    return result;
}

/// Counts by neuron at grid points 0, ..., end - 1.
std::vector<std::vector<double>> all_counts(const Setting& setting, Step end) {
    Made made(setting);
    std::vector<std::vector<double>> result(setting.size);
    for (Step step = 0; step < end; ++step) {
        const auto row = made.row(step);
        double sum = 0;
        for (std::size_t k = 0; k < setting.size; ++k) {
            result[k].push_back(row.exc[k]);
            sum += row.exc[k];
        }
        CHECK(static_cast<double>(row.spikes) == sum);
    }
    return result;
}

}  // namespace

TEST_CASE("a neuron's arrivals do not depend on the tile it lies in", "[unit][sources]") {
    auto setting = background(20'000, 300);
    const auto times = all_arrivals(setting, 20);
    const auto counts = all_counts(setting, 20);
    // Tiles begin at multiples of 128, and end there or with the population.
    setting.first = GENERATE(128, 256);
    setting.size = std::min<std::uint64_t>(128, 300 - setting.first);
    const auto part_times = all_arrivals(setting, 20);
    const auto part_counts = all_counts(setting, 20);
    for (std::size_t k = 0; k < setting.size; ++k) {
        CHECK(part_times[k] == times[setting.first + k]);
        CHECK(part_counts[k] == counts[setting.first + k]);
    }
}

TEST_CASE("a batch holds what arrives at its neurons", "[unit][sources]") {
    const double rate = GENERATE(500, 20'000, 120'000);  // up to 12 in a bin, in the mean
    auto setting = background(rate, 37);                 // the last batch is not full
    setting.first = 128;
    const auto times = all_arrivals(setting, 300);
    Made made(setting);
    auto& drive = made.drive();
    const double mean = rate * 1e-4 * static_cast<double>(setting.size);  // in 0.1 ms
    CHECK(static_cast<double>(drive.mean_arrivals()) == Approx(1e6 * mean));
    constexpr auto width = static_cast<std::uint32_t>(sim::ArrivalBatch::width);
    std::array<sim::ArrivalBatch, 3> all;
    std::vector<std::vector<Time>> found(setting.size);
    for (Step step = 0; step < 300; ++step) {
        drive.fill(step, 0, all);
        for (std::uint32_t k = 0; k < all.size() * width; ++k) {
            const auto& batch = all[k / width];
            REQUIRE(batch.is_filled);
            CHECK(batch.sign == 1);
            CHECK(batch.largest == *std::max_element(batch.counts.begin(), batch.counts.end()));
            CHECK(batch.all == std::accumulate(batch.counts.begin(), batch.counts.end(), 0U));
            const std::uint32_t count = batch.counts[k % width];
            REQUIRE((count == 0 || k < setting.size));
            std::vector<int> places;
            for (std::uint32_t n = 0; n < batch.largest; ++n) {
                if (n < count) places.push_back(batch.places[n][k % width]);
                else CHECK(batch.places[n][k % width] == 0);
            }
            std::sort(places.begin(), places.end());
            for (const auto place : places)
                found[k].push_back({step, (0.5 + (place + 0.5) * 0x1p-16) * setting.resolution});
            if (count > 0) CHECK(batch.weights[k % width] == 1);
        }
    }
    CHECK(found == times);
}

TEST_CASE("how many spikes arrive at a neuron does not depend on the rates of others",
          "[unit][sources]") {
    auto setting = background(20'000, 30);
    const auto times = all_arrivals(setting, 50);
    const auto counts = all_counts(setting, 50);
    std::vector<double> rates;
    for (int k = 0; k < 30; ++k) rates.push_back(k % 3 == 0 ? 20'000 : 1000 * k);
    setting.params["rate"] = Value::of(rates);
    const auto other_times = all_arrivals(setting, 50);
    const auto other_counts = all_counts(setting, 50);
    const auto steps = [](const std::vector<Time>& of) {
        std::vector<Step> result;
        for (const auto& time : of) result.push_back(time.step);
        return result;
    };
    for (std::size_t k = 0; k < 30; k += 3) {
        CHECK(steps(other_times[k]) == steps(times[k]));
        CHECK(other_counts[k] == counts[k]);
    }
}

TEST_CASE("arrivals do not depend on the order in which neurons and bins pass", "[unit][sources]") {
    const auto setting = background(20'000, 40);
    const auto by_neuron = all_arrivals(setting, 600);
    std::vector<std::vector<Time>> by_step(40);
    std::vector<std::vector<Time>> by_stretch(40);
    Made one(setting);
    Made other(setting);
    const auto pass = [](Made& made, Step step, std::uint32_t k, std::vector<Time>& times) {
        std::vector<sim::Arrival> out;
        made.drive().arrivals(step, k, out);
        for (const auto& arrival : out) times.push_back({step, arrival.offset});
    };
    for (Step step = 0; step < 600; ++step)
        for (std::uint32_t k = 40; k-- > 0;) pass(one, step, k, by_step[k]);
    for (Step begin = 0; begin < 600; begin += 15)
        for (std::uint32_t k = 0; k < 40; ++k)
            for (Step step = begin; step < begin + 15; ++step) pass(other, step, k, by_stretch[k]);
    CHECK(by_step == by_neuron);
    CHECK(by_stretch == by_neuron);
}

TEST_CASE("blocks drawn in lanes are the blocks drawn one by one", "[unit][sources]") {
    const sim::RandomKey key{5, 6, sim::Purpose::drive};
    const std::uint64_t first = (1ULL << 33U) - 3;  // lanes on both sides of a 32-bit border
    const auto lanes = sim::random_lanes<16>(key, first, 1ULL << 40U);
    for (std::size_t i = 0; i < 16; ++i) {
        const auto block = sim::random_block(key, first + i, 1ULL << 40U);
        for (std::size_t word = 0; word < 4; ++word) CHECK(lanes[word][i] == block[word]);
    }
}

TEST_CASE("arrivals of a bin ascend and lie inside it", "[unit][sources]") {
    const auto setting = background(100'000, 4);  // ten a bin
    for (const auto& times : all_arrivals(setting, 500)) {
        CHECK(times.size() > 4500);  // 5000, standard deviation 71
        CHECK(std::is_sorted(times.begin(), times.end()));
        for (const auto& time : times) REQUIRE((time.offset > 0 && time.offset < 0.1));
    }
}

TEST_CASE("a background that is off or has no rate brings nothing", "[unit][sources]") {
    auto setting = background(20'000, 5);
    setting.off = {{10, 20}};
    const auto counts = all_counts(setting, 30);
    for (const auto& times : all_arrivals(setting, 30))
        for (const auto& time : times) CHECK((time.step < 10 || time.step >= 20));
    for (const auto& row : counts) {
        CHECK(row[0] == 0);                            // nothing comes before the run
        for (std::size_t step = 1; step < 30; ++step)  // bin b acts at grid point b + 1
            if (step >= 11 && step < 21) CHECK(row[step] == 0);
    }
    CHECK(all_arrivals(background(0, 1), 100)[0].empty());
    CHECK(all_counts(background(0, 1), 3)[0] == std::vector<double>{0, 0, 0});
}

TEST_CASE("phases off change nothing elsewhere", "[unit][sources]") {
    auto setting = background(20'000, 5);
    const auto counts = all_counts(setting, 30);
    setting.off = {{10, 20}};
    const auto cut = all_counts(setting, 30);
    for (std::size_t k = 0; k < 5; ++k)
        for (std::size_t step = 0; step < 30; ++step)
            if (step < 11 || step >= 21) CHECK(cut[k][step] == counts[k][step]);
}

TEST_CASE("a background starts and stops inside bins", "[unit][sources]") {
    auto setting = background(1e6, 20);  // a hundred a bin
    const auto whole = all_arrivals(setting, 10);
    setting.params["start"] = Value::of(0.23);
    setting.params["stop"] = Value::of(0.78);
    const auto times = all_arrivals(setting, 10);
    const auto counts = all_counts(setting, 12);
    const auto clock = setting.clock();
    std::size_t in_edges = 0;
    double grid_edges = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        auto expected = whole[k];
        std::erase_if(expected,
                      [&](Time time) { return clock.ms(time) < 0.23 || clock.ms(time) >= 0.78; });
        CHECK(times[k] == expected);
        for (const auto& time : times[k]) in_edges += time.step == 2 || time.step == 7;
        grid_edges += counts[k][3] + counts[k][8];
        for (const std::size_t silent : {0, 1, 2, 9, 10, 11}) CHECK(counts[k][silent] == 0);
        for (const std::size_t full : {4, 5, 6, 7}) CHECK(counts[k][full] > 40);  // 100 +- 10
    }
    CHECK(grid_edges == static_cast<double>(in_edges));  // 0.7 and 0.8 of a bin
}

TEST_CASE("weights act by their sign and are drawn by neuron", "[unit][sources]") {
    auto setting = background(20'000, 3);
    setting.first = 128;
    std::vector<double> weights(setting.first, 9);  // of neurons before the tile
    weights.insert(weights.end(), {2, -3, 0});
    setting.weight = Value::of(weights);
    const auto exact_receptors = [](const Setting& one) {
        Made made(one);
        std::vector<std::pair<Receptor, double>> result;
        for (std::uint32_t k = 0; k < 3; ++k) {
            const auto arrival = made.arrivals(100, k).at(0).second;
            result.emplace_back(arrival.receptor, arrival.weight);
        }
        return result;
    };
    using Expected = std::vector<std::pair<Receptor, double>>;
    CHECK(exact_receptors(setting) ==
          Expected{{Receptor::exc, 2}, {Receptor::inh, -3}, {Receptor::exc, 0}});
    setting.has_inh_port = false;
    CHECK(exact_receptors(setting) ==
          Expected{{Receptor::exc, 2}, {Receptor::exc, -3}, {Receptor::exc, 0}});
}

TEST_CASE("on the grid weights of both signs go to their receptors", "[unit][sources]") {
    auto setting = background(100'000, 4);
    setting.weight = Value::of(std::vector<double>{2, -3, 2, -3});
    const auto row = Made(setting).row(5);
    setting.has_inh_port = false;
    const auto single = Made(setting).row(5);
    setting.weight = Value::of(-1.0);
    setting.has_inh_port = true;
    const auto negative = Made(setting).row(5);
    setting.weight = Value::of(1.0);
    const auto counts = Made(setting).row(5).exc;
    for (std::size_t k = 0; k < 4; ++k) {
        REQUIRE(counts[k] > 0);  // ten on average
        CHECK(row.exc[k] == (k % 2 == 0 ? 2 * counts[k] : 0));
        CHECK(row.inh[k] == (k % 2 == 0 ? 0 : -3 * counts[k]));
        CHECK(single.exc[k] == (k % 2 == 0 ? 2 : -3) * counts[k]);
        CHECK(negative.inh[k] == -counts[k]);
        CHECK(negative.exc[k] == 0);
    }
}

TEST_CASE("counts of arrivals are those of the sums", "[unit][sources]") {
    auto setting = background(GENERATE(500, 20'000, 1e6), 300);
    setting.first = 128;
    setting.weight = Value::of(-2.5);
    setting.params["start"] = Value::of(0.73);  // inside a bin
    setting.off = {{20, 25}};
    if (GENERATE(false, true))  // from a start of its own each neuron has a gate of its own
        setting.params["start"] = Value::of(std::vector<double>(428, 0.73));
    Made summed(setting);
    Made counted(setting);
    REQUIRE(counted.drive().counted()->weight == -2.5);
    std::uint64_t largest = 0;
    for (Step step = 0; step < 40; ++step) {
        const auto row = summed.row(step);
        std::vector<std::uint16_t> counts(setting.size, 3);
        CHECK(counted.drive().count(step, counts) == row.spikes);
        for (std::size_t k = 0; k < setting.size; ++k) {
            REQUIRE(row.inh[k] == -2.5 * (counts[k] - 3));
            largest = std::max<std::uint64_t>(largest, counts[k] - 3U);
        }
    }
    CHECK(largest > 0);
    CHECK(largest <= counted.drive().counted()->most);
    setting.weight = Value::of(std::vector<double>(428, -2.5));
    CHECK_FALSE(Made(setting).drive().counted());
}

TEST_CASE("neurons with parameters of their own start on their own", "[unit][sources]") {
    auto setting = background(50'000, 2);
    setting.params["start"] = Value::of(std::vector<double>{0, 5});
    const auto counts = all_counts(setting, 100);
    for (std::size_t step = 0; step <= 50; ++step) CHECK(counts[1][step] == 0);
    const auto late = std::accumulate(counts[1].begin() + 51, counts[1].end(), 0.0);
    CHECK(late > 180);  // 245, standard deviation 16
    CHECK(std::accumulate(counts[0].begin(), counts[0].begin() + 51, 0.0) > 180);
}

TEST_CASE("more arrivals than a bin has draws for are refused", "[unit][sources]") {
    auto setting = background(1e9, 1);
    setting.resolution = 1;
    CHECK_THROWS_WITH(Made(setting),
                      "sources.source: brings 1e+06 arrivals in a step: must be at most 2e+05; "
                      "lower the rate or the resolution");
}

TEST_CASE("sources of one weight become one process", "[unit][sources]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    CAPTURE(timing == Timing::grid);
    auto setting = background(3000, 200);
    setting.timing = timing;
    setting.off = {{40, 60}};
    Made first(setting);
    setting.params["rate"] = Value::of(500);
    Made second(setting);
    setting.params["rate"] = Value::of(3500);
    Made both(setting);
    REQUIRE(first.drive().absorb(second.drive()));
    CHECK(first.drive().mean_arrivals() == both.drive().mean_arrivals());
    if (timing == Timing::grid)
        for (Step step = 0; step < 100; ++step) {
            const auto row = both.row(step);
            CHECK(first.row(step).exc == row.exc);
        }
    else
        for (std::uint32_t k = 0; k < setting.size; ++k) {
            const auto mine = first.arrivals(100, k);
            const auto theirs = both.arrivals(100, k);
            REQUIRE(mine.size() == theirs.size());
            for (std::size_t i = 0; i < mine.size(); ++i) CHECK(mine[i].first == theirs[i].first);
        }

    SECTION("but not what differs in weight or in when it is heard") {
        auto other = setting;
        other.weight = Value::of(2.0);
        CHECK_FALSE(both.drive().absorb(Made(other).drive()));
        other = setting;
        other.weight = Value::uniform(0.9, 1.1);
        CHECK_FALSE(both.drive().absorb(Made(other).drive()));
        other = setting;
        other.params["stop"] = Value::of(5);
        CHECK_FALSE(both.drive().absorb(Made(other).drive()));
        other = setting;
        other.off = {};
        CHECK_FALSE(both.drive().absorb(Made(other).drive()));
        other = setting;
        other.params["rate"] = Value::uniform(100, 200);
        CHECK_FALSE(both.drive().absorb(Made(other).drive()));
    }
}

TEST_CASE("a network hears two sources of one weight as one", "[unit][sources]") {
    const auto timing = GENERATE(Timing::exact, Timing::grid);
    const auto arrivals = [&](const std::vector<double>& rates) {
        sim::Description d;
        d.run.timing = timing;
        d.run.duration = 50;
        d.neurons = {parts::neurons("a", "lif_exp", 700, {}),
                     parts::neurons("b", "lif_exp", 300, {})};
        for (const double rate : rates)
            d.sources.push_back({"s" + std::to_string(d.sources.size()),
                                 "poisson_background",
                                 1,
                                 {{"rate", Value::of(rate)}},
                                 {"a", "b"},
                                 Value::of(1.0),
                                 {},
                                 {},
                                 {}});
        const sim::Network network(d, parts::catalogue(), 2);
        sim::Simulation simulation(network, parts::catalogue(), {2});
        simulation.advance(d.run.duration);
        return simulation.counters().source_events;
    };
    const auto both = arrivals({2000, 6000});
    CHECK(both == arrivals({8000}));
    CHECK(static_cast<double>(both) == Approx(8000 * 0.05 * 1000).epsilon(0.01));  // six sigma
}
