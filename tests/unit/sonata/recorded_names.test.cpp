// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/recorded_names.hpp"

#include <catch2/catch.hpp>

#include "data/formats/spike_file.hpp"
#include "data/formats/spike_reader.hpp"
#include "protocols/file/protocol_file.hpp"
#include "sim/net/network.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/unit/sonata/circuit.hpp"

namespace {

/// Populations a (2 neurons) and b (1), both recorded as "net"; c keeps its name.
sim::Description description() {
    sim::Description d;
    d.neurons.resize(3);
    d.neurons[0].name = "a";
    d.neurons[0].model = "lif_exp";
    d.neurons[0].size = 2;
    d.neurons[0].recorded_as = "net";
    d.neurons[0].recorded_ids = {10, 30};
    d.neurons[1] = d.neurons[0];
    d.neurons[1].name = "b";
    d.neurons[1].size = 1;
    d.neurons[1].recorded_ids = {20};
    d.neurons[2].name = "c";
    d.neurons[2].model = "lif_exp";
    d.neurons[2].size = 4;
    return d;
}

std::vector<std::string> problems(const sim::Description& d) {
    std::vector<std::string> texts;
    for (const auto& one : sim::validate(d, circuits::catalogue()))
        texts.push_back(one.path + " " + one.text);
    return texts;
}

/// Nodes 5 and 9 of one model, 6 of another.
void add_two_models(circuits::Circuit& circuit) {
    circuit.nodes("net",
                  "node_type_id model_type model_template\n"
                  "1 point_neuron nest:iaf_psc_exp\n2 point_neuron nest:iaf_psc_delta\n",
                  {.types = {1, 2, 1}, .dynamics = {{"I_e", {500, 600, 700}}}}, {5, 6, 9});
}

}  // namespace

TEST_CASE("a circuit written as a protocol is the same circuit", "[unit][sonata]") {
    circuits::Circuit circuit;
    add_two_models(circuit);
    circuit.edges("e", "net", "net", {5, 6, 9}, {9, 5, 6}, "edge_type_id\n1\n",
                  {.types = {1, 1, 1}, .attributes = {{"syn_weight", {10, -0.1, 1e-3}}}});
    const auto read = circuit.read().description;
    const auto text = protocols::write_protocol(read);
    const auto again = protocols::read_protocol({text, "circuit.toml"}, {}, circuits::catalogue());
    CHECK(protocols::write_protocol(again) == text);
    REQUIRE(again.neurons.size() == 2);
    CHECK(again.neurons[0].recorded_as == "net");
    CHECK(again.neurons[0].recorded_ids == circuits::Naturals{5, 9});
    CHECK(again.neurons[1].recorded_ids == circuits::Naturals{6});
}

TEST_CASE("populations recorded under one name are one, sorted by time and id", "[unit][sonata]") {
    sim::MemorySink sink;
    data::RecordedNames names(description(), sink);
    sim::RecordingPlan plan;
    plan.populations = {{"a", 2, 0}, {"b", 1, 2}, {"c", 4, 3}};
    plan.traces = {{"b", "v", sim::Unit::mV, {0}, 0, 1},
                   {"a", "v", sim::Unit::mV, {0, 1}, 0, 1},
                   {"a", "i_exc", sim::Unit::pA, {1}, 0, 1},
                   {"a", "v", sim::Unit::mV, {0}, 0, 1}};
    names.begin(plan);
    sim::Batch batch;
    batch.until = 5;
    batch.spikes = {{{1, 2, 2}, {1, 0, 1}}, {{1, 2}, {0, 0}}, {{3}, {3}}};
    batch.traces = {{1, 2}, {11, 12, 21, 22}, {5, 6}, {11, 21}};
    names.write(batch);
    names.end(sim::ExitState::complete);

    REQUIRE(sink.plan().populations.size() == 2);
    CHECK(sink.plan().populations[0].name == "net");
    CHECK(sink.plan().populations[0].size == 3);
    CHECK(sink.spikes()[0].times == std::vector<double>{1, 1, 2, 2, 2});
    CHECK(sink.spikes()[0].ids == circuits::Naturals{20, 30, 10, 20, 30});
    CHECK(sink.spikes()[1].ids == circuits::Naturals{3});
    REQUIRE(sink.plan().traces.size() == 3);
    CHECK(sink.plan().traces[0].population == "net");
    CHECK(sink.plan().traces[0].neurons == circuits::Naturals{10, 20, 30});
    CHECK(sink.traces()[0] == std::vector<float>{11, 1, 12, 21, 2, 22});
    CHECK(sink.plan().traces[1].neurons == circuits::Naturals{30});
    CHECK(sink.traces()[1] == std::vector<float>{5, 6});
    CHECK(sink.plan().traces[2].neurons == circuits::Naturals{10});  // asked for twice
    CHECK(sink.traces()[2] == std::vector<float>{11, 21});
    CHECK(sink.until() == 5);
    CHECK(sink.state() == sim::ExitState::complete);
}

TEST_CASE("without names of their own, recordings pass unchanged", "[unit][sonata]") {
    sim::Description d;
    d.neurons.resize(1);
    d.neurons[0].name = "a";
    sim::MemorySink sink;
    data::RecordedNames names(d, sink);
    names.begin(recordings::plan());
    names.write(recordings::batch(3, 50));
    CHECK(sink.plan().traces.size() == recordings::plan().traces.size());
    CHECK(sink.spikes()[0].times == recordings::batch(3, 50).spikes[0].times);
    CHECK(sink.traces() == recordings::batch(3, 50).traces);
}

TEST_CASE("no two neurons are recorded as the same one", "[unit][sonata]") {
    CHECK(problems(description()).empty());
    auto d = description();
    d.neurons[1].recorded_ids = {30};
    CHECK(problems(d) == std::vector<std::string>{
                             "neurons.b.recorded_as = net: another neuron is recorded so with id "
                             "30; give recorded_ids"});
    d = description();
    d.neurons[0].recorded_ids = {30, 10};
    CHECK(problems(d) == std::vector<std::string>{"neurons.a.recorded_ids must be ascending"});
    d.neurons[0].recorded_ids = {10};
    CHECK(problems(d) ==
          std::vector<std::string>{"neurons.a.recorded_ids = a list of 1 entries: must have 2"});
    d = description();
    d.neurons[2].recorded_as = "net";
    d.neurons[0].recorded_ids = {2, 4};
    CHECK(problems(d).size() == 1);  // c has ids 0 to 3
}

TEST_CASE("a circuit of two models leaves one population of spikes", "[unit][sonata]") {
    circuits::Circuit circuit;
    add_two_models(circuit);
    const auto run = circuit.read();
    const auto path = circuit.path("spikes.h5");
    {
        data::SpikeFile file(path, {});
        data::RecordedNames names(run.description, file);
        const sim::Network network(run.description, circuits::catalogue(), 1);
        sim::Simulation simulation(network, circuits::catalogue(), {1});
        simulation.record(names);
        simulation.advance(run.description.run.duration);
        names.end(sim::ExitState::complete);
    }
    CHECK(data::spike_populations(path) == std::vector<std::string>{"net"});
    const auto spikes = data::read_spikes({path, "net"});
    CHECK(std::is_sorted(spikes.times.begin(), spikes.times.end()));
    for (const std::uint64_t id : {5U, 6U, 9U})
        CHECK(std::count(spikes.ids.begin(), spikes.ids.end(), id) > 3);
}
