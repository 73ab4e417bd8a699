// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <map>

#include "tests/unit/protocols/helpers.hpp"

#ifndef SHARPWAVE_SOURCE_DIR
#define SHARPWAVE_SOURCE_DIR "."
#endif

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::WithinRel;

namespace {

Source builtin(const std::string& name) {
    const std::string folder = SHARPWAVE_SOURCE_DIR "/protocols/builtin/";
    auto source = load_source(folder + name + ".toml");
    source.name = name + ".toml";
    return source;
}

sim::Description read_builtin(const std::string& name, const std::vector<Override>& sets = {}) {
    return read_protocol(builtin(name), sets, catalogue());
}

}  // namespace

TEST_CASE("built-in protocols are valid and say where they come from", "[unit]") {
    const std::string name =
        GENERATE("brunel", "brunel_stdp", "cuba", "coba", "cobahh", "event_driven", "hpc_benchmark",
                 "microcircuit", "balanced_ei", "synfire");
    const auto all = validate_file(builtin(name), {}, catalogue());
    CAPTURE(name, all);
    CHECK(all.empty());
    const auto info = describe_protocol(builtin(name));
    CHECK(info.name == name);
    CHECK(!info.summary.empty());
    CHECK(!info.source.empty());
    CHECK(!info.parameters.empty());
}

TEST_CASE("brunel has the parameters of the benchmark", "[unit]") {
    const auto d = read_builtin("brunel");
    CHECK(d.neurons.at(0).size == 10000);
    CHECK(d.neurons.at(1).size == 2500);
    CHECK(d.neurons.at(1).model == "lif_exp");
    CHECK(d.projections.at(0).connector_params.at("indegree") == 1000);
    CHECK(d.projections.at(1).connector_params.at("indegree") == 250);
    CHECK(d.projections.at(0).weight.a == 50);
    CHECK(d.projections.at(1).weight.a == -250);
    CHECK(d.sources.at(0).params.at("rate").a == 20000);
    CHECK(d.sources.at(0).weight.a == 50);
}

TEST_CASE("brunel in its other forms", "[unit]") {
    const auto delta =
        read_builtin("brunel", {{"model", "lif_delta"}, {"scale", "0.1"}, {"g", "6"}});
    CHECK(delta.neurons.at(0).size == 1000);
    CHECK(delta.projections.at(0).connector_params.at("indegree") == 100);
    CHECK(delta.projections.at(0).weight.a == 0.1);
    const auto wide = read_builtin("brunel", {{"scale", "0.1"}, {"n_scale", "=2 * scale"}});
    CHECK(wide.neurons.at(0).size == 2000);
    CHECK(wide.projections.at(0).connector_params.at("indegree") == 100);
    CHECK_THAT(delta.projections.at(1).weight.a, WithinRel(-0.6, 1e-15));
    const auto alpha = read_builtin("brunel", {{"model", "lif_alpha"}, {"drive", "constant"}});
    CHECK(alpha.sources.empty());
    CHECK(alpha.neurons.at(1).params.at("i_e").a == 500);
    CHECK(alpha.neurons.at(1).initial.at("v").b == 20);
    CHECK_THAT(alpha.projections.at(0).weight.a, WithinRel(18.393972, 1e-7));
    CHECK_THROWS_WITH(read_builtin("brunel", {{"model", "lif_exq"}}),
                      "--set model=lif_exq: error: must be one of lif_delta, lif_exp, lif_alpha - "
                      "did you mean 'lif_exp'?");
}

TEST_CASE("the weight of hpc_benchmark gives 0.14 mV", "[unit]") {
    const auto d = read_builtin("hpc_benchmark");
    CHECK_THAT(d.projections.at(0).weight.a, WithinRel(45.6096003, 1e-8));
    CHECK_THAT(d.sources.at(0).params.at("rate").a, WithinRel(20856.0372, 1e-8));
    CHECK(d.run.duration == 300);
}

TEST_CASE("hpc_benchmark learns between excitatory neurons if asked to", "[unit]") {
    const auto still = read_builtin("hpc_benchmark");
    CHECK(still.projections.size() == 2);
    const auto d = read_builtin("hpc_benchmark", {{"plasticity", "stdp"}});
    double excitatory = 0;
    for (const auto& one : d.projections) {
        const bool is_plastic = one.from.front() == "exc" && one.to.front() == "exc";
        CAPTURE(one.name);
        CHECK(one.to.size() == (one.from.front() == "exc" ? 1 : 2));
        CHECK(one.synapse == (is_plastic ? "stdp_morrison" : "static"));
        CHECK(one.connector_params.at("autapses") == 0);
        if (one.from.front() == "exc") {
            excitatory += one.connector_params.at("indegree");
            CHECK(one.weight.a == still.projections.at(0).weight.a);
        }
    }
    CHECK(excitatory == 18000);  // 9000 onto each of the two populations
    for (const auto& one : d.projections)
        if (one.synapse == "stdp_morrison") {
            const std::map<std::string, double> values{{"tau_plus", 15}, {"tau_minus", 30},
                                                       {"lambda", 0.1},  {"alpha", 0.0513},
                                                       {"mu", 0.4},      {"w_0", 1}};
            for (const auto& [name, value] : values) CHECK(one.synapse_params.at(name).a == value);
        }
}

TEST_CASE("brunel_stdp is brunel with another drive and a rule", "[unit]") {
    const auto still = read_builtin("brunel", {{"eta", "1.15"}});
    const auto d = read_builtin("brunel_stdp", {{"mu", "0.4"}});
    CHECK(d.neurons.at(0).params.at("tau_m").a == still.neurons.at(0).params.at("tau_m").a);
    CHECK(d.sources.at(0).params.at("rate").a == still.sources.at(0).params.at("rate").a);
    const auto& learns = d.projections.at(0);
    CHECK(learns.synapse == "stdp_pair");
    CHECK(learns.weight.a == 50);
    CHECK(learns.synapse_params.at("w_max").a == 100);
    CHECK(learns.synapse_params.at("mu_plus").a == 0.4);
    CHECK(learns.synapse_params.at("mu_minus").a == 0.4);
    CHECK(d.projections.at(1).synapse == "static");
    CHECK(d.projections.at(2).weight.a == -250);
}

TEST_CASE("brunel_stdp learns by triplets or rewards too", "[unit]") {
    const auto triplet = read_builtin("brunel_stdp", {{"rule", "triplet"}});
    CHECK(triplet.projections.at(0).synapse == "stdp_triplet");
    CHECK(triplet.projections.at(0).synapse_params.at("w_0").a == 50);
    CHECK(triplet.projections.at(0).synapse_params.at("w_max").a == 100);

    const auto reward = read_builtin("brunel_stdp", {{"rule", "reward"}, {"lambda", "0.01"}});
    const auto& learns = reward.projections.at(0);
    CHECK(learns.synapse == "stdp_reward");
    CHECK(learns.modulator == "reward");
    CHECK(reward.modulators.at(0).from == std::vector<std::string>{reward.sources.at(1).name});
    // An eligibility of 1 that dopamine of 1 meets, both of which decay: the integral of
    // eta e^(-t / 1000) e^(-t / 200) is a hundredth of the largest weight.
    CHECK(learns.synapse_params.at("a_plus").a == 1);
    CHECK(learns.synapse_params.at("eta").a * 1000 * 200 / 1200 == Approx(1));
}

TEST_CASE("cobahh has the channels of the appendix on 20,000 um2", "[unit]") {
    const auto d = read_builtin("cobahh");
    CHECK(d.neurons.at(0).size == 3200);
    CHECK(d.neurons.at(1).size == 800);
    const auto is = [&](const char* name) { return d.neurons.at(1).params.at(name).a; };
    const double area = 20'000e-8;                 // cm2
    CHECK(is("c_m") == Approx(1 * area * 1e6));    // 1 uF/cm2 in pF
    CHECK(is("g_l") == Approx(5e-5 * area * 1e9)); // S/cm2 in nS
    CHECK(is("g_na") == Approx(0.1 * area * 1e9));
    CHECK(is("g_k") == Approx(0.03 * area * 1e9));
    CHECK(is("c_m") / is("g_l") == Approx(20));    // ms, time constant at rest
    CHECK(d.projections.at(1).weight.a == 6);
    CHECK(d.projections.at(2).weight.a == -67);
    CHECK(d.projections.at(1).connector_params.at("indegree") == 64);  // 2 % of 3200
    CHECK(d.projections.at(2).connector_params.at("indegree") == 16);  // 2 % of 800
}

TEST_CASE("event_driven has voltage jumps and an exact clock", "[unit]") {
    const auto d = read_builtin("event_driven");
    CHECK(d.neurons.at(0).model == "lif_delta");
    CHECK(d.neurons.at(0).params.at("e_l").a > d.neurons.at(0).params.at("v_th").a);
    CHECK(d.projections.at(1).weight.a == 0.25);
    CHECK(d.projections.at(2).weight.a == -2.25);
    CHECK(d.run.timing == sim::Timing::exact);
    CHECK(read_builtin("event_driven", {{"scale", "0.1"}}).neurons.at(0).size == 320);
}

TEST_CASE("the example of the manual is valid", "[unit]") {
    const auto manual = load_source(SHARPWAVE_SOURCE_DIR "/protocols/README.md");
    const std::string fence = "```toml\n";
    const auto begin = manual.text.find(fence) + fence.size();
    const auto end = manual.text.find("```", begin);
    const Source example{manual.text.substr(begin, end - begin), "example"};
    const auto all = validate_file(example, {}, catalogue());
    CAPTURE(all);
    CHECK(all.empty());
    CHECK(validate_file(example, {{"drive", "none"}}, catalogue()).empty());
}

TEST_CASE("the parameters of a protocol can be listed", "[unit]") {
    const auto rows = describe_protocol(builtin("brunel")).parameters;
    CHECK(rows.at(0).name == "scale");
    CHECK(rows.at(0).default_text == "1");
    CHECK(rows.at(0).rule == "in [0.001, 100]");
    CHECK(rows.at(3).choices == std::vector<std::string>{"lif_delta", "lif_exp", "lif_alpha"});
    CHECK(rows.at(7).unit == "mV");
}
