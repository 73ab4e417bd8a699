// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "data/formats/sonata_circuit_models.hpp"
#include "sim/net/network.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/unit/sonata/circuit.hpp"

using circuits::Circuit;
using circuits::entries;
using circuits::neurons;

namespace {

std::string types(const std::string& model, const std::string& params = "p.json") {
    return "node_type_id model_type model_template dynamics_params\n"
           "7 point_neuron " +
           model + " " + params + "\n";
}

/// One node per value of a parameter, everything else as the other simulator has it.
data::SonataRun read(const std::string& model, const circuits::Reals& dynamics = {},
                     const std::string& json = "{}", std::size_t count = 2) {
    Circuit circuit;
    circuit.text("models/p.json", json);
    circuit.nodes("net", types(model),
                  {.types = circuits::Naturals(count, 7), .dynamics = dynamics});
    return circuit.read();
}

/// Ours, written down by hand: defaults of NEST 3 and NEURON in our names.
const std::map<std::string, std::map<std::string, double>> expected{
    {"nest:iaf_psc_exp",
     {{"c_m", 250},
      {"tau_m", 10},
      {"e_l", -70},
      {"v_th", -55},
      {"v_reset", -70},
      {"t_ref", 2},
      {"i_e", 0},
      {"tau_syn_exc", 2},
      {"tau_syn_inh", 2},
      {"v", -70}}},
    {"nest:iaf_psc_alpha",
     {{"c_m", 250},
      {"tau_m", 10},
      {"e_l", -70},
      {"v_th", -55},
      {"v_reset", -70},
      {"t_ref", 2},
      {"i_e", 0},
      {"tau_syn_exc", 2},
      {"tau_syn_inh", 2},
      {"v", -70}}},
    {"nest:iaf_psc_delta",
     {{"c_m", 250},
      {"tau_m", 10},
      {"e_l", -70},
      {"v_th", -55},
      {"v_reset", -70},
      {"t_ref", 2},
      {"i_e", 0},
      {"v", -70}}},
    {"nest:iaf_cond_exp",
     {{"c_m", 250},
      {"g_l", 16.6667},
      {"e_l", -70},
      {"v_th", -55},
      {"v_reset", -60},
      {"t_ref", 2},
      {"e_exc", 0},
      {"e_inh", -85},
      {"tau_syn_exc", 0.2},
      {"tau_syn_inh", 2},
      {"i_e", 0},
      {"v", -70},
      {"g_exc", 0},
      {"g_inh", 0}}},
    {"nest:iaf_cond_alpha",
     {{"c_m", 250},
      {"g_l", 16.6667},
      {"e_l", -70},
      {"v_th", -55},
      {"v_reset", -60},
      {"t_ref", 2},
      {"e_exc", 0},
      {"e_inh", -85},
      {"tau_syn_exc", 0.2},
      {"tau_syn_inh", 2},
      {"i_e", 0},
      {"v", -70},
      {"g_exc", 0},
      {"g_inh", 0}}},
    {"nest:aeif_cond_exp", {{"c_m", 281},     {"g_l", 30},          {"e_l", -70.6},
                            {"v_th", -50.4},  {"delta_t", 2},       {"v_peak", 0},
                            {"v_reset", -60}, {"t_ref", 0},         {"a", 4},
                            {"b", 80.5},      {"tau_w", 144},       {"e_exc", 0},
                            {"e_inh", -85},   {"tau_syn_exc", 0.2}, {"tau_syn_inh", 2},
                            {"i_e", 0},       {"v", -70.6},         {"w", 0},
                            {"g_exc", 0},     {"g_inh", 0}}},
    {"nest:izhikevich",
     {{"a", 0.02},
      {"b", 0.2},
      {"c", -65},
      {"d", 8},
      {"v_th", 30},
      {"i_e", 0},
      {"t_ref", 0},
      {"v", -65},
      {"u", -13}}},
    {"nrn:IntFire1",
     {{"tau_m", 10},
      {"t_ref", 5},
      {"v", 0},
      {"e_l", 0},
      {"v_reset", 0},
      {"c_m", 1},
      {"i_e", 0},
      {"v_th", 1 + std::numeric_limits<double>::epsilon()}}}};

/// Spikes of a description, by time.
sim::SpikeColumn run(const sim::Description& description) {
    const sim::Network network(description, circuits::catalogue(), 1);
    sim::Simulation simulation(network, circuits::catalogue(), {1});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(description.run.duration);
    return sink.spikes().at(0);
}

}  // namespace

TEST_CASE("what a circuit leaves out takes the default of the other simulator", "[unit][sonata]") {
    for (const auto& [model, values] : expected) {
        INFO(model);
        const auto read_back = read(model);
        const auto& spec = neurons(read_back, "net");
        std::map<std::string, double> found;
        for (const auto& table : {spec.params, spec.initial})
            for (const auto& [name, value] : table) {
                CHECK(value.is_constant());
                found[name] = value.a;
            }
        CHECK(found == values);
    }
}

TEST_CASE("every mapped model is tested, and gives all parameters of ours", "[unit][sonata]") {
    for (const auto& name : data::circuit::model_names()) {
        INFO(name);
        const auto* map = data::circuit::find_model(name);
        REQUIRE(map != nullptr);
        CHECK(expected.contains(std::string(map->names.front())));
        const auto spec = neurons(read(name), "net");
        for (const auto& row : circuits::catalogue().info(sim::PartKind::neuron, spec.model).params)
            CHECK(spec.params.contains(row.name));
    }
}

TEST_CASE("every parameter of a mapped model can be given per node", "[unit][sonata]") {
    for (const auto& [model, values] : expected) {
        const auto* map = data::circuit::find_model(model);
        for (const auto& param : map->params) {
            INFO(model << " " << param.theirs);
            // Two valid values near the default, which differ.
            const double low = param.standard == 0 ? 0 : param.standard * 0.9999;
            const double high = param.standard == 0 ? 0.5 : param.standard;
            const auto result = read(model, {{std::string(param.theirs), {low, high}}});
            const auto& spec = neurons(result, "net");
            const std::string ours(param.ours);
            const auto& value = ours.starts_with("initial.") ? spec.initial.at(ours.substr(8))
                                                             : spec.params.at(ours);
            CHECK(entries(value, 2) == std::vector<double>{low, high});
        }
    }
}

TEST_CASE("values of nodes override the file of their type", "[unit][sonata]") {
    const auto run = read("nest:iaf_psc_exp", {{"I_e", {400, 500}}},
                          R"({"I_e": 1.0, "tau_m": 20.0, "C_m": 200})");
    const auto& spec = neurons(run, "net");
    CHECK(entries(spec.params.at("i_e"), 2) == std::vector<double>{400, 500});
    CHECK(spec.params.at("tau_m").a == 20);
    CHECK(spec.params.at("c_m").a == 200);
}

TEST_CASE("parameters without counterpart pass while they have no effect", "[unit][sonata]") {
    CHECK_NOTHROW(read("nest:iaf_psc_exp", {}, R"({"delta": 0.0, "rho": 0.05, "tau_minus": 30})"));
    CHECK_NOTHROW(read("nest:iaf_psc_delta", {}, R"({"refractory_input": false})"));
    CHECK_NOTHROW(read("nest:iaf_psc_alpha", {}, R"({"V_min": -1.7976931348623157e308})"));
    const auto message = [](const std::string& model, const std::string& json) {
        Circuit circuit;
        circuit.text("models/p.json", json);
        circuit.nodes("net", types(model), {.types = {7, 7}});
        return circuit.mistakes();
    };
    CHECK_THAT(message("nest:iaf_psc_exp", R"({"delta": 1.5})"),
               Catch::Contains("models/p.json: delta = 1.5: has no counterpart in lif_exp"));
    CHECK_THAT(message("nest:iaf_psc_delta", R"({"V_min": -80})"),
               Catch::Contains("models/p.json: V_min = -80: has no counterpart in lif_delta"));
    CHECK_THAT(message("nest:izhikevich", R"({"consistent_integration": false})"),
               Catch::Contains("models/p.json: consistent_integration = 0"));
    CHECK_THAT(message("nest:iaf_psc_exp", R"({"tau_syn_exc": 2})"),
               Catch::Contains("models/p.json: tau_syn_exc: no parameter 'tau_syn_exc' of "
                               "nest:iaf_psc_exp can be mapped - did you mean 'tau_syn_ex'?"));
    CHECK_THAT(message("nest:iaf_psc_exp", R"({"tau_m": "10 ms"})"),
               Catch::Contains("models/p.json: tau_m: must be a number"));
}

TEST_CASE("times of IntFire1 below 1 are seconds", "[unit][sonata]") {
    const auto seconds =
        read("nrn:IntFire1", {}, R"({"tau": 0.024, "refrac": 0.003, "type": "NEURON_IntFire1"})");
    CHECK(neurons(seconds, "net").params.at("tau_m").a == 24);
    CHECK(neurons(seconds, "net").params.at("t_ref").a == 3);
    CHECK_THAT(seconds.notes.at(0), Catch::Contains("times of nrn:IntFire1 read as s"));
    const auto ms = read("nrn:IntFire1", {{"tau", {24, 12}}}, R"({"refrac": 0.5})");
    CHECK(entries(neurons(ms, "net").params.at("tau_m"), 2) == std::vector<double>{24, 12});
    CHECK(neurons(ms, "net").params.at("t_ref").a == 0.5);
    CHECK_THAT(ms.notes.at(0), Catch::Contains("read as ms"));
    CHECK_THROWS_WITH(read("nrn:IntFire1", {{"tau", {24, 0.012}}}),
                      Catch::Contains("time constants of 0.012 and 24"));
}

// m adds the weights, forgets them with tau, is deaf for refrac after a spike, and 1 is no spike.
TEST_CASE("an IntFire1 circuit fires by the rule of NEURON's mechanism", "[unit][sonata]") {
    Circuit circuit;
    circuit.text("models/p.json", R"({"tau": 10, "refrac": 5})");
    circuit.text("models/s.json", R"({"level_of_detail": "instanteneous", "sign": 1})");
    circuit.nodes("net", types("nrn:IntFire1"), {.types = {7, 7}});
    circuit.nodes("in", "node_type_id model_type\n1 virtual\n", {.types = {1}});
    circuit.edges("in_net", "in", "net", {0, 0}, {0, 1},
                  "edge_type_id dynamics_params delay weight_function\n3 s.json 2.0 wmax\n",
                  {.types = {3, 3}, .attributes = {{"syn_weight", {0.5, 0.6}}}});
    const std::vector<double> arrivals{2, 2, 3, 6, 12, 12.5};  // at 0: 0.5 + 0.5 is not above 1
    circuits::Hdf5Writer spikes(circuit.path("in.spikes.h5"));
    std::vector<double> sent;
    for (const double t : arrivals) sent.push_back(t - 2);
    spikes.reals("spikes/in/timestamps", sent);
    spikes.naturals("spikes/in/node_ids", circuits::Naturals(sent.size(), 0));
    const auto result = circuit.read(
        R"("inputs": {"in": {"input_type": "spikes", "module": "h5", "node_set": "in",
                             "input_file": "in.spikes.h5"}})");

    std::vector<std::pair<double, std::uint64_t>> wanted;
    for (const std::uint64_t cell : {0U, 1U}) {
        double m = 0, last = 0, free_at = 0;
        for (std::size_t i = 0; i < arrivals.size(); ++i) {
            const double t = arrivals[i];
            if (t < free_at) continue;
            m = m * std::exp(-(t - last) / 10) + (cell == 0 ? 0.5 : 0.6);
            last = t;
            const bool more = i + 1 < arrivals.size() && arrivals[i + 1] == t;
            if (more || m <= 1) continue;
            wanted.emplace_back(t, cell);
            m = 0;
            last = free_at = t + 5;
        }
    }
    std::sort(wanted.begin(), wanted.end());
    REQUIRE(wanted.size() >= 3);
    const auto found = run(result.description);
    REQUIRE(found.times.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CHECK(found.times[i] == wanted[i].first);  // arrivals are whole steps
        CHECK(found.ids[i] == wanted[i].second);
    }
}

// The same network, once as a circuit and once by hand in our words: the units and signs agree.
TEST_CASE("a circuit of every model runs as the network it stands for", "[unit][sonata]") {
    const std::map<std::string, double> weights{
        {"nest:iaf_psc_exp", 900},  {"nest:iaf_psc_alpha", 400}, {"nest:iaf_psc_delta", 9},
        {"nest:iaf_cond_exp", 120}, {"nest:iaf_cond_alpha", 60}, {"nest:aeif_cond_exp", 700},
        {"nest:izhikevich", 20},    {"nrn:IntFire1", 0.7}};
    REQUIRE(weights.size() == expected.size());
    for (const auto& [model, weight] : weights) {
        INFO(model);
        Circuit circuit;
        circuit.text("models/p.json", "{}");
        circuit.nodes("net", types(model), {.types = {7, 7}});
        circuit.nodes("in", "node_type_id model_type\n1 virtual\n", {.types = {1, 1}});
        circuit.edges("drive", "in", "net", {0, 0, 1}, {0, 1, 1}, "edge_type_id\n3\n",
                      {.types = {3, 3, 3},
                       .attributes = {{"syn_weight", {weight, weight, -weight / 2}},
                                      {"delay", {1.5, 1.5, 0.75}}}});
        circuit.text("spikes.csv",
                     "timestamps population node_ids\n"
                     "1.0 in 0\n1.25 in 0\n4.0 in 1\n9.0 in 0\n9.5 in 0\n9.75 in 0\n");
        const auto result = circuit.read(
            R"("inputs": {"x": {"input_type": "spikes", "module": "csv", "node_set": "in",
                                "input_file": "spikes.csv"}})");

        sim::Description d;
        d.run = {100, sim::Timing::exact, 0.1, 1e-6, 1};
        sim::NeuronsSpec cells{"cells", result.description.neurons[0].model, 2, {}, {}, {}};
        const auto& part = circuits::catalogue().info(sim::PartKind::neuron, cells.model);
        for (const auto& [name, value] : expected.at(model)) {
            const bool is_param = std::any_of(part.params.begin(), part.params.end(),
                                              [&](const auto& row) { return row.name == name; });
            (is_param ? cells.params : cells.initial)[name] = sim::Value::of(value);
        }
        d.neurons = {cells};
        sim::SourceSpec in{"in", "spike_trains", 2, {}, {}, sim::Value::of(1), "", "", nullptr};
        in.trains =
            std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{{{1, 1.25, 9, 9.5, 9.75}, {4}}});
        d.sources = {in};
        sim::ProjectionSpec edges;
        edges.name = "drive";
        edges.from = {"in"};
        edges.to = {"cells"};
        edges.connector = "edge_list";
        edges.edges = std::make_shared<sim::EdgeList>(sim::EdgeList{{0, 0, 1}, {0, 1, 1}});
        edges.weight = sim::Value::of(std::vector<double>{weight, weight, -weight / 2});
        edges.delay = sim::Value::of(std::vector<double>{1.5, 1.5, 0.75});
        d.projections = {edges};

        const auto by_hand = run(d);
        const auto by_circuit = run(result.description);
        CHECK(by_hand.times.size() > 0);
        CHECK(by_circuit.times == by_hand.times);
        CHECK(by_circuit.ids == by_hand.ids);
    }
}
