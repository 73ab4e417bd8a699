// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "tests/unit/protocols/helpers.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using Catch::Matchers::StartsWith;

TEST_CASE("values arrive in house units", "[unit]") {
    const auto d = read(small);
    CHECK(d.run.duration == 100);
    CHECK(d.neurons.at(0).name == "exc");
    CHECK(d.neurons.at(0).params.at("tau_m").a == 20);
    CHECK(d.sources.at(0).params.at("rate").a == 1000);
    CHECK(d.projections.at(0).weight.a == 100);
    CHECK(d.projections.at(1).weight.a == -100);
    CHECK(d.projections.at(1).connector_params.at("indegree") == 10);
}

TEST_CASE("a mistake shows its line and a caret", "[unit]") {
    const auto text = with("tau_m = \"20 ms\"", "taum = \"20 ms\"");
    CHECK_THAT(mistakes(text), Equals("small.toml:14:1: error: unknown key 'taum' in "
                                      "[neurons.exc] - did you mean 'tau_m'?\n"
                                      "  taum = \"20 ms\"\n"
                                      "  ^\n"));
}

TEST_CASE("each kind of mistake is located and explained", "[unit]") {
    using Row = std::tuple<const char*, const char*, const char*>;
    const auto [old_piece, piece, expected] = GENERATE(values<Row>({
        {"20 ms", "20 mV", ":14:9: error: neurons.exc.tau_m = 20 mV: wants ms, was given mV"},
        {"20 ms", "20 mz", ":14:9: error: neurons.exc.tau_m = 20 mz: unknown unit 'mz'; wants ms"},
        {"20 ms", "0 ms", ":14:9: error: neurons.exc.tau_m = 0 ms: must be > 0"},
        {"\"20 ms\"", "nan", ":14:9: error: neurons.exc.tau_m = nan ms: must be > 0"},
        {"\"20 ms\"", "true", ":14:9: error: neurons.exc.tau_m = true: must be a number"},
        {"\"20 ms\"", "{normal = [20, 2]}", "draws can leave that range; limit them with min"},
        {"\"20 ms\"", "{normal = [20, -2], min = 1}", "the standard deviation -2 must be >= 0"},
        {"\"20 ms\"", "{uniform = [0, 2]}", ":14:9: error: neurons.exc.tau_m = uniform: must be >"},
        {"\"20 ms\"", "{uniform = [3, 2]}", "low 3 must not exceed high 2"},
        {"\"20 ms\"", "{gamma = [3, 2]}", "neurons.exc.tau_m is no distribution; write"},
        {"\"20 ms\"", "{normal = [3, 2], mim = 1}", "unknown key 'mim' - did you mean 'min'?"},
        {"\"20 ms\"", "[1, 2]", "= a list of 2 entries: must have 80"},
        {"lif_exp", "lif_epx", ":12:9: error: neurons.exc.model = lif_epx: unknown model - did"},
        {"model = \"lif_exp\"\n", "", ":11:10: error: neurons.exc.model is missing"},
        {"size = 80", "size = 0", ":13:8: error: neurons.exc.size = 0: must be at least 1"},
        {"size = 80", "size = 2.5", "neurons.exc.size = 2.5: must be a whole number >= 0"},
        {"size = 80", "size = 4294967295", "must be at most 4294967294"},
        {"size = 20", "size = 4294967294", "all populations together"},
        {"[sources.noise]", "[sources.exc]", "'exc' is used twice"},
        {"\"poisson\"", "\"poison\"", "unknown source - did you mean 'poisson'?"},
        {"\"one_to_one\"", "\"one2one\"", "unknown connector"},
        {"indegree = 10", "indegree = -1", "indegree = -1: must be a whole number >= 0"},
        {"indegree = 10", "indegree = 10\nmultapse = false", "did you mean 'multapses'?"},
        {"to = \"exc\"", "to = \"exd\"", "unknown population - did you mean 'exc'?"},
        {"to = \"exc\"", "to = \"noise\"", "= noise: is a source and takes no input"},
        {"\"0.1 nA\"", "\"0.1 mV\"", "noise_to_exc.weight = 0.1 mV: wants pA, was given mV"},
        {"\"0.1 nA\"", "inf", "noise_to_exc.weight = inf: must be any finite number"},
        {"1.5 ms", "0.05 ms", "delay = 0.05 ms: must be at least the resolution of 0.1 ms"},
        {"\"1.5 ms\"", "{normal = [1.5, 0.5]}", "shorter than the resolution of 0.1 ms; give min"},
        {"delay =", "synapse = \"statik\"\ndelay =", "unknown synapse - did you mean 'static'?"},
        {"delay =", "receptor = \"ex\"\ndelay =", "unknown receptor - did you mean 'exc'?"},
        {"\"0.1 s\"", "\"0.15 ms\"", "run.duration = 0.15 ms: must be a multiple of the resol"},
        {"\"0.1 s\"", "-1", ":9:12: error: run.duration = -1 ms: must be > 0"},
        {"\"0.1 s\"", "1\nresolution = 0", "run.resolution = 0 ms: must be > 0"},
        {"\"0.1 s\"", "1\ntolerance = 2", "run.tolerance = 2: must be in (0, 1]"},
        {"\"0.1 s\"", "1\ntiming = \"grit\"", "must be exact or grid - did you mean 'grid'?"},
        {"\"0.1 s\"", "1\nseeds = 2", "unknown key 'seeds' in [run] - did you mean 'seed'?"},
        {"20 ms", "20 ms\"\ninitial.w = \"1 mV", "unknown key 'w' in [neurons.exc.initial]"},
        {"20 ms", "20 ms\"\nposition.u = \"1 um", "unknown key 'u' in [neurons.exc.position]"},
        {"20 ms", "20 ms\"\nv_reset = \"-40 mV", "v_reset = -40 mV: must be below v_th = -50 mV"},
        {"=-g * 20", "=-gg * 20", ":36:13: error: projections.inh_to_all.weight = =-gg * 20: unkn"},
        {"=-g * 20", "=-g * (20", "')' is missing"},
        {"=-g * 20", "=1 / (g - 5)", "gives inf, which is no finite number"},
        {"=2 * g", "=twice + 1", "parameters.twice = =twice + 1: goes in a circle: twice -> twice"},
        {"0.1 mV", "-1 mV", "parameters.J = -1 mV: must be >= 0"},
        {"0.1 mV", "1 ms", "parameters.J = 1 ms: wants mV, was given ms"},
        {"unit = \"mV\"", "unit = \"V\"", "the unit must be one of ms, mV"},
        {"name = ", "nam = ", ":1:1: error: unknown key 'nam' - did you mean 'name'?"},
        {"[run]", "[run", ":8:5: error: "},
        {"[run]", "[.run]", ":8:2: error: "},
        {"[run]", "é = 1\n[run]", ":8:1: error: this character can only stand in a string"},
        {"[run]",
         "# é \"é\"\nname = \"\"\"é\"\n\"\"\" é\n[run]", ":10:5: error: this character"},
        {"[run]", "[record]\nspikes = [\"ex\"]\n[run]", "record.spikes = ex: unknown population"},
        {"[run]", "[[record.traces]]\npopulation = \"exc\"\nvariables = \"u\"\n[run]",
         "record.traces.0.variables = u: is no state variable of lif_exp"},
        {"[run]", "[[record.traces]]\npopulation = \"exc\"\nvariables = \"v\"\n"
         "neurons = [80]\n[run]",
         "record.traces.0.neurons = 80: must be below 80"},
        {"[run]", "[[record.traces]]\npopulation = \"exc\"\nvariables = \"v\"\n"
         "interval = 0.25\n[run]",
         ":11:12: error: record.traces.0.interval = 0.25 ms: must be a multiple"},
        {"[run]\nduration = \"0.1 s\"", "[[phases]]\nduration = 0.15",
         "phases.0.duration = 0.15 ms: must be a multiple"},
        {"[run]\nduration = \"0.1 s\"", "[[phases]]\nduration = 1\noff = \"noize\"",
         "phases.0.off = noize: unknown source - did you mean 'noise'?"},
        {"[run]", "[[phases]]\nduration = 99\n[run]", "must be the sum of the phases, 99 ms"},
        {"[run]", "[variants.h.x]\n[run]", "variants of 'h', which is no parameter"},
        {"[run]", "[variants.g.5]\nremove = \"neurons.ex\"\n[run]", "there is no 'neurons.ex'"},
        {"model = \"lif_exp\"\nsize = 20", "like = \"ex\"", "did you mean 'exc'?"},
    }));
    CAPTURE(old_piece, piece);
    CHECK_THAT(mistakes(with(old_piece, piece)), Contains(expected));
}

TEST_CASE("one mistake gives one message", "[unit]") {
    const auto piece = GENERATE("tau_m = 20 mV", "model = \"lif_epx\"\ntaum = 1", "v_th = \"1 ms\"",
                                "tau_m = \"=nothing\"", "tau_m = {normal = [\"1 pA\", 2]}");
    auto text = with("tau_m = \"20 ms\"", piece);
    if (std::string(piece).starts_with("model")) text.erase(text.find("model = \"lif_exp\"\n"), 18);
    CHECK(validate_file({text, "f"}, {}, catalogue()).size() == 1);
}

TEST_CASE("all mistakes are reported at once, in the order of the file", "[unit]") {
    auto text = with("tau_m = \"20 ms\"", "taum = 3");
    text.replace(text.find("\"poisson\""), 9, "\"poison\"");
    text.replace(text.find("0.1 s"), 5, "0.1 V");
    text.replace(text.find("delay = \"1.5 ms\""), 16, "delay = 0");
    const auto all = validate_file({text, "f"}, {{"neurons.inh.tau_m", "15mV"}}, catalogue());
    REQUIRE(all.size() == 5);
    CHECK_THAT(all[0], StartsWith("f:9:12: error: run.duration = 0.1 V: wants ms, was given V"));
    CHECK_THAT(all[1], StartsWith("f:14:1: error: unknown key 'taum'"));
    CHECK_THAT(all[2], StartsWith("f:21:9: error: sources.noise.model = poison"));
    CHECK_THAT(all[3], StartsWith("f:37:9: error: projections.inh_to_all.delay = 0 ms"));
    CHECK(all[4] == "--set neurons.inh.tau_m=15mV: error: wants ms, was given mV");
    CHECK_THROWS_AS(read(text), sim::BadProtocol);
}

TEST_CASE("the caret finds its column behind UTF-8 and tabs", "[unit]") {
    const auto text = with("tau_m = \"20 ms\"", "position = {x = 'é', \ty = 'b'}");
    const auto all = validate_file({text, "f"}, {}, catalogue());
    REQUIRE(all.size() == 2);
    CHECK(all[1] == "f:14:27: error: neurons.exc.position.y = b: must be a number\n"
                    "  position = {x = 'é', \ty = 'b'}\n"
                    "                       \t    ^");
}

TEST_CASE("a list or a table in the wrong place is a mistake, never a crash", "[unit]") {
    for (const char* key : {"name", "parameters", "run", "neurons", "sources", "projections",
                            "record", "phases", "variants", "neurons.exc", "run.seed",
                            "sources.noise.rate", "projections.noise_to_exc.from",
                            "projections.noise_to_exc.connector", "neurons.exc.size"})
        for (const char* value : {"3.5", "[[1], {a = 2}]", "{a = 1}", "true", "\"=\"", "-1"})
            CHECK_NOTHROW(mistakes(small, {{key, value}}));
}

TEST_CASE("credit is read with the unit of the weights onto its neurons", "[unit]") {
    const auto text = small + R"([credit.exc]
teacher = "noise"
unit = "0.5 nA"
delay = "0.2 ms"
[credit.inh]
like = "exc"
teacher = []
unit_inh = 3
blocked = true
)";
    const auto d = read(text);
    REQUIRE(d.credit.size() == 2);
    CHECK(d.credit[0].teacher == std::vector<std::string>{"noise"});
    CHECK(d.credit[0].unit == 500);
    CHECK(!d.credit[0].unit_inh);
    CHECK(d.credit[1].population == "inh");
    CHECK(d.credit[1].delay == 0.2);
    CHECK(d.credit[1].unit_inh == 3.0);
    CHECK(d.credit[1].blocked);
    CHECK(d.projections[1].credit);
    CHECK_THAT(mistakes(small + "[credit.exc]\nteachers = \"noise\"\n"),
               Contains("unknown key 'teachers' in [credit.exc]") && Contains("'teacher'"));
    CHECK_THAT(mistakes(small + "[credit.exc]\nteacher = \"noise\"\nunit = \"1 mV\"\n"),
               Contains("credit.exc.unit = 1 mV: wants pA, was given mV"));
    CHECK_THAT(mistakes(small + "[credit.exc]\nteacher = \"noise\"\ndelay = 0.01\n"),
               Contains("credit.exc.delay = 0.01 ms: must be at least the resolution"));
}
