// SPDX-License-Identifier: BSD-3-Clause
// What the command line does with a study, seen on the one of tests/cli/test_study.hpp.
#include <catch2/catch.hpp>

#include "sim/core/random.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> words(std::vector<std::string> first,
                               const std::vector<std::string>& rest) {
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

Result run(const Bench& bench, const std::vector<std::string>& options) {
    return bench.run(
        words({"run", "adding", "--out", "a", "--force", "--progress", "none"}, options));
}

std::string mistake(const Bench& bench, const std::vector<std::string>& options) {
    const auto result = run(bench, options);
    CHECK(result.code == 3);
    CHECK(!std::filesystem::exists(bench / "a"));
    return result.err;
}

}  // namespace

TEST_CASE("a study is listed, shown and validated like other protocols", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    CHECK_THAT(bench.run({"list", "protocols"}).out, Contains("sums of random numbers"));
    const auto shown = bench.run({"show", "adding"}).out;
    CHECK_THAT(shown, Contains("adding (study): ") && Contains("source: none") &&
                          Contains("uniform | normal") && Contains("a path") && Contains("2 mV") &&
                          Contains("result sum: of all terms"));
    CHECK(bench.run({"validate", "adding"}).out == "adding: valid, a study with 5 parameters\n");
}

TEST_CASE("a study leaves its results in the summary and as a table", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto result = run(bench, {"--seed", "7", "--threads", "2", "--set", "gain=0.5mV"});
    REQUIRE(result.code == 0);
    const auto summary = bench.summary("a");
    CHECK(summary["state"] == "complete");
    CHECK(summary["protocol"] == "adding");
    CHECK(summary["seed"] == 7);
    CHECK(summary["threads"] == 2);
    CHECK(summary["files"] == Json{"terms.txt"});
    sim::RandomStream random({7}, 0);
    double sum = 0;
    for (const double term : summary["results"]["terms"].get<std::vector<double>>()) {
        CHECK(term == 0.5 * random.uniform());
        sum += term;
    }
    CHECK(summary["results"]["sum"] == sum);
    CHECK_THAT(result.out, Contains("adding (complete): ") && Contains("seed 7, 2 threads") &&
                               Contains("\n  table_bytes  -\n") && Contains("terms\n"));
    CHECK_THAT(bench.run({"info", "a"}).out, Contains("adding (complete): ") && Contains("sum"));
}

TEST_CASE("the file that a study leaves gives the same results again", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    bench.write("4", "four");  // a path that looks like a number
    REQUIRE(run(bench, {"--seed", "18446744073709551615", "--set", "form=normal", "--set",
                        "table=4", "--set", "parameters.terms=3"})
                .code == 0);
    std::filesystem::create_directory(bench / "elsewhere");
    const auto again = bench.run({"run", "a/protocol.toml", "--out", "b", "--progress", "none"});
    CAPTURE(again.err);
    REQUIRE(again.code == 0);
    CHECK(bench.summary("a")["results"] == bench.summary("b")["results"]);
    CHECK(bench.summary("b")["results"]["table_bytes"] == 4);
    CHECK(contents(bench / "a/protocol.toml") == contents(bench / "b/protocol.toml"));
    REQUIRE(bench.run({"run", "a/protocol.toml", "--out", "c", "--set", "terms=2"}).code == 0);
    CHECK(bench.summary("c")["results"]["terms"].size() == 2);
}

TEST_CASE("every mistake in the settings of a study has its place and a remedy", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    CHECK_THAT(
        mistake(bench, {"--set", "tersm=2"}),
        Contains("--set tersm=2: error: leads nowhere") && Contains("did you mean 'terms'?"));
    CHECK_THAT(mistake(bench, {"--set", "run.sede=2"}), Contains("did you mean 'run.seed'?"));
    CHECK_THAT(mistake(bench, {"--set", "neurons.exc.size=2"}), Contains("leads nowhere"));
    CHECK(mistake(bench, {"--set", "terms=0"}) ==
          "--set terms=0: error: must be a whole number in [1, 1000]\n");
    CHECK_THAT(mistake(bench, {"--set", "gain=abc"}), Contains("must be a number"));
    CHECK_THAT(mistake(bench, {"--set", "gain=2ms"}), Contains("wants mV, was given ms"));
    CHECK_THAT(mistake(bench, {"--set", "form=normla"}), Contains("did you mean 'normal'?"));
    CHECK_THAT(mistake(bench, {"--seed", "-1"}), Contains("--seed -1: error: must be a whole"));
    CHECK_THAT(mistake(bench, {"--duration", "5"}), Contains("--duration 5: error: leads nowhere"));
    CHECK_THAT(mistake(bench, {"--record", "exc.v"}), Contains("--record exc.v: error: a study"));
    const auto both = mistake(bench, {"--set", "terms=0", "--set", "gain=0"});
    CHECK_THAT(both, Contains("terms=0: error") && Contains("gain=0: error"));
}

TEST_CASE("mistakes in the file of a study are shown where they are", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto said = [&](const std::string& text) {
        bench.write("s.toml", text);
        const auto result = bench.run({"run", "s.toml", "--out", "a", "--progress", "none"});
        CHECK(result.code == 3);
        return result.err;
    };
    CHECK_THAT(said("study = \"addign\"\n"),
               Contains("s.toml: error: study = addign: is unknown") &&
                   Contains("did you mean 'adding'?"));
    const std::string head = "study = \"adding\"\n";
    CHECK_THAT(said(head + "[parameters]\nterm = 3\n"),
               Contains("s.toml:3:1: error: there is no 'term' in parameters") &&
                   Contains("did you mean 'terms'?"));
    CHECK_THAT(said(head + "[parameters]\nterms = 3.5\n"),
               Contains("s.toml:3:9: error: parameters.terms = 3.5: must be a whole number"));
    CHECK_THAT(said(head + "[parameters]\nterms = [3]\n"), Contains("must be a number or a text"));
    CHECK_THAT(said(head + "[parameters]\ntable = 3\n"), Contains("must be a path in quotes"));
    CHECK_THAT(said(head + "[parameter]\n"), Contains("did you mean 'parameters'?"));
    CHECK_THAT(said(head + "run = 3\n"), Contains("run must be a table"));
    CHECK_THAT(said(head + "[run]\nseed = 1.5\n"), Contains("s.toml:3:8: error: run.seed"));
}

TEST_CASE("a study that cannot begin leaves nothing behind", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto result = run(bench, {"--set", "table=gone.txt"});
    CHECK(result.code == 4);
    CHECK_THAT(result.err, Contains("gone.txt: cannot be read; give another table"));
    CHECK(!std::filesystem::exists(bench / "a"));
}

TEST_CASE("a study that fails half way says so in its folder", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto result = run(bench, {"--set", "terms=1000"});
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Contains("term 1000 is one too many"));
    CHECK(bench.summary("a")["state"] == "failed");
}

TEST_CASE("a signal ends a study with what it has found", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto child = bench.start({"run", "adding", "--out", "a", "--progress", "none", "--set",
                                    "terms=900", "--set", "pause=20"});
    REQUIRE(wait_until([&] { return contents(bench / "a/terms.txt").size() > 20; }));
    kill(child, SIGINT);
    const auto result = bench.wait(child);
    CHECK(result.code == 130);
    CHECK_THAT(result.out, Contains("adding (interrupted): "));
    const auto summary = bench.summary("a");
    CHECK(summary["state"] == "interrupted");
    const auto found = summary["results"]["terms"].size();
    CHECK(found > 1);
    CHECK(found < 900);
}

TEST_CASE("a run replaces the files of the study before it, and no others", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    REQUIRE(run(bench, {}).code == 0);
    bench.write("a/own.txt", "mine");
    CHECK(bench.run({"run", "adding", "--out", "a"}).code == 4);
    CHECK(run(bench, {"--set", "table=gone.txt"}).code == 4);
    CHECK(!std::filesystem::exists(bench / "a/terms.txt"));
    CHECK(contents(bench / "a/own.txt") == "mine");
}

TEST_CASE("a study tells programs how far it has come", "[cli][study]") {
    const Bench bench{SHARPWAVE_STUDY_PROGRAM};
    const auto result = bench.run({"run", "adding", "--out", "a", "--progress", "json"});
    std::istringstream lines(result.out);
    std::vector<Json> all;
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    REQUIRE(all.size() >= 2);
    CHECK(all.front()["stage"] == "study");
    CHECK(all.front()["line"] == "term 4");
    CHECK(all.front()["percent"] == 75);
    CHECK(all.back()["stage"] == "end");
    CHECK(all.back()["state"] == "complete");
}
