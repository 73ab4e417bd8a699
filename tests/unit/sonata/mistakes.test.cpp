// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "tests/unit/sonata/circuit.hpp"

using Catch::Contains;
using circuits::Circuit;

namespace {

const std::string exp_types = "node_type_id model_type model_template dynamics_params\n"
                              "7 point_neuron nest:iaf_psc_exp p.json\n";

struct Net : Circuit {
    Net() {
        text("models/p.json", "{}");
        nodes("net", exp_types, {.types = {7, 7}});
    }
};

std::string edge_mistakes(const std::string& types, const circuits::Table& table,
                          const circuits::Naturals& targets = {1}) {
    Net circuit;
    circuit.edges("e", "net", "net", {0}, targets, types, table);
    return circuit.mistakes();
}

}  // namespace

TEST_CASE("all mistakes of a circuit are said at once, each with its place", "[unit][sonata]") {
    Circuit circuit;
    circuit.text("models/p.json", R"({"C_m": -5, "tau_syn": 2})");
    circuit.nodes("net", exp_types, {.types = {7, 7}, .dynamics = {{"t_ref", {2, -1}}}});
    circuit.nodes("bio", "node_type_id model_type\n1 biophysical\n", {.types = {1}});
    circuit.edges("e", "net", "net", {0}, {1},
                  "edge_type_id delay model_template\n"
                  "1 0.05 stdp_synapse\n",
                  {.types = {1}});
    const auto text = circuit.mistakes(R"("inputs": {"x": {"input_type": "voltage_clamp"}},
        "reports": {"r": {"cells": "nett", "variable_name": "V_m"}})");
    for (const char* expected :
         {"models/p.json: C_m = -5 pF: must be > 0",
          "models/p.json: tau_syn: no parameter 'tau_syn' of nest:iaf_psc_exp can be mapped",
          "net.h5: nodes/net/0/dynamics_params/t_ref = -1 ms in entry 1: must be >= 0",
          "bio.h5: nodes/bio: model_type biophysical cannot be mapped",
          "e_types.csv:2: delay = 0.05 ms: must be at least the resolution of 0.1 ms",
          "e.h5: edges/e/model_template = stdp_synapse: cannot be mapped; static_synapse can",
          "simulation.json: inputs.x.input_type = voltage_clamp: cannot be mapped",
          "simulation.json: reports.r.cells = nett: no node set or population of that name - did "
          "you mean 'net'?"})
        CHECK_THAT(text, Contains(expected));
    CHECK(std::count(text.begin(), text.end(), '\n') == 7);
    CHECK_THROWS_AS(circuit.read(), sim::BadProtocol);
}

TEST_CASE("files that cannot be read are mistakes of files", "[unit][sonata]") {
    Net circuit;
    circuit.text("circuit.json", R"({"networks": {"nodes": [{"nodes_file": "none.h5",
        "node_types_file": "net_types.csv"}], "edges": [{"edges_file": "nothing.h5"}]}})");
    circuit.text("simulation.json",
                 R"({"network": "circuit.json", "run": {"tstop": 1, "dt": 0.1}})");
    const auto config = circuit.path("simulation.json");
    CHECK_THROWS_AS(data::read_sonata_circuit(config, circuits::catalogue()), sim::BadFile);
    CHECK_THROWS_WITH(data::read_sonata_circuit(config, circuits::catalogue()),
                      Contains("none.h5: No such file") && Contains("nothing.h5: No such file"));
    CHECK_THROWS_WITH(data::read_sonata_circuit(circuit.path("no.json"), circuits::catalogue()),
                      Contains("no.json: No such file"));
    circuit.text("simulation.json", "{\"network\": \"circuit.json\",\n  \"run\": {,}}");
    CHECK_THROWS_WITH(data::read_sonata_circuit(config, circuits::catalogue()),
                      Contains("simulation.json:2:11: is no JSON"));
    circuit.text("simulation.json", "[]");
    CHECK_THROWS_WITH(data::read_sonata_circuit(config, circuits::catalogue()),
                      Contains("must be an object"));
    circuit.text("simulation.json", R"({"network": "net.h5", "run": {"tstop": 1}})");
    CHECK_THROWS_WITH(data::read_sonata_circuit(config, circuits::catalogue()),
                      Contains("net.h5:1:1: is no JSON"));
}

TEST_CASE("what a configuration lacks or gets wrong is named", "[unit][sonata]") {
    Net circuit;
    const auto with_run = [&](const std::string& run) {
        return circuit.mistakes(R"("run": )" + run);
    };
    CHECK_THAT(with_run("{}"), Contains("simulation.json: run.tstop: is missing"));
    CHECK_THAT(with_run(R"({"tstop": "1 s"})"), Contains("run.tstop: must be a number"));
    CHECK_THAT(with_run(R"({"tstop": 1, "tstart": 5})"), Contains("run.tstart = 5 ms: must be 0"));
    CHECK_THAT(with_run(R"({"tstop": 1, "dt": 0})"), Contains("simulation.json: run.dt = 0 ms"));
    CHECK_THAT(with_run(R"({"tstop": -1, "dt": 0.1})"), Contains("run.tstop = -1 ms: must be > 0"));
    CHECK_THAT(with_run(R"({"tstop": 1, "random_seed": -3})"), Contains("run.random_seed = -3"));
    CHECK_THAT(circuit.mistakes(R"("output": {"overwrite_output_dir": "yes"})"),
               Contains("output.overwrite_output_dir: must be true or false"));
    CHECK_THAT(circuit.mistakes(R"("output": {"spikes_file": "../spikes.h5"})"),
               Contains("output.spikes_file = ../spikes.h5: must be a name without folder"));
    CHECK_THAT(circuit.mistakes(R"("output": {"output_dir": "$OUT/x"})"),
               Contains("output.output_dir: no variable $OUT in the manifest"));
    Circuit empty;
    CHECK_THAT(empty.mistakes(), Contains("circuit.json: networks.nodes: is missing"));
}

TEST_CASE("nodes that do not fit together are named", "[unit][sonata]") {
    const auto of = [](const std::string& types, const circuits::Table& table,
                       const circuits::Naturals& ids = {}) {
        Circuit circuit;
        circuit.text("models/p.json", "{}");
        circuit.nodes("net", types, table, ids);
        return circuit.mistakes();
    };
    CHECK_THAT(
        of(exp_types, {.types = {7, 8}}),
        Contains("net.h5: nodes/net/node_type_id: no type 8 in") && Contains("net_types.csv"));
    CHECK_THAT(of("node_type_id\n7\n", {.types = {7}}),
               Contains("nodes/net: model_type is missing"));
    CHECK_THAT(of("type\n7\n", {.types = {7}}), Contains("has no column 'node_type_id'"));
    CHECK_THAT(of("node_type_id\n7\n7\n", {.types = {7}}),
               Contains("net_types.csv:3: node_type_id 7 is there twice"));
    CHECK_THAT(of("node_type_id\nx\n", {.types = {7}}), Contains("node_type_id x is no natural"));
    CHECK_THAT(of("node_type_id model_type model_template\n7 point_neuron nest:iaf_psc_expo\n",
                  {.types = {7}}),
               Contains("model_template nest:iaf_psc_expo cannot be mapped - did you mean "
                        "'nest:iaf_psc_exp'?"));
    CHECK_THAT(of("node_type_id model_type model_template dynamics_params\n"
                  "7 point_neuron nest:iaf_psc_exp q.json\n",
                  {.types = {7}}),
               Contains("models/q.json: No such file"));
    CHECK_THAT(of(exp_types, {.types = {7, 7}}, {3, 3}), Contains("node_id: id 3 is there twice"));
    CHECK_THAT(of(exp_types, {.types = {7, 7}}, {3}), Contains("node_id: has 1 entries"));
    CHECK_THAT(of(exp_types, {.types = {7, 7}, .dynamics = {{"I_e", {1}}}}),
               Contains("dynamics_params/I_e: has 1 entries, but node 1 has index 1"));
    CHECK_THAT(of(exp_types, {.types = {7, 7}, .dynamics = {{"I_e", {1, NAN}}}}),
               Contains("dynamics_params/I_e = nan in entry 1: must be any finite number"));
}

TEST_CASE("edges that do not fit together are named", "[unit][sonata]") {
    const std::string plain = "edge_type_id\n1\n";
    CHECK_THAT(edge_mistakes(plain, {.types = {1}}, {2}),
               Contains("e.h5: edges/e/target_node_id: edge 0: population net has no node 2"));
    CHECK_THAT(edge_mistakes(plain, {.types = {1}}, {1, 1}),
               Contains("target_node_id: has 2 entries, but there are 1 edges"));
    CHECK_THAT(edge_mistakes(plain, {.types = {2}}), Contains("edges/e/edge_type_id: no type 2"));
    CHECK_THAT(edge_mistakes(plain, {.types = {1}, .attributes = {{"nsyns", {1.5}}}}),
               Contains("edges/e/0/nsyns = 1.5: must be a number of synapses"));
    CHECK_THAT(edge_mistakes(plain, {.types = {1}, .attributes = {{"delay", {0.01}}}}),
               Contains("e.h5: edges/e/0/delay = 0.01 ms: must be at least the resolution"));
    CHECK_THAT(edge_mistakes(plain, {.types = {1}, .dynamics = {{"tau_rec", {3}}}}),
               Contains("edges/e/0/dynamics_params/tau_rec: no parameter 'tau_rec'"));
    CHECK_THAT(edge_mistakes("edge_type_id syn_weight\n1 x\n", {.types = {1}}),
               Contains("e_types.csv:2: syn_weight = x: must be a number"));
    CHECK_THAT(edge_mistakes("edge_type_id weight_function\n1 gaussianLL\n", {.types = {1}}),
               Contains("weight_function = gaussianLL: is a function of another program"));

    Net circuit;
    circuit.nodes("in", "node_type_id model_type\n1 virtual\n", {.types = {1}});
    circuit.edges("back", "net", "in", {0}, {0}, plain, {.types = {1}});
    circuit.edges("lost", "net", "nte", {0}, {0}, plain, {.types = {1}});
    const auto text = circuit.mistakes();
    CHECK_THAT(text, Contains("edge 0: node 0 of in is virtual and takes no input"));
    CHECK_THAT(text, Contains("node_population = nte: no such population - did you mean 'net'?"));
}

TEST_CASE("edges are not blamed for nodes that cannot be read", "[unit][sonata]") {
    Circuit circuit;
    circuit.nodes("net", "node_type_id\n8\n", {.types = {7, 7}});
    circuit.edges("e", "net", "net", {0}, {1}, "edge_type_id\n1\n", {.types = {1}});
    const auto text = circuit.mistakes(R"("reports": {"r": {"cells": "net"}})");
    CHECK_THAT(text, Contains("no type 7 in"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 0);
}

TEST_CASE("ids are not negative", "[unit][sonata]") {
    Net circuit;
    circuit.write();
    {
        circuits::Hdf5Writer file(circuit.path("net.h5"));
        file.integers("nodes/net/node_type_id", {7, -7});
    }
    CHECK_THROWS_WITH(
        data::read_sonata_circuit(circuit.path("simulation.json"), circuits::catalogue()),
        Contains("nodes/net/node_type_id = -7 in entry 1: must be >= 0"));
}

// HDF5 takes it for a file that is being written, and would wait for its head to become whole.
TEST_CASE("a file with a damaged head is refused, soon", "[unit][sonata]") {
    Net circuit;
    circuit.write();
    {
        std::fstream file(circuit.path("net.h5"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(20);
        file.put('\x7f');
    }
    CHECK_THROWS_WITH(
        data::read_sonata_circuit(circuit.path("simulation.json"), circuits::catalogue()),
        Contains("net.h5: cannot open"));
}

TEST_CASE("inputs and reports that cannot be mapped are named", "[unit][sonata]") {
    Net circuit;
    circuit.nodes("in", "node_type_id model_type\n1 virtual\n", {.types = {1}});
    circuit.nodes("fire", "node_type_id model_type model_template\n1 point_neuron nrn:IntFire1\n",
                  {.types = {1}});
    circuit.text("s.csv", "timestamps node_ids\n1 5\n");
    const auto input = [&](const std::string& fields) {
        return circuit.mistakes(R"("inputs": {"x": {)" + fields + "}}");
    };
    const std::string spikes = R"("input_type": "spikes", "input_file": "s.csv", )";
    CHECK_THAT(input(spikes + R"("node_set": "in")"),
               Contains("s.csv: spike 0: population in has no node 5"));
    circuit.text("bad.csv", "timestamps node_ids\n1 one\n");
    CHECK_THAT(input(R"("input_type": "spikes", "input_file": "bad.csv", "node_set": "in")"),
               Contains("bad.csv:2: id 'one' is not a natural number"));
    circuit.text("early.csv", "timestamps node_ids\n-1 0\n");
    CHECK_THAT(input(R"("input_type": "spikes", "input_file": "early.csv", "node_set": "in")"),
               Contains("early.csv = -1 ms: must be >= 0"));
    CHECK_THAT(input(spikes + R"("node_set": "net")"),
               Contains("inputs.x.node_set: chooses node 0 of net, which is not virtual"));
    CHECK_THAT(input(spikes + R"("node_set": {"population": "none"})"),
               Contains("chooses no node"));
    CHECK_THAT(input(spikes + R"("node_set": {"layer": 4})"),
               Contains("no node has an attribute 'layer'"));
    CHECK_THAT(input(spikes + R"("node_set": {"node_id": {"$gt": 4}})"),
               Contains("inputs.x.node_set.node_id: must be a text, a number"));
    CHECK_THAT(input(spikes + R"("module": "nwb", "node_set": "in")"), Contains("module = nwb"));
    CHECK_THAT(input(R"("input_type": "spikes", "input_file": "z.h5", "node_set": "in")"),
               Contains("z.h5: No such file"));
    CHECK_THAT(input(R"("module": "h5")"), Contains("inputs.x.input_type: is missing"));

    const std::string clamp = R"("input_type": "current_clamp", )";
    CHECK_THAT(input(clamp + R"("amp": 1, "delay": 0, "duration": 5, "node_set": "fire")"),
               Contains("chooses fire, but nrn:IntFire1 takes no current"));
    CHECK_THAT(input(clamp + R"("amp": 1, "delay": 0, "duration": 5, "node_set": "in")"),
               Contains("chooses no neuron"));
    CHECK_THAT(input(clamp + R"("amp": 1, "delay": 0, "duration": -5, "node_set": "net")"),
               Contains("delay and duration must be >= 0"));
    CHECK_THAT(input(clamp + R"("amp": [1, 2], "duration": 5, "node_set": "net")"),
               Contains("must have equally many entries"));
    CHECK_THAT(input(clamp + R"("duration": 5, "node_set": "net")"), Contains("x.amp: is missing"));
    CHECK_THAT(input(clamp + R"("input_file": "a.csv", "node_set": "net")"),
               Contains("inputs.x.input_file: cannot be mapped"));

    circuit.text("sets.json", R"({"a": ["b"], "b": ["a"]})");
    CHECK_THAT(circuit.mistakes(R"("node_sets_file": "sets.json", "reports":
                                   {"r": {"cells": "a", "variable_name": "v"}})"),
               Contains("sets.json: a: contains itself"));
    CHECK_THAT(circuit.mistakes(R"("reports": {"r": {"cells": "net", "variable_name": "ecp"}})"),
               Contains("reports.r.variable_name = ecp: cannot be recorded from net"));
    CHECK_THAT(circuit.mistakes(R"("reports": {"r": {"cells": "in", "variable_name": "v"}})"),
               Contains("reports.r.cells: chooses no neuron"));
    CHECK_THAT(circuit.mistakes(R"("reports": {"r": {"cells": "net"}})"),
               Contains("reports.r.variable_name: is missing"));
}
