// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "protocols/studies/bcm_selectivity.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::WithinAbs;

TEST_CASE("BCM neurons become selective, to patterns of their own", "[studies]") {
    BcmSelectivity::Params p;
    p.inputs = 6;
    p.w_start = 0.33;
    p.duration = 200'000;
    const auto results = results_of<BcmSelectivity>(p);
    CHECK(results["selectivity_most"] == 0.75);
    CHECK(results["selectivity_start"] < 0.25);
    CHECK(results["selectivity_least"] > 0.65);
    std::set<std::ptrdiff_t> preferred;
    double mean = 0;
    for (const std::vector<double> row : results["responses"]) {
        const auto most = std::max_element(row.begin(), row.end());
        preferred.insert(most - row.begin());
        double sum = 0;
        for (const double rate : row) sum += rate;
        mean += (1 - sum / 4 / *most) / p.neurons;
        // The threshold meets a response y to one pattern of four where y^2 / 4 = rho_0 y: at 200 Hz;
        // noise of the inputs makes the mean square larger.
        CHECK(*most > 60);
        CHECK(*most < 220);
    }
    CHECK(preferred.size() > 1);
    CHECK_THAT(results["selectivity"].get<double>(), WithinAbs(mean, 1e-9));
}

TEST_CASE("without learning BCM neurons answer every pattern", "[studies]") {
    BcmSelectivity::Params p;
    p.eta = 0;
    p.duration = 1000;
    p.test = 1000;
    CHECK(results_of<BcmSelectivity>(p)["selectivity"] < 0.25);
}

TEST_CASE("BCM neurons that are interrupted have no answers", "[studies]") {
    BcmSelectivity::Params p;
    p.duration = 3000;
    p.test = 500;
    CHECK(interrupted<BcmSelectivity>(p)["responses"].is_null());
}
