// SPDX-License-Identifier: BSD-3-Clause
// Laws of every entry of the catalogue: what it says of itself, and what it refuses.

#include <catch2/catch.hpp>

#include <limits>
#include <set>

#include "sim/core/error.hpp"
#include "tests/contract/parts.hpp"

using sim::PartInfo;
using sim::PartKind;
using sim::Value;

namespace {

std::vector<const PartInfo*> everything() {
    std::vector<const PartInfo*> all;
    for (const auto kind :
         {PartKind::neuron, PartKind::source, PartKind::synapse, PartKind::connector})
        for (const auto* part : parts::catalogue().all(kind)) all.push_back(part);
    return all;
}

/// A valid network around one part, with its parameters as given, and the path they have there.
struct Setting {
    sim::Description description;
    std::string path;
};

Setting around(const PartInfo& part, const std::map<std::string, double>& given) {
    sim::Values values;
    for (const auto& [name, x] : given) values[name] = Value::of(x);
    sim::Description d;
    d.run.duration = 10;
    d.neurons = {parts::neurons("a", "lif_exp", 3, {}), parts::neurons("b", "lif_exp", 3, {})};
    d.projections = {parts::projection("a", "b", Value::of(1), Value::of(1))};
    switch (part.kind) {
        case PartKind::neuron:
            d.neurons[0].model = part.name;
            d.neurons[0].params = values;
            return {d, "neurons.a"};
        case PartKind::source:
            d.sources = {parts::trains("s", {{}})};
            d.sources[0].model = part.name;
            d.sources[0].params = values;
            if (part.needs_to) d.sources[0].to = {"a"};
            if (!part.reads_trains) d.sources[0].trains.reset();
            return {d, "sources.s"};
        case PartKind::synapse:
            d.projections[0].synapse = part.name;
            d.projections[0].synapse_params = values;
            if (part.needs_modulator) {
                d.modulators.push_back({"signal", {}, 1, 1, false, {5.0}, {}});
                d.projections[0].modulator = "signal";
            }
            break;
        default:
            d.projections[0].connector = part.name;
            d.projections[0].connector_params = given;
            d.projections[0].edges = std::make_shared<const sim::EdgeList>();
    }
    return {d, "projections.a_to_b"};
}

/// Numbers just outside a range, and no numbers at all.
std::vector<double> outside(const sim::Range& range) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    std::vector<double> result{std::numeric_limits<double>::quiet_NaN(), inf, -inf};
    const auto add = [&](double x) {
        if (std::isfinite(x)) result.push_back(x);
    };
    add(range.low_open ? range.low : std::nextafter(range.low, -inf));
    add(range.high_open ? range.high : std::nextafter(range.high, inf));
    if (range.whole) add(range.low + 0.5);
    return result;
}

}  // namespace

TEST_CASE("every part says what it is and where it comes from", "[contract]") {
    for (const auto* part : everything()) {
        CAPTURE(part->name);
        CHECK(!part->summary.empty());
        CHECK(part->summary.back() != '.');
        CHECK(!part->source.empty());
        if (part->kind == PartKind::neuron)
            CHECK_THAT(part->source, Catch::Matches(".*[12][0-9]{3}.*"));
        for (const auto& row : part->params) {
            CAPTURE(row.name);
            CHECK(!row.meaning.empty());
            CHECK(!row.range.text().empty());
        }
        for (const auto& state : part->states) CHECK(!state.meaning.empty());
    }
}

TEST_CASE("names inside a part are different", "[contract]") {
    for (const auto* part : everything()) {
        CAPTURE(part->name);
        std::set<std::string> params;
        std::set<std::string> states;
        for (const auto& row : part->params) CHECK(params.insert(row.name).second);
        for (const auto& state : part->states) CHECK(states.insert(state.name).second);
    }
}

TEST_CASE("the defaults of every part make a valid network", "[contract]") {
    for (const auto* part : everything()) {
        CAPTURE(part->name);
        for (const auto& row : part->params) {
            CAPTURE(row.name);
            CHECK(row.range.contains(row.default_value));
        }
        for (const auto& problem : sim::validate(around(*part, {}).description, parts::catalogue()))
            FAIL_CHECK(problem.path << " " << problem.text);
    }
}

TEST_CASE("every parameter out of its range is refused where it stands", "[contract]") {
    for (const auto* part : everything())
        for (const auto& row : part->params)
            for (const double x : outside(row.range)) {
                CAPTURE(part->name, row.name, x);
                const auto setting = around(*part, {{row.name, x}});
                const auto problems = sim::validate(setting.description, parts::catalogue());
                REQUIRE(!problems.empty());
                CHECK(problems[0].path == setting.path + "." + row.name);
                CHECK_THAT(problems[0].text, Catch::Contains("must be " + row.range.text()));
                CHECK_THROWS_AS(sim::Network(setting.description, parts::catalogue(), 1),
                                sim::BadProtocol);
            }
}

TEST_CASE("a misspelt parameter is refused with the nearest name", "[contract]") {
    for (const auto* part : everything())
        for (const auto& row : part->params) {
            if (row.name.size() < 3) continue;  // nothing is near to so short a name
            const auto setting = around(*part, {{row.name + "q", row.default_value}});
            const auto problems = sim::validate(setting.description, parts::catalogue());
            CAPTURE(part->name, row.name);
            REQUIRE(problems.size() == 1);
            CHECK(problems[0].path == setting.path + "." + row.name + "q");
            CHECK_THAT(problems[0].text, Catch::Contains("'" + row.name + "'"));
        }
}
