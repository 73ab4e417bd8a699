// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "data/formats/csv.hpp"
#include "tests/unit/sonata/circuit.hpp"

using Catch::Contains;
using circuits::Circuit;
using circuits::entries;
using circuits::neurons;
using circuits::source;

namespace {

const std::string exp_types = "node_type_id model_type model_template dynamics_params\n"
                              "7 point_neuron nest:iaf_psc_exp NULL\n";
const std::string virtual_types = "node_type_id model_type\n1 virtual\n";

/// Two populations, cells (3 neurons) and in (2 virtual nodes).
struct Pair : Circuit {
    Pair() {
        nodes("cells", exp_types, {.types = {7, 7, 7}});
        nodes("in", virtual_types, {.types = {1, 1}});
    }
};

}  // namespace

TEST_CASE("fields of a table may be quoted", "[unit][sonata]") {
    Circuit circuit;
    circuit.text("t.csv", "id  name \"a b\"\n\n1 \"two words\" \"say \"\"hi\"\"\"\n2 NULL x\n");
    const auto table = data::read_csv(circuit.path("t.csv"));
    CHECK(table.columns == std::vector<std::string>{"id", "name", "a b"});
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0].fields == std::vector<std::string>{"1", "two words", "say \"hi\""});
    CHECK(table.rows[1].line == 4);
    for (const auto& [text, message] :
         std::map<std::string, std::string>{{"", "names no columns"},
                                            {"a a\n", ":1: column 'a' is there twice"},
                                            {"a b\n1\n", ":2: 1 fields, but 2 columns"},
                                            {"a\n\"1\n", ":2: a quote is not closed"}}) {
        circuit.text("t.csv", text);
        CHECK_THROWS_WITH(data::read_csv(circuit.path("t.csv")), Contains(message));
    }
}

TEST_CASE("a population of one model keeps its name and its ids", "[unit][sonata]") {
    Circuit circuit;
    circuit.nodes("net", exp_types, {.types = {7, 7, 7}, .dynamics = {{"I_e", {1, 2, 3}}}},
                  {2, 0, 1});
    const auto run = circuit.read();
    const auto& spec = neurons(run, "net");
    CHECK(spec.size == 3);
    CHECK(entries(spec.params.at("i_e"), 3) == std::vector<double>{2, 3, 1});  // by id
    CHECK(spec.recorded_name() == "net");
    CHECK(spec.recorded_ids.empty());
}

TEST_CASE("models of a population become populations recorded under its name", "[unit][sonata]") {
    Circuit circuit;
    circuit.nodes("net",
                  "node_type_id population model_type model_template\n"
                  "1 net point_neuron nest:iaf_psc_exp\n"
                  "2 net point_neuron nest:izhikevich\n"
                  "2 other point_neuron nest:iaf_psc_delta\n"
                  "3 net virtual NULL\n",
                  {.types = {1, 2, 1, 3}}, {10, 11, 12, 13});
    circuit.edges("e", "net", "net", {10, 11, 13, 12}, {11, 12, 10, 10}, "edge_type_id\n0\n",
                  {.types = {0, 0, 0, 0}, .attributes = {{"syn_weight", {1, 2, 3, 4}}}});
    const auto run = circuit.read();
    const auto& lif = neurons(run, "net_lif_exp");
    const auto& izhikevich = neurons(run, "net_izhikevich");
    CHECK(lif.recorded_as == "net");
    CHECK(lif.recorded_ids == circuits::Naturals{10, 12});
    CHECK(izhikevich.recorded_ids == circuits::Naturals{11});
    CHECK(source(run, "net_virtual").size == 1);
    std::map<std::string, std::vector<double>> weights;
    for (const auto& one : run.description.projections) {
        CHECK(one.name == "e_" + one.from[0] + "_" + one.to[0]);
        weights[one.from[0] + " " + one.to[0]] = entries(one.weight, one.edges->source.size());
    }
    CHECK(weights == std::map<std::string, std::vector<double>>{{"net_lif_exp net_izhikevich", {1}},
                                                                {"net_izhikevich net_lif_exp", {2}},
                                                                {"net_virtual net_lif_exp", {3}},
                                                                {"net_lif_exp net_lif_exp", {4}}});
}

TEST_CASE("names that a description does not have are replaced", "[unit][sonata]") {
    Circuit circuit;
    circuit.nodes("V1.L4", exp_types, {.types = {7}});
    const auto run = circuit.read();
    const auto& spec = run.description.neurons.at(0);
    CHECK(spec.name == "V1_L4");
    CHECK(spec.recorded_as == "V1.L4");
}

TEST_CASE("edges take the first of file, parameters, type and default", "[unit][sonata]") {
    Pair circuit;
    circuit.text("models/s.json", R"({"delay": 2.5})");
    circuit.edges("a", "in", "cells", {0, 1, 1}, {2, 0, 1},
                  "edge_type_id syn_weight delay model_template dynamics_params nsyns\n"
                  "4 5.0 3.5 static_synapse NULL 2\n"
                  "5 6.0 3.5 NULL s.json NULL\n",
                  {.types = {4, 5, 4}});
    circuit.edges(
        "b", "cells", "cells", {0, 1}, {1, 1}, "edge_type_id syn_weight\n0 NULL\n",
        {.types = {0, 0},
         .attributes = {{"syn_weight", {-1, 3}}, {"delay", {1.25, 1.5}}, {"nsyns", {1, 4}}},
         .dynamics = {{"weight", {9, 9}}}});
    circuit.edges("c", "cells", "cells", {0}, {2}, "edge_type_id\n0\n", {.types = {0}});
    const auto run = circuit.read();
    REQUIRE(run.description.projections.size() == 3);
    const auto& a = run.description.projections[0];
    CHECK(a.from == std::vector<std::string>{"in"});
    CHECK(a.to == std::vector<std::string>{"cells"});
    CHECK(a.edges->source == circuits::Naturals{0, 1, 1});
    CHECK(a.edges->target == circuits::Naturals{2, 0, 1});
    CHECK(entries(a.weight, 3) == std::vector<double>{10, 6, 10});
    CHECK(entries(a.delay, 3) == std::vector<double>{3.5, 2.5, 3.5});
    const auto& b = run.description.projections[1];
    CHECK(entries(b.weight, 2) == std::vector<double>{-1, 12});
    CHECK(entries(b.delay, 2) == std::vector<double>{1.25, 1.5});
    CHECK(run.description.projections[2].weight.a == 1);
    CHECK(run.description.projections[2].delay.a == 1);
    const auto noted = [&](const std::string& text) {
        return std::any_of(run.notes.begin(), run.notes.end(),
                           [&](const auto& note) { return note.find(text) != note.npos; });
    };
    CHECK(noted("edges/c: 1 edges without syn_weight take 1"));
    CHECK(noted("edges/c: 1 edges without delay take 1"));
    CHECK_FALSE(noted("edges/b"));
}

TEST_CASE("groups of a population have attributes of their own", "[unit][sonata]") {
    Circuit circuit;
    {
        circuits::Hdf5Writer file(circuit.path("net.h5"));
        file.naturals("nodes/net/node_type_id", {7, 7, 7});
        file.naturals("nodes/net/node_group_id", {1, 0, 1});
        file.naturals("nodes/net/node_group_index", {1, 0, 0});
        file.reals("nodes/net/0/dynamics_params/I_e", {100});
        file.reals("nodes/net/1/dynamics_params/V_th", {-50, -51});
    }
    circuit.text("net_types.csv", exp_types);
    circuit.text("circuit.json", R"({"networks": {"nodes": {"nodes_file": "net.h5",
                                     "node_types_file": "net_types.csv"}}})");
    circuit.text("simulation.json", R"({"network": "circuit.json", "run": {"tstop": 1}})");
    const auto run =
        data::read_sonata_circuit(circuit.path("simulation.json"), circuits::catalogue());
    const auto& spec = neurons(run, "net");
    CHECK(entries(spec.params.at("i_e"), 3) == std::vector<double>{0, 100, 0});
    CHECK(entries(spec.params.at("v_th"), 3) == std::vector<double>{-51, -55, -50});
}

TEST_CASE("variables of a manifest may use each other", "[unit][sonata]") {
    Pair circuit;
    circuit.write();
    circuit.text("sub/simulation.json", R"({
        "manifest": {"$BASE": "..", "$NET": "${BASE}/.", "OUT": "$NET/out", "$ME": "$configdir"},
        "network": "$NET/circuit.json", "run": {"tstop": 5, "dt": 0.1, "random_seed": 12},
        "output": {"output_dir": "$OUT", "spikes_file": "s.h5", "overwrite_output_dir": true}})");
    const auto run =
        data::read_sonata_circuit(circuit.path("sub/simulation.json"), circuits::catalogue());
    CHECK(run.output_dir == circuit.path("out"));
    CHECK(run.spikes_file == "s.h5");
    CHECK(run.overwrite);
    CHECK(run.description.run.duration == 5);
    CHECK(run.description.run.seed == 12);
    CHECK(run.description.name == "sub");
    circuit.text("config.json", R"({"simulation": "sub/simulation.json"})");
    CHECK(data::read_sonata_circuit(circuit.path("config.json"), circuits::catalogue())
              .description.run.duration == 5);
    circuit.text("loop.json", R"({"manifest": {"$A": "$B/x", "$B": "$A/y"}, "network": "$A",
                                  "run": {"tstop": 5}, "inputs": {"x": {"input_file": "$C"}}})");
    CHECK_THROWS_WITH(
        data::read_sonata_circuit(circuit.path("loop.json"), circuits::catalogue()),
        Contains("loop.json: manifest.$B: is defined by itself") &&
            Contains("loop.json: inputs.x.input_file: no variable $C in the manifest"));
}

TEST_CASE("spikes of files go to the virtual nodes of a node set", "[unit][sonata]") {
    Pair circuit;
    {
        circuits::Hdf5Writer file(circuit.path("new.h5"));
        file.reals("spikes/in/timestamps", {3, 1, 2});
        file.naturals("spikes/in/node_ids", {1, 1, 0});
    }
    {
        circuits::Hdf5Writer file(circuit.path("old.h5"));
        file.reals("spikes/timestamps", {4, 5});
        file.naturals("spikes/gids", {0, 1});
    }
    circuit.text("t.csv", "timestamps population node_ids\n6.0 in 1\n7.0 cells 0\n");
    const auto trains = [&](const std::string& file, const std::string& set) {
        const auto run = circuit.read(R"("inputs": {"a": {"input_type": "spikes", "module": "h5",
            "node_set": )" + set + R"(, "input_file": ")" +
                                      file + R"("}})");
        return source(run, "in").trains->times;
    };
    using Trains = std::vector<std::vector<double>>;
    CHECK(trains("new.h5", R"("in")") == Trains{{2}, {1, 3}});
    CHECK(trains("new.h5", R"({"population": "in", "node_id": 0})") == Trains{{2}, {}});
    CHECK(trains("old.h5", R"("in")") == Trains{{4}, {5}});
    CHECK(trains("t.csv", R"("in")") == Trains{{}, {6}});
    const auto silent = circuit.read();
    CHECK(source(silent, "in").trains->times == Trains{{}, {}});
    CHECK_THAT(silent.notes.at(0), Contains("the virtual nodes are silent"));
}

TEST_CASE("current clamps act on the neurons of a node set", "[unit][sonata]") {
    Pair circuit;
    circuit.text("sets.json", R"({"two": {"population": "cells", "node_id": [0, 2]}})");
    const auto run = circuit.read(R"("node_sets_file": "sets.json", "inputs": {
        "one": {"input_type": "current_clamp", "module": "IClamp", "node_set": "two",
                "amp": 120.5, "delay": 10, "duration": 5},
        "steps": {"input_type": "current_clamp", "module": "IClamp", "node_set": "all",
                  "amp": [1, 2], "delay": [0, 20], "duration": [20, 30]},
        "none": {"input_type": "current_clamp", "enabled": false}})");
    const auto& one = source(run, "one_cells");
    CHECK(one.model == "step_current");
    CHECK(one.to == std::vector<std::string>{"cells"});
    CHECK(entries(one.params.at("amplitude"), 3) == std::vector<double>{120.5, 0, 120.5});
    CHECK(one.params.at("start").a == 10);
    CHECK(one.params.at("stop").a == 15);
    CHECK(source(run, "steps_0_cells").params.at("amplitude").a == 1);
    CHECK(source(run, "steps_1_cells").params.at("start").a == 20);
    CHECK(source(run, "steps_1_cells").params.at("stop").a == 50);
    CHECK(run.description.sources.size() == 4);  // and the virtual nodes
}

TEST_CASE("node sets choose by attributes, unions and rules", "[unit][sonata]") {
    Circuit circuit;
    circuit.nodes("net",
                  "node_type_id model_type model_template layer\n"
                  "1 point_neuron nest:iaf_psc_exp L4\n2 point_neuron nest:iaf_psc_exp L5\n",
                  {.types = {1, 1, 2, 2},
                   .attributes = {{"x", {0, 1, 2, 100000}}},
                   .texts = {{"side", {"left", "right", "left", "right"}}}},
                  {0, 1, 2, 100000});
    circuit.text("sets.json", R"({
        "L4": {"layer": "L4"}, "far": {"x": [2, 100000]}, "left_L5": {"layer": "L5", "side": "left"},
        "both": ["L4", "nested"], "nested": ["left_L5"], "typed": {"node_type_id": 2}})");
    const auto chosen = [&](const std::string& set) {
        const auto run = circuit.read(R"("node_sets_file": "sets.json", "reports": {
            "r": {"variable_name": "V_m", "cells": )" +
                                      set + "}}");
        return run.description.record.traces.at(0).neurons;
    };
    CHECK(chosen(R"("L4")") == circuits::Naturals{0, 1});
    CHECK(chosen(R"("far")") == circuits::Naturals{2, 3});
    CHECK(chosen(R"("left_L5")") == circuits::Naturals{2});
    CHECK(chosen(R"("both")") == circuits::Naturals{0, 1, 2});
    CHECK(chosen(R"("typed")") == circuits::Naturals{2, 3});
    CHECK(chosen(R"(["left_L5", "L4"])") == circuits::Naturals{0, 1, 2});
    CHECK(chosen(R"({"node_id": [1, 100000], "layer": "L5"})") == circuits::Naturals{3});
}

TEST_CASE("reports become traces of our variables", "[unit][sonata]") {
    Pair circuit;
    const auto run = circuit.read(R"("run": {"tstop": 10, "dt": 0.1}, "reports": {
        "a": {"cells": "cells", "variable_name": ["V_m", "I_syn_ex"], "module": "multimeter_report"},
        "b": {"cells": {"node_id": 1}, "variable_name": "v", "dt": 0.5, "start_time": 2,
              "sections": "soma", "file_name": "x.h5"}},
        "conditions": {"v_init": -80, "celsius": 34})");
    const auto& traces = run.description.record.traces;
    REQUIRE(traces.size() == 2);
    CHECK(traces[0].population == "cells");
    CHECK(traces[0].variables == std::vector<std::string>{"v", "i_exc"});
    CHECK(traces[0].neurons.empty());
    CHECK(traces[0].interval == 0.1);
    CHECK(traces[1].neurons == circuits::Naturals{1});
    CHECK(traces[1].interval == 0.5);
    CHECK(neurons(run, "cells").initial.at("v").a == -80);
    std::string notes;
    for (const auto& note : run.notes) notes += note + "\n";
    CHECK_THAT(notes, Contains("reports.b.start_time: the whole run is recorded") &&
                          Contains("reports.b.file_name") &&
                          Contains("neurons without V_m begin at v_init = -80 mV"));
}
