// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "data/formats/file_info.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) result.push_back(line);
    return result;
}

}  // namespace

TEST_CASE("list names all parts by kind", "[cli]") {
    const Bench bench;
    const auto all = bench.run({"list"});
    CHECK(all.code == 0);
    for (const char* name :
         {"models\n", "lif_exp", "sources\n", "poisson_background", "synapses\n", "static",
          "connectors\n", "fixed_indegree", "protocols\n", "brunel", "single_neuron"})
        CHECK_THAT(all.out, Contains(name));
    const auto models = bench.run({"list", "models"});
    CHECK_THAT(models.out, Contains("lif_exp") && !Contains("brunel"));
    const auto names = lines(bench.run({"list", "protocols", "--names"}).out);
    CHECK(std::find(names.begin(), names.end(), "brunel") != names.end());
    CHECK(std::is_sorted(names.begin(), names.end()));
}

TEST_CASE("show works for every name that list gives", "[cli]") {
    const Bench bench;
    const auto names = lines(bench.run({"list", "--names"}).out);
    REQUIRE(names.size() > 20);
    for (const auto& name : names) {
        const auto result = bench.run({"show", name});
        CAPTURE(name, result.err);
        CHECK(result.code == 0);
        CHECK_THAT(result.out, Contains(name + " (") && Contains("source: "));
    }
}

TEST_CASE("show prints parameters with default, range and meaning", "[cli]") {
    const Bench bench;
    const auto model = bench.run({"show", "lif_exp"}).out;
    CHECK_THAT(model, Contains("tau_m        20 ms   > 0") && Contains("membrane time constant"));
    CHECK_THAT(model,
               Contains("v       mV  membrane potential") && Contains("port exc (weights in pA)"));
    const auto protocol = bench.run({"show", "brunel"}).out;
    CHECK_THAT(protocol, Contains("lif_delta | lif_exp | lif_alpha") && Contains("0.1 mV"));
    const auto experiment = bench.run({"show", "single_neuron"}).out;
    CHECK_THAT(experiment, Contains("result rate_hz: ") && Contains("izhikevich"));
}

TEST_CASE("every built-in protocol is valid as it is shipped", "[cli]") {
    const Bench bench;
    for (const auto& name : lines(bench.run({"list", "protocols", "--names"}).out)) {
        const auto result = bench.run({"validate", name});
        CAPTURE(name, result.err);
        CHECK(result.code == 0);
        CHECK_THAT(result.out, Contains(name + ": valid"));
    }
}

TEST_CASE("version tells what the program was built from", "[cli]") {
    const Bench bench;
    const auto json = Json::parse(bench.run({"version", "--json"}).out);
    CHECK(json["version"].get<std::string>().starts_with("0."));
    CHECK(!json["revision"].get<std::string>().empty());
    CHECK(!json["compiler"].get<std::string>().empty());
    CHECK_THAT(json["flags"].get<std::string>(), Contains("-ffp-contract=off"));
    for (const auto& [name, version] : json["libraries"].items()) {
        CAPTURE(name);
        CHECK(!version.get<std::string>().empty());
    }
    CHECK_THAT(bench.run({"version"}).out,
               Contains("sharpwave " + json["version"].get<std::string>()));
    CHECK(bench.run({"--version"}).out == bench.run({"version"}).out);
}

TEST_CASE("help names every option of run", "[cli]") {
    const Bench bench;
    const auto help = bench.run({"run", "--help"});
    CHECK(help.code == 0);
    for (const char* option :
         {"--set", "--seed", "--threads", "--duration", "--timing", "--resolution", "--tolerance",
          "--out", "--force", "--progress", "--record"})
        CHECK_THAT(help.out, Contains(option));
    CHECK_THAT(bench.run({}).out, Contains("recover"));
}

TEST_CASE("the completion script completes commands, names and options", "[cli]") {
    const Bench bench;
    bench.write("complete.sh", bench.run({"completion"}).out + R"(
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sharpwave; echo "${COMPREPLY[*]}"; }
try "$PROGRAM" va
try "$PROGRAM" run brun
try "$PROGRAM" show hodgk
try "$PROGRAM" run brunel --dur
try "$PROGRAM" run brunel --timing gr
)");
    const std::string command = "PROGRAM=" SHARPWAVE_PROGRAM " bash " +
                                (bench / "complete.sh").string() + " > " +
                                (bench / "said").string();
    REQUIRE(std::system(command.c_str()) == 0);
    CHECK(lines(contents(bench / "said")) ==
          std::vector<std::string>{"validate", "brunel brunel_stdp", "hodgkin_huxley", "--duration",
                                   "grid"});
}

TEST_CASE("info describes folders and files, for people and programs", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run({"run", "small.toml", "--out", "a"}).code == 0);
    const auto text = bench.run({"info", "a"});
    CHECK(text.code == 0);
    CHECK_THAT(text.out, Contains("small (complete): 100.0 ms of 20 neurons and 50 synapses") &&
                             Contains("a/spikes.h5: ") && Contains("of 10 neurons") &&
                             Contains("v (mV)") &&
                             Contains("200 rows  from 0.000 to 100.000 ms, every 0.5 ms"));
    const auto json = Json::parse(bench.run({"info", "a", "--json"}).out);
    CHECK(json["summary"] == bench.summary("a"));
    REQUIRE(json["files"].size() == 2);
    const auto& spikes = json["files"][0];
    CHECK(spikes["state"] == "complete");
    CHECK(spikes["until_ms"] == 100);
    CHECK(spikes["spikes"][0]["count"] == bench.summary("a")["populations"]["exc"]["spikes"]);
    CHECK(spikes["provenance"]["protocol_toml"] == contents(bench / "a/protocol.toml"));
    CHECK(json["files"][1]["traces"][0]["step_ms"] == 0.5);
    bench.write("a/analysis.h5", "of the user");
    CHECK(bench.run({"info", "a"}).out == text.out);
    CHECK(bench.run({"recover", "a"}).code == 0);
    bench.write("spikes.csv", "time,id\n1.5,0\n3,1\n");
    CHECK_THAT(bench.run({"info", "spikes.csv"}).out, Contains("2 spikes") && Contains("1.500"));
    bench.write("text.h5", "no HDF5");
    CHECK(bench.run({"info", "text.h5"}).code == 4);
    CHECK(bench.run({"info", "."}).code == 4);
    for (const char* other : {"{", "[1]", "{}"}) {
        bench.write("a/summary.json", other);
        CHECK(bench.run({"info", "a"}).code == 4);
    }
    bench.write("a/summary.json", R"({"state": "odd", "seed": [], "populations": {"exc": 2}})");
    CHECK_THAT(bench.run({"info", "a"}).out, Contains("- (odd): - ms of a network"));
}
