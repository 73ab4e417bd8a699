// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/studies/izhikevich_reward.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;

namespace {

// Smaller, livelier and with rewards that are sooner, so that minutes are enough.
IzhikevichReward::Params small() {
    IzhikevichReward::Params p;
    p.exc = 80;
    p.synapses = 10;
    p.noise = 4;
    p.duration = 200'000;
    p.reward_after = 200;
    p.reward_before = 600;
    return p;
}

}  // namespace

TEST_CASE("a synapse whose pair is rewarded seconds later stands above the others", "[studies]") {
    const auto results = results_of<IzhikevichReward>(small());
    CHECK(results["rewards"] > 10);
    CHECK(results["stands_above"] > 0.99);
    CHECK(results["weight"] > 2 * results["weight_mean"].get<double>());
    CHECK(results["course"].size() == 40);
}

TEST_CASE("without reward the pair is one of many", "[studies]") {
    auto p = small();
    p.reward = 0;
    p.duration = 50'000;
    CHECK(results_of<IzhikevichReward>(p)["stands_above"] < 0.9);
}

TEST_CASE("rewards that are interrupted leave their weights", "[studies]") {
    auto p = small();
    p.duration = 4000;
    CHECK(interrupted<IzhikevichReward>(p)["course"].size() < 40);
}

TEST_CASE("rewards cannot be due before they are due", "[studies]") {
    auto p = small();
    p.reward_before = 150;
    QuietContext context;
    CHECK_THROWS_WITH(
        IzhikevichReward::run(p, context),
        Catch::Matchers::Contains("reward_before") && Catch::Matchers::Contains("raise it"));
}
