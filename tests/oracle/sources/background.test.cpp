// SPDX-License-Identifier: BSD-3-Clause
// The Poisson background against the Poisson distribution and the independence of its draws.

#include <boost/math/distributions/poisson.hpp>
#include <catch2/catch.hpp>

#include "tests/oracle/sources/statistics.hpp"
#include "tests/unit/sources/helpers.hpp"

using namespace oracle;
using namespace sources::test;
using sim::Step;
using sim::Value;

namespace {

Setting background(double mean, std::uint64_t size) {
    return {"poisson_background", {{"rate", Value::of(mean * 10'000)}}, size};  // bins of 0.1 ms
}

/// Counts of every neuron in bins 0, ..., bins - 1. Shape: [bin][neuron]
std::vector<std::vector<double>> grid_counts(const Setting& setting, Step bins) {
    Made made(setting);
    std::vector<std::vector<double>> result;
    made.row(0);
    for (Step step = 1; step <= bins; ++step) result.push_back(made.row(step).exc);
    return result;
}

std::vector<std::vector<double>> exact_counts(const Setting& setting, Step bins) {
    Made made(setting);
    std::vector<std::vector<double>> result;
    std::vector<sim::Arrival> out;
    for (Step step = 0; step < bins; ++step) {
        auto& row = result.emplace_back();
        for (std::uint32_t k = 0; k < setting.size; ++k) {
            out.clear();
            row.push_back(static_cast<double>(made.drive().arrivals(step, k, out)));
        }
    }
    return result;
}

double poisson_fit(const std::vector<std::vector<double>>& counts, double mean) {
    const boost::math::poisson_distribution<> distribution(mean);
    const auto largest = static_cast<std::size_t>(mean + 12 * std::sqrt(mean) + 12);
    std::vector<double> seen(largest + 1);
    double total = 0;
    for (const auto& row : counts)
        for (const double count : row) {
            ++seen[std::min(largest, static_cast<std::size_t>(count))];
            ++total;
        }
    std::vector<double> expected;
    for (std::size_t k = 0; k <= largest; ++k)
        expected.push_back(total * boost::math::pdf(distribution, static_cast<double>(k)));
    return chi_square_ratio(seen, expected);
}

std::vector<double> column(const std::vector<std::vector<double>>& rows, std::size_t k) {
    std::vector<double> result;
    for (const auto& row : rows) result.push_back(row[k]);
    return result;
}

}  // namespace

TEST_CASE("counts of a step are Poisson for any mean", "[oracle][sources]") {
    for (const double mean : {0.01, 0.1, 0.8, 2.0, 12.0, 100.0, 1e4}) {
        CAPTURE(mean);
        CHECK(poisson_fit(grid_counts(background(mean, 500), 400), mean) < 1);
        if (mean <= 100) CHECK(poisson_fit(exact_counts(background(mean, 500), 100), mean) < 1);
    }
}

TEST_CASE("counts are right beyond the bits that are drawn first", "[oracle][sources]") {
    // One arrival in 100,000 steps: less likely than the last of 2^16 first draws.
    auto setting = background(1e-5, 1000);
    Made made(setting);
    std::uint64_t total = 0;
    for (Step step = 1; step <= 40'000; ++step) total += made.row(step).spikes;
    CHECK(std::abs(static_cast<double>(total) - 400) < 4 * 20);  // standard deviation 20
}

TEST_CASE("counts of neurons with rates of their own are Poisson", "[oracle][sources]") {
    auto setting = background(1, 16);
    std::vector<double> rates;
    for (int k = 0; k < 16; ++k) rates.push_back(2500.0 * (k + 1));
    setting.params["rate"] = Value::of(rates);
    const auto rows = grid_counts(setting, 20'000);
    for (std::size_t k = 0; k < 16; ++k) {
        std::vector<std::vector<double>> one{column(rows, k)};
        CHECK(poisson_fit(one, 0.25 * static_cast<double>(k + 1)) < 1);
    }
}

TEST_CASE("counts of neurons and steps are independent", "[oracle][sources]") {
    // Neighbours share a random block, distant neurons nothing; n products have a correlation of
    // 0 +- 1 / sqrt(n), and 4.7 standard deviations are left out once in 400,000.
    constexpr std::size_t bins = 40'000;
    const double limit = 4.7 / std::sqrt(static_cast<double>(bins));
    for (const bool on_grid : {true, false}) {
        const auto setting = background(2, 20);
        const auto rows = on_grid ? grid_counts(setting, bins) : exact_counts(setting, bins);
        for (std::size_t a = 0; a < 20; ++a) {
            const auto x = column(rows, a);
            for (std::size_t b = a + 1; b < 20; ++b)
                CHECK(std::abs(correlation(x, column(rows, b))) < limit);
            const std::vector<double> now(x.begin(), x.end() - 1);
            const std::vector<double> next(x.begin() + 1, x.end());
            CHECK(std::abs(correlation(now, next)) < limit);
        }
    }
}

TEST_CASE("times within a bin are uniform and do not depend on their number", "[oracle][sources]") {
    auto setting = background(2, 200);
    Made made(setting);
    std::vector<std::vector<double>> offsets(3);  // alone, first of two, second of two
    for (std::uint32_t k = 0; k < 200; ++k) {
        std::vector<sim::Arrival> out;
        for (Step step = 0; step < 500; ++step) {
            out.clear();
            made.drive().arrivals(step, k, out);
            if (out.size() == 1) offsets[0].push_back(out[0].offset / 0.1);
            if (out.size() == 2)
                for (std::size_t i = 0; i < 2; ++i) offsets[i + 1].push_back(out[i].offset / 0.1);
        }
    }
    CHECK(offsets[0].size() > 26'000);  // 2 e^-2 of 100,000
    CHECK(kolmogorov_ratio(offsets[0], [](double x) { return x; }) < 1);
    CHECK(kolmogorov_ratio(offsets[1], [](double x) { return 1 - (1 - x) * (1 - x); }) < 1);
    CHECK(kolmogorov_ratio(offsets[2], [](double x) { return x * x; }) < 1);
}

TEST_CASE("intervals across bins are exponential", "[oracle][sources]") {
    for (const double mean : {0.3, 2.0}) {
        const auto setting = background(mean, 40);
        Made made(setting);
        std::vector<double> intervals;
        for (std::uint32_t k = 0; k < 40; ++k) {
            double last = -1;
            for (const auto& [time, arrival] : made.arrivals(2000, k)) {
                const double now = static_cast<double>(time.step) + time.offset / 0.1;
                if (last >= 0) intervals.push_back(now - last);
                last = now;
            }
        }
        CHECK(intervals.size() > 20'000);
        CHECK(kolmogorov_ratio(intervals, [&](double x) { return -std::expm1(-mean * x); }) < 1);
    }
}
