// SPDX-License-Identifier: BSD-3-Clause
// What is wrong is said where it is, all of it at once, with its exit code.
#include <catch2/catch.hpp>

#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct Case {
    const char* old_piece;
    const char* piece;
    const char* message;
};

void check_mistake(const std::string& old_piece, const std::string& piece,
                   const std::string& message) {
    const Bench bench;
    bench.write("small.toml", with(old_piece, piece));
    CAPTURE(piece);
    const auto result = bench.run({"run", "small.toml", "--out", "a"});
    CHECK(result.code == 3);
    CHECK_THAT(result.err, Contains(message));
    CHECK(result.out.empty());
    CHECK(!std::filesystem::exists(bench / "a"));
    const auto validated = bench.run({"validate", "small.toml"});
    CHECK(validated.code == 3);
    CHECK(validated.err == result.err);
}

}  // namespace

TEST_CASE("bad input of a protocol is located", "[cli]") {
    const auto [old_piece, piece, message] = GENERATE(
        Case{"size = 10\n", "size = 10\ntau_m = nan\n",
             "small.toml:12:9: error: neurons.exc.tau_m = nan ms: must be > 0"},
        Case{"size = 10\n", "size = 10\ne_l = inf\n",
             "small.toml:12:7: error: neurons.exc.e_l = inf mV: must be any finite number"},
        Case{"size = 10\n", "size = 10\ntau_m = \"-5 ms\"\n",
             "small.toml:12:9: error: neurons.exc.tau_m = -5 ms: must be > 0"},
        Case{"size = 10\n", "size = 10\ntau_m = \"5 mV\"\n",
             "small.toml:12:9: error: neurons.exc.tau_m = 5 mV: wants ms, was given mV"},
        Case{"size = 10\n", "size = 0\n",
             "small.toml:11:8: error: neurons.exc.size = 0: must be at least 1"},
        Case{
            "size = 10\n", "size = 10\ntau_n = 5\n",
            "small.toml:12:1: error: unknown key 'tau_n' in [neurons.exc] - did you mean 'tau_m'?"},
        Case{"lif_exp", "lif_exq",
             "small.toml:10:9: error: neurons.exc.model = lif_exq: unknown model"},
        Case{"to = \"inh\"", "to = \"inj\"",
             "projections.exc_to_inh.to = inj: unknown population - did "
             "you mean 'inh'?"},
        Case{"[sources.noise]", "[sources.exc]", "'exc' is used twice"},
        Case{"duration = \"100 ms\"", "duration = \"100 ms\"\nresolution = 0",
             "small.toml:8:14: error: run.resolution = 0 ms: must be > 0"},
        Case{"delay = \"1.5 ms\"", "delay = \"0.05 ms\"",
             "projections.exc_to_inh.delay = 0.05 ms: must be at least the resolution of 0.1 ms"},
        Case{"size = 10\n", "size = 4294967295\n",
             "neurons.exc.size = 4294967295: must be at most"},
        Case{"size = 10\n", "size = \"99999999999999999999999\"\n", "neurons.exc.size"},
        Case{"variables = [\"v\"]", "variables = [\"w\"]", "= w: is no state variable of lif_exp"},
        Case{"neurons = [0, 3]", "neurons = [0, 10]", "must be below 10, the size of exc"},
        Case{"[run]", "[run", "small.toml:6:"});
    check_mistake(old_piece, piece, message);
}

TEST_CASE("all mistakes are reported at once, with the line and a caret", "[cli]") {
    const Bench bench;
    std::string text = with("lif_exp", "lif_exq");
    text.replace(text.find("80 pA"), 5, "80 pB");
    bench.write("small.toml", text);
    const auto result = bench.run({"validate", "small.toml"});
    CHECK(result.code == 3);
    CHECK_THAT(result.err,
               StartsWith("small.toml:10:9: error: neurons.exc.model = lif_exq: unknown "
                          "model - did you mean 'lif_exp'?\n"
                          "  model = \"lif_exq\"\n"
                          "          ^\n"));
    CHECK_THAT(result.err, Contains("pB"));
}

TEST_CASE("a network that cannot be wired is located and leaves nothing", "[cli]") {
    const Bench bench;
    bench.write("small.toml", with("indegree = 5", "indegree = 50\nmultapses = false"));
    const auto result = bench.run({"run", "small.toml", "--out", "a", "--progress", "none"});
    CHECK(result.code == 3);
    CHECK_THAT(
        result.err,
        StartsWith(
            "small.toml:23:14: error: projections.exc_to_inh cannot be made: fixed_indegree: "));
    CHECK(!std::filesystem::exists(bench / "a"));
}

TEST_CASE("mistakes of options name the option", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto mistake = [&](const std::vector<std::string>& options) {
        std::vector<std::string> all{"validate", "small.toml"};
        all.insert(all.end(), options.begin(), options.end());
        const auto result = bench.run(all);
        CHECK(result.code == 3);
        return result.err;
    };
    CHECK(mistake({"--duration", "-5"}) == "--duration -5: error: must be > 0\n");
    CHECK(mistake({"--duration", "5mV"}) == "--duration 5mV: error: wants ms, was given mV\n");
    CHECK_THAT(mistake({"--timing", "gird"}),
               Contains("--timing gird: error: must be exact or grid"));
    CHECK_THAT(mistake({"--resolution", "0"}), Contains("--resolution 0: error: must be > 0"));
    CHECK_THAT(mistake({"--tolerance", "nan"}), Contains("--tolerance nan: error: must be"));
    CHECK_THAT(mistake({"--seed", "x"}), Contains("--seed x: error: "));
    CHECK_THAT(mistake({"--set", "ratte=3"}),
               Contains("--set ratte=3: error:") && Contains("'rate'"));
    CHECK(mistake({"--record", "exx.v"}) ==
          "--record exx.v: error: exx: unknown population - did you mean 'exc'?\n");
    CHECK_THAT(mistake({"--record", "inh.w"}), Contains("w: is no state variable of lif_delta"));
    CHECK_THAT(mistake({"--record", "exc.v[0-10]"}), Contains("10: must be below 10"));
    CHECK_THAT(mistake({"--record", "exc.v@0.03ms"}), Contains("multiple of the resolution"));
    // Two at once, one of each kind.
    const auto both = mistake({"--seed", "x", "--set", "neurons.exc.tau_m=-1"});
    CHECK_THAT(both,
               Contains("--seed x") && Contains("--set neurons.exc.tau_m=-1: error: must be > 0"));
}

TEST_CASE("arguments that make no sense are usage errors", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto usage = [&](const std::vector<std::string>& arguments) {
        const auto result = bench.run(arguments);
        CAPTURE(arguments, result.out);
        CHECK(result.code == 2);
        CHECK(result.out.empty());
        return result.err;
    };
    CHECK_THAT(usage({"rnu", "brunel"}), Contains("unknown command 'rnu' - did you mean 'run'?"));
    CHECK_THAT(usage({"run"}), Contains("run: PROTOCOL is required"));
    CHECK_THAT(usage({"run", "brunl"}),
               Contains("unknown protocol 'brunl' - did you mean 'brunel'?"));
    CHECK_THAT(usage({"run", "small.toml", "--duratoin", "5"}),
               Contains("unknown option '--duratoin' - did you mean '--duration'?"));
    CHECK_THAT(usage({"run", "small.toml", "other.toml"}), Contains("'other.toml'"));
    CHECK_THAT(usage({"run", "small.toml", "--threads", "0"}), Contains("--threads"));
    CHECK_THAT(usage({"run", "small.toml", "--threads", "many"}), Contains("--threads"));
    CHECK_THAT(usage({"run", "small.toml", "--progress", "loud"}), Contains("--progress"));
    CHECK_THAT(usage({"run", "small.toml", "--set", "rate"}),
               Contains("--set rate: must be path=value"));
    CHECK_THAT(usage({"show", "lif_exq"}), Contains("did you mean 'lif_exp'?"));
    CHECK_THAT(usage({"list", "modles"}), Contains("did you mean 'models'?"));
    for (const char* record : {"exc", "exc.", ".v", "exc.v[", "exc.v[]", "exc.v[3-1]", "exc.v[a]",
                               "exc.v@", "exc.v@5mV", "exc.v[0-99999999999]"})
        CHECK_THAT(usage({"run", "small.toml", "--record", record}),
                   Contains(std::string("--record ") + record + ": "));
}

TEST_CASE("files that are not there are input errors, located in the protocol", "[cli]") {
    const Bench bench;
    CHECK(bench.run({"run", "nowhere.toml"}).code == 4);
    CHECK(bench.run({"run", "nowhere.json"}).code == 4);
    CHECK(bench.run({"info", "nowhere"}).code == 4);
    CHECK(bench.run({"recover", "nowhere"}).code == 4);
    bench.write("replay.toml", R"([neurons.cells]
model = "lif_exp"
size = 3
[sources.in]
model = "spike_trains"
path = "trains.csv"
[projections.wires]
from = "in"
to = "cells"
connector = "edge_list"
path = "edges.csv"
)");
    const auto lost = bench.run({"run", "replay.toml"});
    CHECK(lost.code == 4);
    CHECK_THAT(lost.err, Contains("replay.toml:6:8: error: sources.in.path = ") &&
                             Contains("replay.toml:11:8: error: projections.wires.path = ") &&
                             Contains("trains.csv: No such file"));
    bench.write("trains.csv", "1.0 0\nsoon 1\n");
    bench.write("edges.csv", "0 1\n0 -1\n");
    const auto damaged = bench.run({"run", "replay.toml"});
    CHECK(damaged.code == 4);
    CHECK_THAT(damaged.err, Contains("trains.csv:2: time 'soon' is not a number") &&
                                Contains("edges.csv:2: target '-1' is not a natural number"));
    bench.write("trains.csv", "1.0 0\n");
    bench.write("edges.csv", "0 7\n");
    const auto wrong = bench.run({"run", "replay.toml"});
    CHECK(wrong.code == 3);
    CHECK_THAT(wrong.err, StartsWith("replay.toml:7:") && Contains("[0, 7]"));
    CHECK(!std::filesystem::exists(bench / "runs"));
}

TEST_CASE("folders that cannot be written are input/output errors", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    bench.write("file", "");
    const auto result = bench.run({"run", "small.toml", "--out", "file/below"});
    CHECK(result.code == 4);
    CHECK_THAT(result.err, Contains("file/below"));
    CHECK(bench.run({"run", "small.toml", "--out", "/proc/nothing"}).code == 4);
}
