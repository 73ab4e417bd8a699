// SPDX-License-Identifier: BSD-3-Clause
#include <sched.h>

#include <catch2/catch.hpp>

#include "data/formats/file_info.hpp"
#include "data/formats/spike_hash.hpp"
#include "data/formats/spike_reader.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;
using Catch::Matchers::WithinRel;

namespace {

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object.items()) names.push_back(key);
    return names;
}

// The fingerprint by its definition, from the file alone; first_id as the populations are ordered.
std::string hash_of(const std::filesystem::path& spikes) {
    sim::RecordingPlan plan{{{"exc", 10, 0}, {"inh", 10, 10}}, {}, 0.1};
    data::SpikeHash hash;
    hash.begin(plan);
    sim::Batch batch{
        1e9, {data::read_spikes({spikes, "exc"}), data::read_spikes({spikes, "inh"})}, {}};
    hash.write(batch);
    hash.end(sim::ExitState::complete);
    return hash.hex();
}

}  // namespace

TEST_CASE("a run leaves spikes, traces, protocol and summary", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto result = bench.run({"run", "small.toml", "--out", "a", "--seed", "7", "-j", "2"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    CHECK_THAT(result.out, Contains("small (complete)") && Contains("exc") && Contains("\n  a\n"));
    const auto summary = bench.summary("a");
    CHECK(summary["state"] == "complete");
    CHECK(summary["protocol"] == "small");
    CHECK(summary["seed"] == 7);
    CHECK(summary["threads"] == 2);
    CHECK(summary["timing"] == "exact");
    CHECK(summary["duration_ms"] == 100);
    CHECK(summary["neurons"] == 20);
    CHECK(summary["synapses"] == 50);
    CHECK(summary["results"] == Json::object());
    const auto exc = data::read_spikes({bench / "a/spikes.h5", "exc"});
    const auto inh = data::read_spikes({bench / "a/spikes.h5", "inh"});
    CHECK(exc.times.size() > 20);
    CHECK(summary["populations"]["exc"]["spikes"] == exc.times.size());
    CHECK(summary["spikes"] == exc.times.size() + inh.times.size());
    // 10 neurons for 0.1 s; the factor is the rounding of one division.
    CHECK_THAT(summary["populations"]["exc"]["rate_hz"].get<double>(),
               WithinRel(static_cast<double>(exc.times.size()), 1e-12));
    CHECK(summary["spikes_sha256"] == hash_of(bench / "a/spikes.h5"));
    const auto traces = data::file_info(bench / "a/traces.h5").traces;
    REQUIRE(traces.size() == 1);
    CHECK(traces[0].rows == 200);
    CHECK(traces[0].neurons == 2);
}

TEST_CASE("by default a run has as many threads as cores that it may use", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto run = bench.run({"run", "small.toml", "--out", "r"}, [] {
        cpu_set_t all;
        sched_getaffinity(0, sizeof all, &all);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int core = 0; CPU_COUNT(&one) == 0; ++core)
            if (CPU_ISSET(core, &all)) CPU_SET(core, &one);
        sched_setaffinity(0, sizeof one, &one);
    });
    CHECK(run.code == 0);
    CHECK(bench.summary("r")["threads"] == 1);
}

TEST_CASE("a summary has the same keys at every moment", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto child = bench.start({"run", "small.toml", "--out", "a", "--duration", "1e6"});
    const auto is_there = [&] { return std::filesystem::exists(bench / "a/spikes.h5"); };
    REQUIRE(wait_until(is_there));
    const auto running = bench.summary("a");
    kill(child, SIGTERM);
    CHECK(bench.wait(child).code == 130);
    const auto ended = bench.summary("a");
    CHECK(running["state"] == "running");
    CHECK(running["spikes"].is_null());
    CHECK(ended["state"] == "interrupted");
    CHECK(keys(running) == keys(ended));
    const std::vector<std::string> wanted{
        "build_s",     "duration_ms", "events_per_s",    "neurons",          "peak_rss_bytes",
        "populations", "protocol",    "provenance",      "real_time_factor", "results",
        "seed",        "simulate_s",  "source_events",   "spikes",           "spikes_sha256",
        "state",       "synapses",    "synaptic_events", "threads",          "timing"};
    CHECK(keys(ended) == wanted);
    CHECK(keys(ended["provenance"]) ==
          std::vector<std::string>{"build_type", "compiler", "ended_utc", "flags", "host_cores",
                                   "libraries", "revision", "started_utc", "version"});
}

TEST_CASE("the written protocol runs again to the same bits", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    CHECK(bench
              .run({"run", "small.toml", "--out", "a", "--set", "rate=9kHz", "--seed", "3",
                    "--timing", "grid", "--resolution", "0.05ms", "--duration", "0.2s",
                    "--tolerance", "1e-8", "--record", "inh.v[0-4]@1ms"})
              .code == 0);
    const auto protocol = contents(bench / "a/protocol.toml");
    for (const char* line : {"rate = 9000.0", "seed = 3", "timing = \"grid\"", "resolution = 0.05",
                             "duration = 200.0", "tolerance = 1e-08", "neurons = [0, 1, 2, 3, 4]"})
        CHECK_THAT(protocol, Contains(line));
    CHECK(bench.run({"run", "a/protocol.toml", "--out", "b", "-j", "1"}).code == 0);
    CHECK(contents(bench / "b/protocol.toml") == protocol);
    CHECK(bench.summary("a")["spikes_sha256"] == bench.summary("b")["spikes_sha256"]);
    CHECK(bench.summary("a")["spikes"] > 0);
    CHECK(data::file_info(bench / "a/traces.h5").traces.size() == 2);
    CHECK(bench.run({"run", "a/protocol.toml", "--out", "c", "--seed", "4"}).code == 0);
    CHECK(bench.summary("a")["spikes_sha256"] != bench.summary("c")["spikes_sha256"]);
}

TEST_CASE("files named by a protocol are read, and found again from the run folder", "[cli]") {
    const Bench bench;
    std::filesystem::create_directory(bench / "input");
    bench.write("input/trains.csv", "time,id\n1.0,0\n2.0,1\n5.5,0\n");
    bench.write("input/edges.csv", "source target weight delay\n0 0 20 1.5\n1 2 20 2\n");
    bench.write("input/replay.toml", R"([neurons.cells]
model = "lif_delta"
size = 3
[sources.in]
model = "spike_trains"
path = "trains.csv"
[projections.wires]
from = "in"
to = "cells"
connector = "edge_list"
path = "edges.csv"
[run]
duration = 10
)");
    const auto result = bench.run({"run", "input/replay.toml", "--out", "runs/a"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    const auto spikes = data::read_spikes({bench / "runs/a/spikes.h5", ""});
    CHECK(spikes.times == std::vector{2.5, 4.0, 7.0});
    CHECK(spikes.ids == std::vector<std::uint64_t>{0, 2, 0});
    CHECK(bench.summary("runs/a")["protocol"] == "replay");
    CHECK(bench.run({"run", "runs/a/protocol.toml", "--out", "b"}).code == 0);
    CHECK(bench.summary("runs/a")["spikes_sha256"] == bench.summary("b")["spikes_sha256"]);
}

TEST_CASE("spikes of a run drive another one", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run({"run", "small.toml", "--out", "a"}).code == 0);
    bench.write("replay.toml", R"([neurons.cells]
model = "relay"
size = 10
[sources.in]
model = "spike_trains"
path = "a/spikes.h5#exc"
size = 10
[projections.wires]
from = "in"
to = "cells"
connector = "one_to_one"
delay = 1
[run]
duration = 101
)");
    const auto result = bench.run({"run", "replay.toml", "--out", "b"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    auto sent = data::read_spikes({bench / "a/spikes.h5", "exc"});
    const auto received = data::read_spikes({bench / "b/spikes.h5", "cells"});
    REQUIRE(received.times.size() == sent.times.size());
    for (std::size_t i = 0; i < sent.times.size(); ++i)  // one addition is rounded
        CHECK_THAT(received.times[i], WithinRel(sent.times[i] + 1, 1e-15));
    CHECK(received.ids == sent.ids);
}

TEST_CASE("progress is told in lines, in JSON or not at all", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto plain = bench.run({"run", "small.toml", "--out", "a", "--progress", "plain"});
    CHECK_THAT(plain.err, Contains("building the network") &&
                              Contains("100.0 %, 100.0 of 100 ms") && Contains("spikes/s") &&
                              Contains("left"));
    CHECK_THAT(plain.err, !Contains("\033"));
    const auto json = bench.run({"run", "small.toml", "--out", "b", "--progress", "json"});
    std::istringstream lines(json.out);
    std::vector<Json> objects;
    for (std::string line; std::getline(lines, line);) objects.push_back(Json::parse(line));
    REQUIRE(objects.size() >= 3);
    CHECK(objects.front()["stage"] == "build");
    CHECK(objects[objects.size() - 2]["percent"] == 100);
    CHECK(objects.back()["state"] == "complete");
    CHECK(objects.back()["folder"] == "b");
    CHECK(json.err.empty());
    CHECK(bench.run({"run", "small.toml", "--out", "c", "--progress", "none"}).err.empty());
}

TEST_CASE("a run that was there is replaced only on demand", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run({"run", "small.toml", "--out", "a"}).code == 0);
    bench.write("a/notes.txt", "mine");
    const auto before = contents(bench / "a/spikes.h5");
    const auto refused = bench.run({"run", "small.toml", "--out", "a", "--seed", "2"});
    CHECK(refused.code == 4);
    CHECK_THAT(refused.err, Contains("a: is there already and not empty") && Contains("--force"));
    CHECK(contents(bench / "a/spikes.h5") == before);
    const auto forced =
        bench.run({"run", "single_neuron", "--set", "traces=0", "--out", "a", "--force"});
    CHECK(forced.code == 0);
    CHECK(bench.summary("a")["protocol"] == "single_neuron");
    CHECK(contents(bench / "a/notes.txt") == "mine");
    CHECK(!std::filesystem::exists(bench / "a/traces.h5"));  // of the run before
    bench.write("file", "");
    CHECK(bench.run({"run", "small.toml", "--out", "file"}).code == 4);
}

TEST_CASE("runs without --out get folders of their own", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run({"run", "small.toml"}).code == 0);
    REQUIRE(bench.run({"run", "small.toml"}).code == 0);
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(bench / "runs"))
        found.push_back(entry.path().filename().string());
    REQUIRE(found.size() == 2);
    for (const auto& name : found) CHECK_THAT(name, Contains("small-20"));
}
