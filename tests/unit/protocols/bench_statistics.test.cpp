// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "protocols/cli/bench/statistics.hpp"

using namespace protocols::cli;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

TEST_CASE("the spread of repeats is their least, middle and most", "[unit]") {
    const auto odd = spread({3, 1, 10});
    CHECK(odd.least == 1);
    CHECK(odd.median == 3);
    CHECK(odd.most == 10);
    CHECK(spread({4, 1, 10, 2}).median == 3);
    const auto one = spread({7});
    CHECK((one.least == 7 && one.median == 7 && one.most == 7));
}

TEST_CASE("a power law gives its exponent and its growth", "[unit]") {
    const double exponent = GENERATE(-1.0, 0.0, 0.25, 2.0);
    std::vector<double> x{1, 3, 10, 250};
    std::vector<double> y;
    for (const double size : x) y.push_back(5e-9 * std::pow(size, exponent));
    const auto law = fit_power_law(x, y);
    // A dozen roundings of logarithms up to 20.
    CHECK_THAT(law.exponent, WithinAbs(exponent, 1e-14));
    CHECK_THAT(law.growth, WithinRel(std::pow(250, exponent), 1e-12));
    CHECK_THAT(law.standard_error, WithinAbs(0, 1e-14));
}

TEST_CASE("points beside a power law show in the error of its exponent", "[unit]") {
    // In logarithms (0, 0), (1, 2), (2, 1): slope 1/2 about the mean (1, 1), residuals -1/2, 1, -1/2,
    // so the error is sqrt((1.5 / 1) / 2).
    const double e = std::exp(1.0);
    const auto law = fit_power_law({1, e, e * e}, {1, e * e, e});
    CHECK_THAT(law.exponent, WithinRel(0.5, 1e-14));
    CHECK_THAT(law.standard_error, WithinRel(std::sqrt(0.75), 1e-14));
    CHECK(fit_power_law({1, 2}, {1, 8}).standard_error == 0);
}
