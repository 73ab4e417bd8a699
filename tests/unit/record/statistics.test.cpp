// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using Catch::Matchers::WithinRel;

namespace {

sim::RecordingPlan plan_of(std::uint64_t size) { return {{{"cells", size, 0}}, {}, 0.1}; }

sim::PopulationStatistics gathered(const sim::SpikeColumn& spikes, std::uint64_t size,
                                   const std::vector<sim::Stretch>& recorded, double until) {
    sim::Statistics statistics(recorded);
    statistics.begin(plan_of(size));
    statistics.write({until, {spikes}, {}});
    return statistics.populations().at(0);
}

/// Spikes of neuron 0 alone.
sim::SpikeColumn train(const std::vector<double>& times) {
    return {times, std::vector<std::uint64_t>(times.size(), 0)};
}

}  // namespace

TEST_CASE("rates and regularity equal their definition, however spikes are batched", "[unit]") {
    constexpr std::uint64_t size = 20;
    constexpr double until = 5000;
    std::mt19937_64 random(1);
    std::exponential_distribution<double> interval(0.02);
    std::vector<std::pair<double, std::uint64_t>> spikes;
    double sum_of_cvs = 0;
    for (std::uint64_t id = 0; id < size; ++id) {
        std::vector<double> times;
        for (double t = interval(random); t < until; t += interval(random)) times.push_back(t);
        const auto n = static_cast<double>(times.size() - 1);
        const double mean = (times.back() - times.front()) / n;
        double squares = 0;
        for (std::size_t i = 1; i < times.size(); ++i)
            squares += std::pow(times[i] - times[i - 1] - mean, 2);
        sum_of_cvs += std::sqrt(squares / n) / mean;
        for (const double t : times) spikes.emplace_back(t, id);
    }
    std::sort(spikes.begin(), spikes.end());

    sim::Statistics statistics({{0, until}});
    statistics.begin(plan_of(size));
    for (std::size_t begin = 0; begin < spikes.size();) {
        sim::Batch batch;
        batch.spikes.resize(1);
        const std::size_t end = std::min(spikes.size(), begin + random() % 50);
        for (; begin < end; ++begin) {
            batch.spikes[0].times.push_back(spikes[begin].first);
            batch.spikes[0].ids.push_back(spikes[begin].second);
        }
        batch.until = begin < spikes.size() ? spikes[begin].first : until;
        statistics.write(batch);
    }
    const auto found = statistics.populations().at(0);
    CHECK(found.spikes == spikes.size());
    CHECK_THAT(found.rate_hz, WithinRel(static_cast<double>(spikes.size()) / size / 5, 1e-14));
    // About a hundred intervals, each sum rounded: well within 1e-12.
    CHECK_THAT(found.cv_isi.value(), WithinRel(sum_of_cvs / size, 1e-12));
}

TEST_CASE("neurons with fewer than five spikes have no regularity", "[unit]") {
    const std::vector<sim::Stretch> second{{0, 1000}};
    CHECK(!gathered(train({}), 1, second, 1000).cv_isi);
    CHECK(!gathered(train({1, 2, 4, 8}), 1, second, 1000).cv_isi);
    CHECK_THAT(gathered(train({1, 2, 4, 8, 16}), 1, second, 1000).cv_isi.value(),
               WithinRel(std::sqrt(11.5 * 0.625) / 3.75, 1e-14));  // intervals 1, 2, 4, 8
    CHECK(gathered(train({1, 2, 3, 4, 5}), 3, second, 1000).cv_isi == 0.0);
}

TEST_CASE("intervals and rates leave out what is not recorded", "[unit]") {
    const std::vector<sim::Stretch> recorded{{0, 10}, {110, 120}};
    const auto found = gathered(train({1, 3, 5, 111, 113, 115}), 2, recorded, 120);
    CHECK(found.cv_isi == 0.0);  // all intervals are 2 ms; the one of 106 ms does not count
    CHECK(found.rate_hz == 6 / (2 * 0.020));
    CHECK(gathered(train({1, 3, 5}), 1, recorded, 60).rate_hz == 3 / 0.010);
    CHECK(gathered(train({}), 1, recorded, 0).rate_hz == 0);
}

TEST_CASE("phases that record one after another are one stretch", "[unit]") {
    sim::Description description;
    description.run.duration = 60;
    const auto all = sim::recorded_stretches(description);
    REQUIRE(all.size() == 1);
    CHECK(all[0].end == 60);
    description.phases = {
        {"a", 10, true, {}}, {"b", 20, true, {}}, {"c", 5, false, {}}, {"d", 25, true, {}}};
    const auto some = sim::recorded_stretches(description);
    REQUIRE(some.size() == 2);
    CHECK(some[0].begin == 0);
    CHECK(some[0].end == 30);
    CHECK(some[1].begin == 35);
    CHECK(some[1].end == 60);
}
