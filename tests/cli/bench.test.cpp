// SPDX-License-Identifier: BSD-3-Clause
// The command bench: what it prints, writes and refuses; not how fast anything is.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Catch::Matchers::WithinRel;

namespace {

const std::vector<std::string> short_cuba{"bench",      "cuba-grid", "--threads",  "1",
                                          "--duration", "20ms",      "--progress", "none"};

std::vector<std::string> short_cuba_with(const std::vector<std::string>& more) {
    auto all = short_cuba;
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

void check_spread(const Json& spread) {
    CAPTURE(spread.dump());
    CHECK(spread["least"].get<double>() > 0);
    CHECK(spread["least"] <= spread["median"]);
    CHECK(spread["median"] <= spread["most"]);
}

bool has_scratch_folder(const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().filename().string().starts_with("sharpwave-bench-")) return true;
    return false;
}

}  // namespace

TEST_CASE("bench lists its networks with what they change", "[cli]") {
    const Bench bench;
    const auto result = bench.run({"bench", "--list"});
    CHECK(result.code == 0);
    for (const char* piece :
         {"brunel-poisson-exact", "drive=poisson run.timing=exact", "brunel-delta-poisson-grid",
          "cuba-grid", "coba-grid", "cobahh-grid", "microcircuit-exact", "hpc-grid",
          "brunel_stdp-additive", "run.timing=grid rule=triplet", "run.timing=grid rule=reward",
          "run.timing=grid plasticity=stdp", "neurons (n_scale), rate (eta), synapses (k_scale)"})
        CHECK_THAT(result.out, Contains(piece));
}

TEST_CASE("bench prints and writes what it measured, and where", "[cli]") {
    const Bench bench;
    const auto result =
        bench.run(short_cuba_with({"event_driven", "cuba-grid", "--set", "run.seed=3", "--quick",
                                   "--repeats", "2", "--json", "result.json"}),
                  [&] { setenv("TMPDIR", (bench / "").c_str(), 1); });
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    CHECK(result.err.empty());
    for (const char* piece : {"real-time factor", "M events/s", "a core", "M updates/s",
                              "B/synapse", "built in s", "peak MiB", "delivery", "update",
                              "exchange", "output", "cuba-grid", "event_driven-exact", "in 32 MiB"})
        CHECK_THAT(result.out, Contains(piece));

    const auto json = Json::parse(contents(bench / "result.json"));
    CHECK(json["state"] == "complete");
    for (const char* key : {"version", "revision", "compiler", "processor", "started_utc"})
        CHECK(!json["provenance"][key].get<std::string>().empty());
    CHECK(json["provenance"]["host_cores"] >= 1);
    REQUIRE(json["limits"].size() == 1);
    for (const char* limit : {"sequential_read_bytes_per_s", "random_updates_1_mib_per_s",
                              "random_updates_32_mib_per_s"})
        check_spread(json["limits"][0][limit]);

    REQUIRE(json["networks"].size() == 2);
    const auto& cuba = json["networks"][0];
    CHECK(cuba["network"] == "cuba-grid");
    CHECK(cuba["settings"] == Json{"run.timing=grid", "run.seed=3"});
    CHECK(cuba["threads"] == 1);
    CHECK(cuba["simulated_ms"] == 20);
    CHECK(cuba["neurons"] == 4000);
    CHECK(cuba["synapses"] == 320'050);  // 50 of them from the start
    for (const char* quantity : {"real_time_factor", "events_per_s", "events_per_s_per_core",
                                 "neuron_updates_per_s", "build_s", "peak_bytes", "delivery_share",
                                 "update_share", "exchange_share", "output_share"})
        check_spread(cuba[quantity]);
    CHECK(cuba["ceiling"]["reached"] > 0);
    REQUIRE(cuba["runs"].size() == 2);
    const auto& run = cuba["runs"][0];
    CHECK(run["neuron_updates"] == 4000 * 200);
    CHECK(run["synaptic_events"] > 0);
    CHECK(run["synaptic_events"] == cuba["runs"][1]["synaptic_events"]);
    CHECK(run["plastic_events"] == 0);
    CHECK(!cuba.contains("plastic_events_per_s"));
    double parts = 0;
    for (const char* part : {"delivery_s", "update_s", "exchange_s", "output_s"}) {
        CHECK(run[part] > 0);
        parts += run[part].get<double>();
    }
    CHECK(parts <= run["simulate_s"].get<double>());
    CHECK(!has_scratch_folder(bench / ""));
}

TEST_CASE("bench tells the events at plastic synapses", "[cli]") {
    const Bench bench;
    const auto result = bench.run({"bench", "brunel_stdp-additive", "--set", "scale=0.05",
                                   "--repeats", "1", "--threads", "1", "--duration", "200ms",
                                   "--progress", "none", "--json", "result.json"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    CHECK_THAT(result.out, Contains("M plastic events/s"));
    const auto network = Json::parse(contents(bench / "result.json"))["networks"].at(0);
    check_spread(network["plastic_events_per_s"]);
    // Of 50 + 12.5 inputs of every neuron the 50 of the 500 excitatory neurons, 4 in 5 of all; both
    // populations have the same rate within the noise of some 1,000 spikes, and spikes of one
    // population reach no more or fewer synapses than others in the mean.
    const auto& run = network["runs"].at(0);
    CHECK_THAT(run["plastic_events"].get<double>() / run["synaptic_events"].get<double>(),
               WithinRel(0.8 * 0.8, 0.1));
}

TEST_CASE("bench fits the growth along a sweep", "[cli]") {
    const Bench bench;
    const auto result = bench.run({"bench", "brunel-grid", "--sweep", "neurons=0.5,1,2", "--set",
                                   "scale=0.02", "--repeats", "1", "--threads", "1", "--duration",
                                   "20", "--progress", "none", "--json", "result.json"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    CHECK_THAT(result.out, Contains("time per synaptic event goes with neurons to the power") &&
                               Contains("from 125 to 500"));
    const auto json = Json::parse(contents(bench / "result.json"));
    REQUIRE(json["networks"].size() == 3);
    CHECK(json["networks"][2]["factor"] == 2);
    CHECK(json["networks"][2]["neurons"] == 500);
    CHECK(json["networks"][2]["synapses"] == 500 * 25);  // in-degrees stay
    const auto& fit = json["sweep"]["fits"].at(0);
    CHECK(json["sweep"]["name"] == "neurons");
    CHECK(fit["size"]["most"] == 500);
    // The law goes through the measurements: growth is size to the power of the exponent.
    CHECK_THAT(fit["growth"].get<double>(),
               WithinRel(std::pow(4, fit["exponent"].get<double>()), 1e-9));
}

TEST_CASE("bench sweeps synapses, rates and threads", "[cli]") {
    const Bench bench;
    const auto sweep = [&](const std::string& text) {
        std::vector<std::string> all{"bench",      "brunel-exact", "--sweep", text,         "--set",
                                     "scale=0.02", "--repeats",    "1",       "--duration", "10",
                                     "--progress", "none",         "--json",  "result.json"};
        const auto result = bench.run(all);
        CAPTURE(text, result.err);
        REQUIRE(result.code == 0);
        return Json::parse(contents(bench / "result.json"))["networks"];
    };
    const auto synapses = sweep("synapses=1,2");
    CHECK(synapses[0]["synapses"] == 250 * 25);
    CHECK(synapses[1]["synapses"] == 250 * 50);
    CHECK(synapses[1]["neurons"] == 250);
    const auto rates = sweep("rate=1,1.5");
    CHECK(rates[1]["rate_hz"].get<double>() > rates[0]["rate_hz"].get<double>());
    const auto threads = sweep("threads=1,2");
    CHECK(threads[1]["threads"] == 2);
    CHECK(threads[0]["neurons"] == threads[1]["neurons"]);
    const auto weak = sweep("weak=1,2");
    CHECK(weak[1]["threads"] == 2);
    CHECK(weak[1]["neurons"] == 250);
    CHECK(weak[0]["neurons"] == 125);
}

TEST_CASE("bench measures a file of the user, once if wanted", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto result = bench.run({"bench", "small.toml", "--once", "--threads", "1"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    const auto json = Json::parse(result.out);
    CHECK(json["neurons"] == 20);
    CHECK(json["simulated_ms"] == 100);
    CHECK(json["source_events"] > 0);
}

TEST_CASE("bench says which argument is wrong, and what to do", "[cli]") {
    const Bench bench;
    const auto mistake = [&](std::vector<std::string> arguments, int code) {
        arguments.insert(arguments.begin(), "bench");
        const auto result = bench.run(arguments);
        CAPTURE(arguments, result.err);
        CHECK(result.code == code);
        CHECK(result.out.empty());
        return result.err;
    };
    CHECK_THAT(mistake({"cuba-gird"}, 2), Contains("unknown network 'cuba-gird' - did you mean "
                                                   "'cuba-grid'?"));
    CHECK_THAT(mistake({"cuba", "--threads", "1,x"}, 2),
               Contains("--threads 1,x: 'x' must be a whole number from 1 to 4096"));
    CHECK_THAT(mistake({"cuba", "--threads", "0"}, 2), Contains("'0' must be a whole number"));
    CHECK_THAT(mistake({"cuba", "--repeats", "0"}, 2), Contains("--repeats"));
    CHECK_THAT(mistake({"cuba", "--duration", "5mV"}, 2),
               Contains("--duration 5mV: must be a time > 0"));
    CHECK_THAT(mistake({"cuba", "--duration", "-1"}, 2), Contains("must be a time > 0"));
    CHECK_THAT(mistake({"cuba", "--sweep", "neuron=1,2"}, 2),
               Contains("unknown sweep 'neuron' - did you mean 'neurons'?"));
    CHECK_THAT(mistake({"cuba", "--sweep", "neurons"}, 2), Contains("must be NAME=V1,V2"));
    CHECK_THAT(mistake({"cuba", "--sweep", "neurons=1,no"}, 2),
               Contains("'no' must be a number > 0"));
    CHECK_THAT(mistake({"cuba", "--sweep", "neurons=1"}, 2), Contains("needs two values"));
    CHECK_THAT(mistake({"cuba", "--sweep", "threads=1,1.5"}, 2),
               Contains("'1.5' must be a whole number"));
    CHECK_THAT(mistake({"cuba", "--sweep", "threads=1,2", "--threads", "2"}, 2),
               Contains("leave --threads out"));
    CHECK_THAT(mistake({"cuba-grid", "--sweep", "synapses=1,2"}, 2),
               Contains("cuba-grid cannot be made larger that way; name some of brunel-grid"));
    CHECK_THAT(mistake({"cuba", "--once"}, 2), Contains("--once measures one network"));
    CHECK_THAT(mistake({"cuba-grid", "--set", "scale"}, 2), Contains("--set scale: must be path="));
    CHECK_THAT(mistake({"cuba-grid", "--set", "scal=2"}, 3),
               StartsWith("bench: cuba-grid: --set scal=2: error:") && Contains("'scale'"));
    CHECK_THAT(mistake({"cuba-grid", "--duration", "0.05"}, 3),
               StartsWith("bench: cuba-grid: --duration 0.05: error: "));
    CHECK_THAT(mistake({"nowhere.toml"}, 4), Contains("nowhere.toml"));
    CHECK_THAT(mistake({"cuba-grid", "--json", "nowhere/result.json"}, 4),
               Contains("nowhere/result.json"));
}

TEST_CASE("bench reports what it has when a run fails, and why it failed", "[cli]") {
    const Bench bench;
    // Held far above threshold, the model would spike without end.
    bench.write("held.toml", R"([run]
duration = "10 ms"
[neurons.cells]
model = "hodgkin_huxley"
size = 1
i_e = 1e8
)");
    const auto result = bench.run({"bench", "held.toml", "--threads", "1", "--progress", "none"});
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Contains("hodgkin_huxley: neuron 0 at ") &&
                               Contains("bench: the run of held.toml failed"));
    CHECK_THAT(result.out, Contains("Limits of this machine"));
}

TEST_CASE("a signal ends bench with what was measured so far", "[cli]") {
    const Bench bench;
    const auto child =
        bench.start({"bench", "cuba-grid", "--set", "scale=0.25", "--threads", "1", "--duration",
                     "20ms", "--repeats", "1000", "--progress", "plain", "--json", "result.json"});
    REQUIRE(
        wait_until([&] { return contents(bench / "err").find("run 3 of") != std::string::npos; }));
    kill(child, SIGINT);
    const auto result = bench.wait(child);
    CAPTURE(result.err);
    CHECK(result.code == 130);
    CHECK_THAT(result.out, Contains("cuba-grid"));
    const auto json = Json::parse(contents(bench / "result.json"));
    CHECK(json["state"] == "interrupted");
    CHECK(json["networks"][0]["runs"].size() >= 2);
}
