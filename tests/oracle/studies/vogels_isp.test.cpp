// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "protocols/studies/vogels_isp.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;

TEST_CASE("inhibition finds the target rate within a tenth", "[studies]") {
    VogelsIsp::Params p;
    p.scale = 0.1;
    p.duration = 15'000;
    p.measure = 6000;
    const auto results = results_of<VogelsIsp>(p);
    CHECK(std::abs(results["deviation"].get<double>()) < 0.1);
    CHECK(results["rate_hz"] == Approx(5 * (1 + results["deviation"].get<double>())));
    CHECK(results["rate_start_hz"] > 50);  // before, most fire as fast as they can
    CHECK(results["weight_mean"] > 15);    // began at 10
    CHECK(results["cv_isi"] > 0.7);        // irregular
    p.duration = p.measure = 1000;
    p.eta = 0;
    CHECK(results_of<VogelsIsp>(p)["deviation"] > 1);  // without the rule
}

TEST_CASE("balance that is interrupted has its weights", "[studies]") {
    VogelsIsp::Params p;
    p.scale = 0.05;
    p.duration = p.measure = 200;
    CHECK(interrupted<VogelsIsp>(p)["weight_mean"] > 1);
}
