// SPDX-License-Identifier: BSD-3-Clause
// Noisy currents against the Gaussian processes that they are named after.

#include <catch2/catch.hpp>

#include "tests/oracle/sources/statistics.hpp"
#include "tests/unit/sources/helpers.hpp"

using namespace oracle;
using namespace sources::test;
using sim::Step;
using sim::Value;

namespace {

/// The currents of every neuron at grid points 0, ..., steps - 1. Shape: [neuron][step]
std::vector<std::vector<double>> currents(Setting setting, Step steps) {
    setting.timing = sim::Timing::grid;
    Made made(setting);
    std::vector<std::vector<double>> result(setting.size);
    std::vector<double> now(setting.size);
    for (Step step = 0; step < steps; ++step) {
        const auto row = made.row(step);
        for (std::size_t k = 0; k < setting.size; ++k)
            result[k].push_back(now[k] += row.current[k]);
    }
    return result;
}

/// Pairs of values `lag` apart, of all neurons.
double correlation_at(const std::vector<std::vector<double>>& rows, std::size_t lag) {
    std::vector<double> x;
    std::vector<double> y;
    for (const auto& row : rows) {
        x.insert(x.end(), row.begin(), row.end() - static_cast<std::ptrdiff_t>(lag));
        y.insert(y.end(), row.begin() + static_cast<std::ptrdiff_t>(lag), row.end());
    }
    return correlation(x, y);
}

}  // namespace

TEST_CASE("white noise is normal, with its mean and standard deviation", "[oracle][sources]") {
    const Setting setting{"noise_current", {{"mean", Value::of(30)}, {"std", Value::of(80)}}, 50};
    std::vector<double> all;
    for (const auto& row : currents(setting, 1000)) all.insert(all.end(), row.begin(), row.end());
    const auto cdf = [](double x) { return normal_cdf((x - 30) / 80); };
    CHECK(kolmogorov_ratio(all, cdf) < 1);
    const auto n = static_cast<double>(all.size());
    CHECK(std::abs(mean(all) - 30) < 4 * 80 / std::sqrt(n));
    CHECK(std::abs(covariance(all, all) / 6400 - 1) < 4 * std::sqrt(2 / n));
}

TEST_CASE("draws of white noise are independent in time and over neurons", "[oracle][sources]") {
    const Setting setting{"noise_current", {{"interval", Value::of(0.2)}}, 10};
    const auto rows = currents(setting, 10'000);
    const double limit = 4.5 / std::sqrt(5000.0);  // draws of a neuron
    for (std::size_t a = 0; a < 10; ++a)
        for (std::size_t b = a + 1; b < 10; ++b)
            CHECK(std::abs(correlation(rows[a], rows[b])) < limit);
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); i += 2)
            REQUIRE(std::abs(row[i] - row[i + 1]) < 1e-10);
    CHECK(std::abs(correlation_at(rows, 2)) < 4.5 / std::sqrt(50'000.0));
    CHECK(std::abs(correlation_at(rows, 6)) < 4.5 / std::sqrt(50'000.0));
}

TEST_CASE("white noise moves a leaky integrator as its spectrum says", "[oracle][sources]") {
    // The variance of the potential per (pA ms / pF)^2, std^2 interval tau / 2, from the header of
    // the model; the exact sum over intervals d is std^2 tau^2 (1 - a) / (1 + a), a = e^{-d/tau}.
    const double tau = 10;
    for (const double interval : {0.1, 0.5}) {
        const Setting setting{"noise_current", {{"interval", Value::of(interval)}}, 200};
        std::vector<double> ends;
        const double a = std::exp(-0.1 / tau);
        for (const auto& row : currents(setting, 2000)) {
            double v = 0;
            for (const double current : row) v = a * v + tau * (1 - a) * current;
            ends.push_back(v);
        }
        const double expected = 100 * 100 * interval * tau / 2;
        // 200 potentials after 20 tau: the variance has a relative standard error of 0.1.
        CHECK(std::abs(covariance(ends, ends) / expected - 1) < 0.4);
        CHECK(std::abs(mean(ends)) < 4 * std::sqrt(expected / 200));
    }
}

TEST_CASE("an Ornstein-Uhlenbeck current is stationary from the begin", "[oracle][sources]") {
    const Setting setting{"ornstein_uhlenbeck_current",
                          {{"mean", Value::of(-20)}, {"std", Value::of(50)}, {"tau", Value::of(5)}},
                          20'000};
    const auto rows = currents(setting, 101);
    for (const std::size_t step : {0, 1, 50, 100}) {
        std::vector<double> now;
        for (const auto& row : rows) now.push_back(row[step]);
        CHECK(kolmogorov_ratio(now, [](double x) { return normal_cdf((x + 20) / 50); }) < 1);
    }
}

TEST_CASE("the correlation of an Ornstein-Uhlenbeck current is exponential in time",
          "[oracle][sources]") {
    for (const double interval : {0.1, 0.4}) {
        const Setting setting{"ornstein_uhlenbeck_current",
                              {{"tau", Value::of(2)}, {"interval", Value::of(interval)}},
                              40};
        const auto rows = currents(setting, 40'000);
        for (const std::size_t lag : {4, 8, 20, 40}) {
            const double expected = std::exp(-0.1 * static_cast<double>(lag) / 2);
            // Bartlett's formula for an autoregressive process: a standard error of 0.0036.
            CHECK(std::abs(correlation_at(rows, lag) - expected) < 0.016);
        }
        // From value to value it is 0.0009 at most.
        const auto first = static_cast<std::size_t>(std::lround(interval / 0.1));
        CHECK(std::abs(correlation_at(rows, first) - std::exp(-interval / 2)) < 0.004);
    }
}

TEST_CASE("Ornstein-Uhlenbeck currents of neurons are independent", "[oracle][sources]") {
    const Setting setting{"ornstein_uhlenbeck_current", {{"tau", Value::of(0.1)}}, 10};
    const auto rows = currents(setting, 20'000);
    // Correlation time of one step: about n tanh(1) independent pairs.
    for (std::size_t a = 0; a < 10; ++a)
        for (std::size_t b = a + 1; b < 10; ++b)
            CHECK(std::abs(correlation(rows[a], rows[b])) < 4.5 / std::sqrt(0.76 * 20'000));
}
