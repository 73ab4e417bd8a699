// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "protocols/studies/vogels_isp.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;

TEST_CASE("inhibition finds the rate at which its rule rests", "[studies]") {
    VogelsIsp::Params p;
    p.scale = 0.05;
    p.target_rate = 5;
    p.eta = 0.2;
    p.duration = 25'000;
    p.measure = 8000;
    const auto results = results_of<VogelsIsp>(p);
    const double deviation = results["deviation"];
    const double expected = results["expected_deviation"];
    // So small a network shares so many inputs that coincidences by chance and by cause cancel.
    CHECK(std::abs(deviation) < 0.1);
    CHECK(results["rate_hz"] == Approx(5 * (1 + deviation)));
    // 400 neurons at 5 Hz for 8 s: some 16,000 spikes, of which weights still take in a few percent.
    CHECK(std::abs(results["drift"].get<double>()) < 0.05);
    CHECK(std::abs(deviation - expected) < 0.06);
    CHECK(expected == Approx(1 / (1 + results["coincidence"].get<double>()) - 1));
    CHECK(results["rate_start_hz"] > 50);  // before, most fire as fast as they can
    CHECK(results["weight_mean"] > 1);     // began at 0.001
    CHECK(results["cv_isi"] > 0.6);        // irregular
    p.duration = p.measure = 1000;
    p.eta = 0;
    CHECK(results_of<VogelsIsp>(p)["deviation"] > 1);  // without the rule
}

TEST_CASE("balance that is interrupted has its weights", "[studies]") {
    VogelsIsp::Params p;
    p.scale = 0.05;
    p.duration = p.measure = 200;
    CHECK(interrupted<VogelsIsp>(p)["weight_mean"] > 0);
}
