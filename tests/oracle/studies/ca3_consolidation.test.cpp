// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/studies/ca3_consolidation.hpp"
#include "protocols/studies/consolidator.hpp"
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

TEST_CASE("a lesson of a reverse ripple teaches of each item the one that follows", "[studies]") {
    const auto p = small_ca3();
    sim::SpikeColumn spikes;  // items 9 to 0, a volley every 6 ms, and a cell of none at 1001
    for (std::size_t k = 0; k < 10; ++k)
        for (std::size_t cell = 0; cell < 20; ++cell) {
            spikes.times.push_back(1000.5 + 6 * static_cast<double>(k) +
                                   0.1 * static_cast<double>(cell));
            spikes.ids.push_back(k == 0 && cell == 5 ? 230 : (9 - k) * 20 + cell);
        }
    const auto volleys = ca3::volleys(spikes, 1000, 100, 1, p);
    REQUIRE(volleys.size() == 10);
    CHECK(volleys[0].spikes.size() == 19);
    CHECK(volleys[0].items[9] == Approx(0.95));
    const auto lesson = ca3::replayed(volleys, p);
    REQUIRE(lesson.inputs.size() == 9);
    for (std::size_t k = 0; k < 9; ++k) {
        const auto item = 8 - k;
        for (const auto& spike : lesson.inputs[k]) CHECK(spike.neuron / 20 == item);
        CHECK(volleys[k + 1].begin + lesson.inputs[k][0].time ==
              Approx(1000.5 + 6 * static_cast<double>(k + 1)));
        for (Eigen::Index out = 0; out < 10; ++out) {
            const double part = item == 8 ? 0.95 : 1;
            CHECK(lesson.targets(out, static_cast<Eigen::Index>(k)) ==
                  Approx(static_cast<std::size_t>(out) == item + 1 ? part : 0));
        }
    }
    CHECK(ca3::replayed({volleys[0]}, p).inputs.empty());
    // As lived, the same is taught, in the other order.
    sim::RandomStream draws({1}, 0);
    const auto lived = ca3::as_lived(p, draws);
    REQUIRE(lived.inputs.size() == 9);
    for (std::size_t k = 0; k < 9; ++k) {
        CHECK(lived.inputs[k].size() == 20);
        CHECK(lived.inputs[k][7].neuron / 20 == k);
        CHECK(lived.targets.col(static_cast<Eigen::Index>(k)).sum() == 1);
        CHECK(lived.targets(static_cast<Eigen::Index>(k) + 1, static_cast<Eigen::Index>(k)) == 1);
    }
}

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

TEST_CASE("weights that run away are told, and what to do", "[studies]") {
    auto p = small();
    p.learning_rate = 1e6;
    QuietContext context;
    CHECK_THROWS_WITH(Ca3Consolidation::run(p, context),
                      Catch::Matchers::Contains("lower learning_rate"));
}
