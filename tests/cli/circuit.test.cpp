// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "data/formats/spike_reader.hpp"
#include "tests/cli/program.hpp"
#include "tests/unit/sonata/circuit.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

// Two neurons, of which the first is driven and drives the second.
struct Pair : circuits::Circuit {
    Pair() {
        nodes("net",
              "node_type_id model_type model_template dynamics_params\n"
              "7 point_neuron nest:iaf_psc_delta NULL\n",
              {.types = {7, 7}, .dynamics = {{"I_e", {500, 0}}}});
        edges("wires", "net", "net", {0}, {1}, "edge_type_id\n0\n",
              {.types = {0}, .attributes = {{"syn_weight", {30}}, {"delay", {2}}}});
    }
};

}  // namespace

TEST_CASE("a circuit runs into its own output folder, or the one of --out", "[cli]") {
    Pair pair;
    const auto config =
        pair.write(R"("output": {"output_dir": "found", "spikes_file": "events.h5"})").string();
    const Bench bench;
    const auto result = bench.run({"run", config});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    const auto spikes = data::read_spikes({pair.path("found/events.h5"), "net"});
    REQUIRE(spikes.times.size() >= 4);
    CHECK(spikes.ids[0] == 0);
    CHECK(spikes.ids[1] == 1);
    CHECK(spikes.times[1] == spikes.times[0] + 2);
    CHECK(bench.run({"run", config}).code == 4);  // the folder is taken
    CHECK(bench.run({"run", config, "--force", "--duration", "50"}).code == 0);
    CHECK(bench.run({"run", config, "--out", "mine", "--duration", "50"}).code == 0);
    CHECK(bench.summary("mine")["duration_ms"] == 50);
    CHECK(std::filesystem::exists(bench / "mine/events.h5"));
    const auto again = bench.run({"run", "mine/protocol.toml", "--out", "again"});
    CHECK(again.code == 0);
    CHECK(bench.summary("mine")["spikes_sha256"] == bench.summary("again")["spikes_sha256"]);
}

TEST_CASE("a circuit takes the options of the run and the recordings, and no other keys", "[cli]") {
    Pair pair;
    const auto config = pair.write().string();
    const Bench bench;
    CHECK(bench.run({"validate", config, "--timing", "grid", "--record", "net.v[1]"}).code == 0);
    const auto mistake = [&](const std::vector<std::string>& options) {
        std::vector<std::string> all{"validate", config};
        all.insert(all.end(), options.begin(), options.end());
        const auto result = bench.run(all);
        CHECK(result.code == 3);
        return result.err;
    };
    CHECK_THAT(mistake({"--duration", "-1"}), Contains("--duration -1: error: must be > 0"));
    CHECK_THAT(mistake({"--record", "nett.v"}),
               Contains("--record nett.v: error: nett: unknown population"));
    CHECK_THAT(mistake({"--set", "neurons.net.tau_m=3"}), Contains("leads nowhere"));
}

TEST_CASE("mistakes of a circuit are bad protocols, files that are missing input errors", "[cli]") {
    Pair pair;
    const Bench bench;
    const auto unknown =
        pair.write(
                R"("conditions": {}, "inputs": {"x": {"input_type": "magic", "module": "magic"}})")
            .string();
    const auto result = bench.run({"run", unknown, "--out", "a"});
    CHECK(result.code == 3);
    CHECK_THAT(result.err, Contains("magic"));
    pair.text("broken.json", "{");
    CHECK(bench.run({"validate", pair.path("broken.json").string()}).code == 4);
    pair.text("lost.json", R"({"network": "nowhere.json", "run": {"tstop": 1, "dt": 0.1}})");
    CHECK(bench.run({"validate", pair.path("lost.json").string()}).code == 4);
    const auto odd = pair.write(R"("output": {"spikes_file": "traces.h5"})").string();
    CHECK(bench.run({"run", odd}).code == 4);
}
