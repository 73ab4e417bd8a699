// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "data/formats/hdf5.hpp"
#include "data/formats/spike_reader.hpp"
#include "protocols/studies/ca3_replay.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/studies/quiet.hpp"
#include "tests/oracle/studies/small_ca3.hpp"

using namespace protocols;
using namespace protocols::test;

namespace {

Ca3Replay::Params small() {
    Ca3Replay::Params p;
    static_cast<Ca3Params&>(p) = small_ca3();
    p.seeds = 2;
    p.events = 2;
    p.blocked = 1;
    p.shuffles = 39;
    return p;
}

}  // namespace

TEST_CASE("an episode shown once is replayed away from its cue, and only through its synapses",
          "[studies]") {
    const auto results = results_of<Ca3Replay>(small());
    CAPTURE(results.dump(1));
    CHECK(results["recalled"] > 0.95);
    CHECK(results["recalled_partial"] > 0.95);
    CHECK(results["recalled_blocked"] == 0);
    CHECK(results["recalled_exchanged"] < 0.3);
    CHECK(results["rank_correlation_forward"] > 0.95);
    CHECK(results["rank_correlation_reverse"] < -0.95);
    CHECK(results["rank_correlation_shuffled"] < 0.35);  // of 10 items: 0.27 by chance
    CHECK(results["compression"] > 10);
    CHECK(results["compression"] < 30);
    CHECK(results["spikes_per_cell"][1] <= 2);
    CHECK(results["detected"] == 1);
    CHECK(results["direction_right"] == 1);
    CHECK(results["uncued"] == 0);
    CHECK(results["recalled_seeds"].size() == 2);
    // From the middle both ways at once, if not always to the ends, as two fronts are inhibited
    // more: time goes with the distance, not with the item.
    CHECK(results["recalled_middle"] > 0.6);
    CHECK(std::fabs(results["rank_correlation_middle"][0].get<double>()) < 0.5);
    CHECK(results["rank_correlation_middle"][1] > 0.95);
}

TEST_CASE("with little adaptation cells fire again and again", "[studies]") {
    auto p = small();
    p.seeds = p.events = 1;
    p.theta_jump = 20;
    const auto results = results_of<Ca3Replay>(p);
    CAPTURE(results.dump(1));
    CHECK(results["spikes_per_cell"][1] > 2);
}

TEST_CASE("spikes and events of replay are in the folder of the run", "[studies]") {
    auto p = small();
    p.seeds = 1;
    QuietContext context;
    Ca3Replay::run(p, context);
    const auto spikes = data::read_spikes({context.file("pyramidal.h5"), ""});
    CHECK(spikes.times.size() > 1000);
    CHECK(!data::read_spikes({context.file("basket.h5"), ""}).times.empty());
    CHECK(std::filesystem::file_size(context.file("replay.h5")) > 0);
}

TEST_CASE("an interrupted replay keeps the seeds that are done", "[studies]") {
    const auto results = interrupted<Ca3Replay>(small());
    CHECK(results["recalled_seeds"].size() == 1);
}

TEST_CASE("replay is looked for before the next cue", "[studies]") {
    auto p = small();
    p.window = p.ripple_gap + 1;
    QuietContext context;
    CHECK_THROWS_WITH(Ca3Replay::run(p, context), Catch::Matchers::Contains("raise ripple_gap"));
}
