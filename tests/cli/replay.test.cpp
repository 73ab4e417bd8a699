// SPDX-License-Identifier: BSD-3-Clause
// The studies of replay, as a user runs them.
#include <catch2/catch.hpp>

#include "data/formats/hdf5.hpp"
#include "sim/core/random.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

Json results(const Bench& bench, std::vector<std::string> arguments, const std::string& out = "a") {
    for (const auto* more : {"--force", "--progress", "none", "--out"}) arguments.push_back(more);
    arguments.push_back(out);
    const auto result = bench.run(arguments);
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    return bench.summary(out)["results"];
}

std::string error(const Bench& bench, std::vector<std::string> arguments) {
    for (const auto* more : {"--progress", "none", "--out", "wrong"}) arguments.push_back(more);
    const auto result = bench.run(arguments);
    CHECK(result.code != 0);
    CHECK(!std::filesystem::exists(bench / "wrong"));
    return result.err;
}

// An animal that runs up and down a line of 300 px for 100 s and then rests for as long, in which
// its 20 place cells fire in order now and then, upwards and downwards in turn.
void write_recording(const std::filesystem::path& path) {
    std::vector<double> time, x, y, spike_time, unit;
    sim::RandomStream draws({3, 1}, 0);
    for (double t = 0; t < 200; t += 0.02) {
        const double phase = std::fmod(t, 6.0);
        const double s = t >= 100 ? 200 : phase < 3 ? 100 * phase : 600 - 100 * phase;
        time.push_back(t);
        x.push_back(s);
        y.push_back(0.5 * s);
        for (int u = 0; t < 100 && u < 20; ++u) {
            const double z = (s - 15 * (u + 0.5)) / 12;
            if (draws.uniform() > 0.6 * std::exp(-z * z / 2)) continue;
            spike_time.push_back(t + 0.01 * draws.uniform());
            unit.push_back(u);
        }
    }
    for (int k = 0; k < 18; ++k)
        for (int i = 0; i < 20; ++i)
            for (int spike = 0; spike < 2; ++spike) {
                spike_time.push_back(101 + 5 * k + 0.01 * i + 0.004 * spike);
                unit.push_back(k % 2 == 0 ? i : 19 - i);
            }
    const data::hdf5::Scope scope;
    const data::hdf5::Place place{path.string(), 0};
    const auto file = data::hdf5::create_file(place, {.overwrite = true});
    const auto spikes = data::hdf5::create_group(file, "spikes", place);
    const auto position = data::hdf5::create_group(file, "position", place);
    const auto write = [&](hid_t group, const char* name, const std::vector<double>& values,
                           hid_t type) {
        data::hdf5::write_dataset(group, name, type, H5T_NATIVE_DOUBLE, {values.size()},
                                  values.data(), place);
    };
    write(spikes, "time_s", spike_time, H5T_IEEE_F64LE);
    write(spikes, "unit", unit, H5T_STD_I32LE);
    write(position, "time_s", time, H5T_IEEE_F64LE);
    write(position, "x_px", x, H5T_IEEE_F64LE);
    write(position, "y_px", y, H5T_IEEE_F64LE);
}

}  // namespace

TEST_CASE("reversal in fixed point has no mismatch, that in double precision a limit", "[cli]") {
    const Bench bench;
    const auto fixed = results(bench, {"run", "replay_reversal"});
    CHECK(fixed["mismatches"] == 0);
    CHECK(fixed["bits_left"] == 0);
    CHECK(fixed["max_relative_error"] == 0);
    CHECK(fixed["bits_per_unit_step"].get<double>() ==
          Approx(fixed["expected_bits"].get<double>()).epsilon(0.05));
    const auto real = results(bench, {"run", "replay_reversal", "--set", "arithmetic=double",
                                      "--set", "network=published", "--set", "steps=200"});
    CHECK(real["longest_below_1e-10"].get<int>() >= 50);
    CHECK(real["longest_below_1e-10"].get<int>() < 100);
    CHECK(real["mismatches"].get<int>() > 0);
    const auto fitted =
        results(bench, {"run", "replay_reversal", "--set", "arithmetic=double", "--set",
                        "network=published", "--set", "steps=40", "--set", "backward=regressed"});
    CHECK(fitted["weight_error"].get<double>() < 1e-9);
    CHECK(fitted["weight_error"].get<double>() > 0);
    CHECK_THAT(error(bench, {"run", "replay_reversal", "--set", "backward=regressed"}),
               Contains("arithmetic = double"));
    CHECK_THAT(error(bench, {"run", "replay_reversal", "--set", "backward=regressed", "--set",
                             "arithmetic=double", "--set", "samples=8"}),
               Contains("take more samples"));
}

TEST_CASE("replay carries the gradient of stored history", "[cli]") {
    const Bench bench;
    const auto fixed = results(bench, {"run", "replay_gradient", "--set", "probes=10"});
    CHECK(fixed["relative_error"] == 0);
    CHECK(fixed["finite_difference_error"].get<double>() < 1e-6);
    const auto real = results(bench, {"run", "replay_gradient", "--set", "arithmetic=double",
                                      "--set", "network=published", "--set", "probes=0"});
    CHECK(real["relative_error"].get<double>() < 1e-10);
    CHECK(real["relative_error"].get<double>() > 0);
}

TEST_CASE("caches recall what they were shown once", "[cli]") {
    const Bench bench;
    const auto sparse = results(bench, {"run", "cache_capacity", "--set", "points=1"});
    CHECK(sparse["recall_forward"].get<double>() >= 0.99);
    CHECK(sparse["recall_backward"].get<double>() >= 0.99);
    CHECK(sparse["maze_shared"].get<double>() < 0.2);
    CHECK(sparse["maze_pages_events"] == 1);
    CHECK(sparse["maze_context_events"] == 1);
    const auto hopfield =
        results(bench, {"run", "cache_capacity", "--seed", "2", "--set", "cache=hopfield", "--set",
                        "cells=500", "--set", "items=20", "--set", "points=1"});
    CHECK(hopfield["recall_forward"] == 1);
    CHECK(hopfield["recall_backward"] == 1);
}

TEST_CASE("learning does not depend on threads, and every learner runs", "[cli]") {
    const Bench bench;
    const std::vector<std::string> small{"run",   "replay_copy", "--set", "delay=3",
                                         "--set", "seeds=2",     "--set", "updates=20"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), small.begin(), small.end());
        return results(bench, more);
    };
    CHECK(with({"--threads", "1"}) == with({"--threads", "2"}));
    CHECK(with({"--seed", "1"}) != with({"--seed", "9"}));
    const auto replay = with({}), stored = with({"--set", "learner=bptt"});
    CHECK(replay["accuracy_seeds"] == stored["accuracy_seeds"]);
    CHECK(replay["reversal_error"] == 0);
    for (const auto* learner : {"replay_tied", "replay_fa", "rflo", "eprop", "reservoir", "force"})
        CHECK(with({"--set", std::string("learner=") + learner})["accuracy_seeds"].size() == 2);
    CHECK_THAT(error(bench, {"run", "replay_copy", "--set", "units=30"}), Contains("units = 30"));
    CHECK_THAT(error(bench, {"run", "replay_copy", "--set", "learner=replay_tied", "--set",
                             "network=published"}),
               Contains("network = modified"));
    CHECK_THAT(error(bench, {"run", "replay_tmaze", "--set", "cue_min=30"}),
               Contains("cue_min = 30: above cue_max = 23"));
}

TEST_CASE("every task of replay runs", "[cli]") {
    const Bench bench;
    for (const auto* name :
         {"replay_adding", "replay_tmaze", "delayed_alternation", "sequence_maze"}) {
        const auto found = results(bench, {"run", name, "--set", "seeds=1", "--set", "updates=2"});
        CHECK(found["updates"] == Json{2});
    }
    for (const auto* task : {"counting", "sequence", "evidence", "digits"}) {
        const auto found = results(bench, {"run", "replay_tasks", "--set", "seeds=1", "--set",
                                           "updates=2", "--set", std::string("task=") + task});
        CHECK(found["updates"] == Json{2});
    }
    for (const auto* task : {"copy", "rare_copy", "counting"})
        CHECK(results(bench, {"run", "replay_schedule", "--set", "seeds=1", "--set", "episodes=80",
                              "--set", std::string("task=") + task})["episodes"] == Json{80});
    CHECK_THAT(error(bench, {"run", "replay_tasks", "--set", "task=evidence", "--set", "cues=4"}),
               Contains("odd number"));
    CHECK_THAT(error(bench, {"run", "replay_tasks", "--set", "least=30"}), Contains("above most"));
    CHECK_THAT(
        error(bench, {"run", "replay_tasks", "--set", "task=digits", "--set", "train_images=x"}),
        Contains("one is given without the other"));
    CHECK_THAT(error(bench, {"run", "replay_schedule", "--set", "cells=100"}),
               Contains("too few for"));
}

TEST_CASE("replay is found in a recording that holds some", "[cli]") {
    const Bench bench;
    write_recording(bench / "r.h5");
    const auto found = results(bench, {"analyze", "replay", "r.h5", "--set", "shuffles=99"});
    CHECK(found["decoding_error_px"].get<double>() < 20);
    CHECK(found["decoding_error_shuffled_px"].get<double>() > 40);
    CHECK(found["events"] == 18);
    CHECK(found["significant"].get<double>() > 0.8);
    CHECK(found["false_positive"].get<double>() < 0.3);  // 1 of 18 expected
    CHECK(found["rank_correlation"].get<double>() > 0.9);
    CHECK(found["compression"].get<double>() == Approx(15).epsilon(0.25));  // 1500 px/s to 100
    CHECK(bench.summary("a")["files"] == Json{"replay.h5"});
    const auto by_number =
        results(bench, {"analyze", "replay", "r.h5", "--set", "fields=ids", "--set",
                        "field_width=1.5", "--set", "field_bins=20", "--set", "shuffles=99"});
    CHECK(by_number["decoding_error_px"].is_null());
    CHECK(by_number["significant"].get<double>() > 0.5);
    CHECK_THAT(error(bench, {"analyze", "replay", "gone.h5"}), Contains("gone.h5"));
    CHECK_THAT(error(bench, {"analyze", "ripple", "r.h5"}), Contains("there is replay"));
    CHECK_THAT(error(bench, {"run", "replay_analysis"}), Contains("recording: none is given"));
}
