// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/studies/ca3_consolidation.hpp"
#include "tests/oracle/studies/quiet.hpp"
#include "tests/oracle/studies/small_ca3.hpp"

using namespace protocols;
using namespace protocols::test;

namespace {

Ca3Consolidation::Params small() {
    Ca3Consolidation::Params p;
    static_cast<Ca3Params&>(p) = small_ca3();
    p.window = 200;
    p.ripple_gap = 300;
    p.ripple_rate = 10;
    p.seeds = 1;
    p.ripples = 24;
    p.blocked = 1;
    p.hidden = 100;
    return p;
}

}  // namespace

TEST_CASE("reverse ripples teach what comes next, through credit and their order alone",
          "[studies]") {
    const auto results = results_of<Ca3Consolidation>(small());
    CAPTURE(results.dump(1));
    const double before = results["accuracy_before"];
    CHECK(before < 0.4);  // 9 items: 1 in 9 by chance
    CHECK(results["accuracy"] >= 0.85);
    CHECK(results["accuracy_direct"] >= 0.85);
    CHECK(results["accuracy_blocked"] == before);
    CHECK(results["accuracy_no_credit"] == before);
    CHECK(results["accuracy_shuffled"] < 0.5);
    CHECK(results["accuracy_forward"] < 0.3);
    CHECK(results["predecessor_forward"] >= 0.85);
    CHECK(results["purity"] > 0.7);
    CHECK(results["course"].size() == 13);
    CHECK(results["course"][12][0] == 24);
    CHECK(results["course"][12][1] == results["accuracy"]);
}

TEST_CASE("a consolidator learns the same bits from CA3 on any number of threads", "[studies]") {
    auto p = small();
    p.ripples = 4;
    p.plastic = "all";
    std::vector<std::string> found;
    for (const int threads : {1, 2, 4}) {
        QuietContext context(3, 2, threads);
        found.push_back(Ca3Consolidation::run(p, context).dump());
    }
    CHECK(found[0] == found[1]);
    CHECK(found[0] == found[2]);
}

TEST_CASE("an interrupted consolidation keeps the seeds that are done", "[studies]") {
    auto p = small();
    p.seeds = 2;
    p.ripples = 2;
    CHECK(interrupted<Ca3Consolidation>(p)["accuracy_seeds"].size() == 1);
}

TEST_CASE("events of credit are in the folder of the run", "[studies]") {
    auto p = small();
    p.ripples = 2;
    QuietContext context;
    Ca3Consolidation::run(p, context);
    for (const auto* file : {"pyramidal.h5", "basket.h5", "replay.h5", "credit.h5"})
        CHECK(std::filesystem::file_size(context.file(file)) > 0);
}
