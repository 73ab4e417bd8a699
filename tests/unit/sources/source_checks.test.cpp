// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "models/neurons/lif_exp.hpp"
#include "tests/unit/sources/helpers.hpp"

using sim::Value;

namespace {

sim::Catalogue full_catalogue() {
    sim::Catalogue result = sources::test::catalogue();
    result.add(sim::describe_neuron<models::LifExp>(), {});
    result.add({sim::PartKind::synapse, "static", "", "", {}, {}, {}}, {});
    result.add({sim::PartKind::connector, "all_to_all", "", "", {}, {}, {}}, {});
    return result;
}

sim::SourceSpec source(const std::string& model) {
    sim::SourceSpec one;
    one.name = "one";
    one.model = model;
    return one;
}

sim::SourceSpec drive(const std::string& model) {
    auto one = source(model);
    one.to = {"exc"};
    return one;
}

sim::ProjectionSpec projection(const std::string& from) {
    sim::ProjectionSpec one;
    one.name = "wires";
    one.from = {from};
    one.to = {"exc"};
    one.connector = "all_to_all";
    return one;
}

/// Neurons "exc" (10) and "inh" (4), the source and projections; all problems, one a line.
std::string problems(const sim::SourceSpec& one,
                     const std::vector<sim::ProjectionSpec>& wires = {}) {
    sim::Description d;
    for (const auto& [name, size] : {std::pair{"exc", 10}, {"inh", 4}}) {
        sim::NeuronsSpec neurons;
        neurons.name = name;
        neurons.model = "lif_exp";
        neurons.size = static_cast<std::uint64_t>(size);
        d.neurons.push_back(neurons);
    }
    d.sources = {one};
    d.projections = wires;
    static const sim::Catalogue catalogue = full_catalogue();
    std::string text;
    for (const auto& problem : sim::validate(d, catalogue))
        text += problem.path + " " + problem.text + "\n";
    return text;
}

}  // namespace

TEST_CASE("every source is valid as it comes", "[unit][sources]") {
    for (const auto* part : sources::test::catalogue().all(sim::PartKind::source)) {
        auto one = part->needs_to ? drive(part->name) : source(part->name);
        if (part->reads_trains)
            one.trains = std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{{{3, 1}}});
        CHECK(problems(one) == "");
        if (!part->needs_to) CHECK(problems(one, {projection("one")}) == "");
    }
}

TEST_CASE("a drive needs the neurons it acts on and takes no projection", "[unit][sources]") {
    CHECK(problems(source("poisson_background")) ==
          "sources.one.to is missing; name the neurons that poisson_background acts on\n");
    CHECK(problems(drive("step_current"), {projection("one")}) ==
          "projections.wires.from = one: acts on the neurons of its `to` and takes no projection; "
          "use a source of spike trains\n");
    auto sized = drive("noise_current");
    sized.size = 10;
    CHECK(problems(sized) == "sources.one.size has no use in noise_current; every neuron of `to` "
                             "has an input of its own\n");
}

TEST_CASE("a train is carried by projections alone", "[unit][sources]") {
    CHECK(problems(drive("poisson")) ==
          "sources.one.to has no use in poisson; a projection from one carries it\n");
    auto heavy = source("regular");
    heavy.weight = Value::of(3);
    heavy.receptor = "exc";
    CHECK(problems(heavy) == "sources.one.weight has no use in regular; the projection has it\n"
                             "sources.one.receptor has no use in regular; the projection has it\n");
}

TEST_CASE("spike times belong to sources that repeat them", "[unit][sources]") {
    CHECK(
        problems(source("spike_trains")) ==
        "sources.one.times is missing; give a list of times for every unit, or a file as `path`\n");
    auto file = source("spike_trains");
    file.path = "spikes.h5";
    CHECK(problems(file) == "");
    auto wrong = source("poisson");
    wrong.trains = std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{{{1, 2}}});
    wrong.path = "spikes.h5";
    CHECK(problems(wrong) == "sources.one.times has no use in poisson; leave it out\n"
                             "sources.one.path has no use in poisson; leave it out\n");
}

TEST_CASE("spike times are finite and not negative, in any order", "[unit][sources]") {
    auto one = source("spike_trains");
    const auto with = [&](double time) {
        one.trains = std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{{{5, time}}});
        return problems(one);
    };
    CHECK(with(2) == "");
    CHECK(with(-1) == "sources.one.times = -1 ms: must be >= 0\n");
    CHECK(with(std::numeric_limits<double>::quiet_NaN()) ==
          "sources.one.times = nan ms: must be >= 0\n");
    CHECK(with(std::numeric_limits<double>::infinity()) ==
          "sources.one.times = inf ms: must be >= 0\n");
}

TEST_CASE("a receptor takes weights of its sign", "[unit][sources]") {
    const auto with = [](const std::string& receptor, const Value& weight) {
        auto one = drive("poisson_background");
        one.receptor = receptor;
        one.weight = weight;
        auto wires = projection("exc");
        wires.receptor = receptor;
        wires.weight = weight;
        const auto of_source = problems(one);
        const auto of_projection = problems(drive("poisson_background"), {wires});
        // The same rule for both, at another path.
        const auto rule = [](const std::string& text) { return text.substr(text.find(' ') + 1); };
        CHECK(rule(of_source) == rule(of_projection));
        return of_source;
    };
    CHECK(with("exc", Value::of(0.0)) == "");
    CHECK(with("inh", Value::of(-2.0)) == "");
    CHECK(with("inh", Value::of(0.0)) == "");
    CHECK(with("", Value::normal(0, 1)) == "");
    CHECK(with("exc", Value::normal(5, 1, 0)) == "");
    CHECK(with("exc", Value::of(-2.0)) ==
          "sources.one.weight = -2: must be >= 0 at receptor exc; leave out `receptor`, and the "
          "sign decides\n");
    CHECK(with("inh", Value::of(std::vector<double>{-1, -1, -1, -1, 7, -1, -1, -1, -1, -1})) ==
          "sources.one.weight = 7: must be <= 0 at receptor inh; leave out `receptor`, and the "
          "sign decides\n");
    CHECK(with("exc", Value::normal(5, 1)) ==
          "sources.one.weight = normal: must be >= 0 at receptor exc; limit the draws, or leave "
          "out `receptor`, and the sign decides\n");
    CHECK(with("inh", Value::uniform(-1, 1)) ==
          "sources.one.weight = uniform: must be <= 0 at receptor inh; limit the draws, or leave "
          "out `receptor`, and the sign decides\n");
    CHECK(with("current", Value::of(1.0)) ==
          "sources.one.receptor = current: only currents act there; spikes act at exc or inh, by "
          "the sign of their weight\n");
    CHECK(with("ex", Value::of(1.0)) ==
          "sources.one.receptor = ex: unknown receptor - did you mean 'exc'?\n");
}

TEST_CASE("a current acts as a current and has no weight", "[unit][sources]") {
    auto one = drive("ornstein_uhlenbeck_current");
    one.receptor = "current";
    CHECK(problems(one) == "");
    one.receptor = "exc";
    one.weight = Value::of(2);
    CHECK(problems(one) ==
          "sources.one.weight has no use in ornstein_uhlenbeck_current; its parameters are "
          "currents\nsources.one.receptor = exc: unknown receptor; known: current\n");
}

TEST_CASE("lists of a source have an entry for every unit or neuron", "[unit][sources]") {
    auto trains = source("poisson");
    trains.size = 3;
    trains.params["rate"] = Value::of(std::vector<double>{1, 2});
    CHECK(problems(trains) == "sources.one.rate = a list of 2 entries: must have 3\n");
    auto background = drive("poisson_background");
    background.weight = Value::of(std::vector<double>{1, 2, 3, 4});
    CHECK(problems(background) == "sources.one.weight = a list of 4 entries: must have 10\n");
    background.to = {"inh"};
    CHECK(problems(background) == "");
    background.to = {"inh", "exc"};
    CHECK(problems(background) == "sources.one.to = inh, exc: differ in size, so no list fits "
                                  "both; give each a source of its own\n");
}

TEST_CASE("rates that would never end are refused", "[unit][sources]") {
    auto one = source("poisson");
    one.params["rate"] = Value::of(1e12);
    CHECK(problems(one) == "sources.one.rate = 1e+12 Hz: must be in [0, 1e+09]\n");
    auto noise = drive("noise_current");
    noise.params["interval"] = Value::of(1e-9);
    CHECK(problems(noise) == "sources.one.interval = 1e-09 ms: must be >= 0.001\n");
}
