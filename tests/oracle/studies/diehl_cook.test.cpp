// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/diehl_cook.hpp"

#include <catch2/catch.hpp>

#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;

namespace {

Json learn(double does_learn, std::uint64_t seed) {
    DiehlCook::Params p;
    p.neurons = 50;
    p.train = 500;
    p.passes = 2;
    p.label = 500;
    p.test = 300;
    p.learn = does_learn;
    return results_of<DiehlCook>(p, seed);
}

}  // namespace

// Bands: seeds 1 to 3 gave 0.78-0.82 (0.85-0.88 by logarithms) with learning and 0.40-0.43 without;
// 300 images have a standard error of 0.024.
TEST_CASE("neurons that compete become digits, without labels; random weights do not") {
    const auto learned = learn(1, 1);
    CHECK(learned["accuracy"].get<double>() > 0.7);
    CHECK(learned["bayes_accuracy"].get<double>() > 0.78);
    CHECK(learned["silent"] == 0);
    const auto control = learn(0, 1);
    CHECK(control["accuracy"].get<double>() < 0.52);
    CHECK(control["accuracy"].get<double>() + 0.15 < learned["accuracy"].get<double>());
    double assigned = 0;
    for (const auto& neurons : learned["neurons_of_class"]) assigned += neurons.get<double>();
    CHECK(assigned == 50);
}

TEST_CASE("the digits network gives the same for the same seed, and another for another") {
    const auto a = learn(1, 2);
    const auto b = learn(1, 2);
    CHECK(a["confusion"] == b["confusion"]);
    CHECK(a["spikes_per_image"] == b["spikes_per_image"]);
    CHECK(learn(1, 3)["spikes_per_image"] != a["spikes_per_image"]);
}

TEST_CASE("the digits network stops where it is told to") {
    DiehlCook::Params p;
    p.neurons = 20;
    p.train = 300;
    p.batch = 20;
    CHECK(interrupted<DiehlCook>(p)["accuracy"].is_null());
}
