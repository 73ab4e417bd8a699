// SPDX-License-Identifier: BSD-3-Clause
// Random trains against the point processes that they are named after.

#include <catch2/catch.hpp>

#include "tests/oracle/sources/statistics.hpp"
#include "tests/unit/sources/helpers.hpp"

using namespace oracle;
using namespace sources::test;
using sim::Step;
using sim::Value;

namespace {

/// Spike times (ms) of every unit over steps [0, end).
std::vector<std::vector<double>> trains(const Setting& setting, Step end) {
    std::vector<std::vector<double>> result(setting.size);
    for (const auto& spike : Made(setting).spikes(end, 1000))
        result[spike.id].push_back(setting.clock().ms(spike.time));
    return result;
}

/// Spikes of every unit in consecutive stretches of `length` ms. Shape: [unit][stretch]
std::vector<std::vector<double>> counts(const std::vector<std::vector<double>>& all, double length,
                                        std::size_t stretches) {
    std::vector<std::vector<double>> result;
    for (const auto& train : all) {
        auto& row = result.emplace_back(stretches);
        for (const double time : train)
            if (const auto i = static_cast<std::size_t>(time / length); i < stretches) ++row[i];
    }
    return result;
}

}  // namespace

TEST_CASE("intervals of a Poisson train are exponential and independent", "[oracle][sources]") {
    for (const double rate : {5.0, 400.0, 30'000.0}) {  // long, short, below the resolution
        const Setting setting{"poisson", {{"rate", Value::of(rate)}}, 50};
        const auto end = static_cast<Step>(600 / rate * 10'000);
        std::vector<double> all;
        std::vector<double> first;
        std::vector<double> second;
        for (const auto& train : trains(setting, end))
            for (std::size_t i = 1; i < train.size(); ++i) {
                all.push_back(train[i] - train[i - 1]);
                if (i % 2 == 1) first.push_back(all.back());
                else second.push_back(all.back());
                if (i + 1 == train.size() && i % 2 == 1) first.pop_back();
            }
        CAPTURE(rate);
        CHECK(all.size() > 28'000);  // 30,000, standard deviation 173
        // Intervals that the end cuts off are the long ones, at most one in 600.
        CHECK(kolmogorov_ratio(all, [&](double x) { return -std::expm1(-x * rate / 1000); }) < 1);
        REQUIRE(first.size() == second.size());
        CHECK(std::abs(correlation(first, second)) <
              4 / std::sqrt(static_cast<double>(first.size())));
    }
}

TEST_CASE("the first spike of a Poisson train is exponential from the start on",
          "[oracle][sources]") {
    const Setting setting{
        "poisson", {{"rate", Value::of(200)}, {"start", Value::of(12.34)}}, 20'000};
    std::vector<double> first;
    for (const auto& train : trains(setting, 1000)) first.push_back(train.at(0) - 12.34);
    // 1000 steps are 17.5 mean intervals: a silent unit (2e-8) would stop the test.
    CHECK(kolmogorov_ratio(first, [](double x) { return -std::expm1(-x * 0.2); }) < 1);
}

TEST_CASE("units of a train are independent", "[oracle][sources]") {
    const Setting setting{"poisson", {{"rate", Value::of(100)}}, 12};
    const auto rows = counts(trains(setting, 1'000'000), 10, 10'000);
    for (std::size_t a = 0; a < 12; ++a)
        for (std::size_t b = a + 1; b < 12; ++b)
            CHECK(std::abs(correlation(rows[a], rows[b])) < 4.5 / 100);  // 1 / sqrt(10,000)
}

TEST_CASE("counts of a Poisson train have equal mean and variance", "[oracle][sources]") {
    const Setting setting{"poisson", {{"rate", Value::of(1000)}}, 100};
    std::vector<double> all;
    for (const auto& row : counts(trains(setting, 100'000), 5, 2000))
        all.insert(all.end(), row.begin(), row.end());
    REQUIRE(all.size() == 200'000);
    // Standard errors: sqrt(5 / n) of the mean, and 5 sqrt((2 + 1/5) / n) of the variance.
    CHECK(std::abs(mean(all) - 5) < 4 * std::sqrt(5 / 200'000.0));
    CHECK(std::abs(covariance(all, all) - 5) < 4 * 5 * std::sqrt(2.2 / 200'000.0));
}

TEST_CASE("a modulated train follows its rate", "[oracle][sources]") {
    // Times are turned into the integral of the rate, where the process is Poisson of rate 1
    // (Brown et al. 2002, Neural Comput 14:325).
    struct Case {
        double rate, amplitude, frequency, phase;
    };
    for (const auto& one : {Case{100, 80, 7, 0.5}, Case{60, 60, 0.5, -1}, Case{50, 0, 3, 0}}) {
        const Setting setting{"inhomogeneous_poisson",
                              {{"rate", Value::of(one.rate)},
                               {"amplitude", Value::of(one.amplitude)},
                               {"frequency", Value::of(one.frequency)},
                               {"phase", Value::of(one.phase)}},
                              20};
        const double omega = 2 * M_PI * one.frequency / 1000;  // 1/ms
        const auto integral = [&](double t) {
            return (one.rate * t - one.amplitude / omega *
                                       (std::cos(omega * t + one.phase) - std::cos(one.phase))) /
                   1000;
        };
        std::vector<double> intervals;
        for (const auto& train : trains(setting, 200'000)) {
            double last = 0;
            for (const double time : train) {
                intervals.push_back(integral(time) - last);
                last = integral(time);
            }
        }
        CHECK(intervals.size() > 10'000);
        CHECK(kolmogorov_ratio(intervals, [](double x) { return -std::expm1(-x); }) < 1);
    }
}

TEST_CASE("a modulated rate is cut at 0", "[oracle][sources]") {
    const Setting setting{
        "inhomogeneous_poisson",
        {{"rate", Value::of(100)}, {"amplitude", Value::of(200)}, {"frequency", Value::of(10)}},
        50};
    // 1 + 2 sin x < 0 for 7/6 pi < x < 11/6 pi; the rest has the mean (4/3 pi + 2 sqrt(3)) / 2 pi.
    std::vector<double> seen(12);
    double total = 0;
    for (const auto& train : trains(setting, 100'000))
        for (const double time : train) {
            ++seen[static_cast<std::size_t>(std::fmod(time, 100) / 100 * 12)];
            ++total;
        }
    for (const std::size_t silent : {7, 8, 9, 10}) CHECK(seen[silent] == 0);
    const double expected = 50 * 10 * 100 * (4 * M_PI / 3 + 2 * std::sqrt(3.0)) / (2 * M_PI);
    CHECK(std::abs(total - expected) < 4 * std::sqrt(expected));
}
