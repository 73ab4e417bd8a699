// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>

#include "tests/unit/protocols/helpers.hpp"

using namespace protocols;
using namespace protocols::test;

namespace {

bool same(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return same(x, y); });
}

bool same(const sim::Value& a, const sim::Value& b) {
    const bool lists = (a.list == nullptr) == (b.list == nullptr) &&
                       (a.list == nullptr || same(*a.list, *b.list));
    return a.kind == b.kind && same(a.a, b.a) && same(a.b, b.b) && same(a.low, b.low) &&
           same(a.high, b.high) && lists;
}

bool same(const sim::Values& a, const sim::Values& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && same(x.second, y.second);
    });
}

void check_same(const sim::NeuronsSpec& a, const sim::NeuronsSpec& b) {
    CHECK(a.name == b.name);
    CHECK(a.model == b.model);
    CHECK(a.size == b.size);
    CHECK(same(a.params, b.params));
    CHECK(same(a.initial, b.initial));
    CHECK(same(a.position, b.position));
}

void check_same(const sim::SourceSpec& a, const sim::SourceSpec& b) {
    CHECK(a.name == b.name);
    CHECK(a.model == b.model);
    CHECK(a.size == b.size);
    CHECK(same(a.params, b.params));
    CHECK(a.to == b.to);
    CHECK(same(a.weight, b.weight));
    CHECK(a.receptor == b.receptor);
    CHECK(a.path == b.path);
    REQUIRE((a.trains == nullptr) == (b.trains == nullptr));
    if (a.trains) CHECK(a.trains->times == b.trains->times);
}

void check_same(const sim::ProjectionSpec& a, const sim::ProjectionSpec& b) {
    CHECK(a.name == b.name);
    CHECK(a.from == b.from);
    CHECK(a.to == b.to);
    CHECK(a.connector == b.connector);
    CHECK(a.connector_params == b.connector_params);
    CHECK(a.synapse == b.synapse);
    CHECK(same(a.synapse_params, b.synapse_params));
    CHECK(same(a.weight, b.weight));
    CHECK(same(a.delay, b.delay));
    CHECK(a.receptor == b.receptor);
    CHECK(a.path == b.path);
    CHECK(a.credit == b.credit);
    REQUIRE((a.edges == nullptr) == (b.edges == nullptr));
    if (!a.edges) return;
    CHECK(a.edges->source == b.edges->source);
    CHECK(a.edges->target == b.edges->target);
}

void check_same(const sim::CreditSpec& a, const sim::CreditSpec& b) {
    CHECK(a.population == b.population);
    CHECK(a.teacher == b.teacher);
    for (const auto number :
         {&sim::CreditSpec::amount, &sim::CreditSpec::threshold, &sim::CreditSpec::delay,
          &sim::CreditSpec::tau_c, &sim::CreditSpec::unit, &sim::CreditSpec::tail})
        CHECK(same(a.*number, b.*number));
    CHECK(a.unit_inh == b.unit_inh);
    CHECK(a.release_rest == b.release_rest);
    CHECK(a.blocked == b.blocked);
}

void check_same(const sim::TraceSpec& a, const sim::TraceSpec& b) {
    CHECK(a.population == b.population);
    CHECK(a.variables == b.variables);
    CHECK(a.neurons == b.neurons);
    CHECK(same(a.interval, b.interval));
}

void check_same(const sim::PhaseSpec& a, const sim::PhaseSpec& b) {
    CHECK(a.name == b.name);
    CHECK(same(a.duration, b.duration));
    CHECK(a.record == b.record);
    CHECK(a.off == b.off);
    REQUIRE(a.stop.has_value() == b.stop.has_value());
    if (!a.stop) return;
    CHECK(a.stop->population == b.stop->population);
    CHECK(a.stop->rate_above == b.stop->rate_above);
    CHECK(a.stop->rate_below == b.stop->rate_below);
}

template <class T>
void check_all_same(const std::vector<T>& a, const std::vector<T>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) check_same(a[i], b[i]);
}

void check_round_trip(const sim::Description& a) {
    const auto text = write_protocol(a);
    CAPTURE(text);
    const auto b = read(text);
    CHECK(a.name == b.name);
    CHECK(a.summary == b.summary);
    CHECK(a.source == b.source);
    CHECK(same(a.run.duration, b.run.duration));
    CHECK(a.run.timing == b.run.timing);
    CHECK(same(a.run.resolution, b.run.resolution));
    CHECK(same(a.run.tolerance, b.run.tolerance));
    CHECK(a.run.seed == b.run.seed);
    check_all_same(a.neurons, b.neurons);
    check_all_same(a.sources, b.sources);
    check_all_same(a.projections, b.projections);
    CHECK(a.record.all_spikes == b.record.all_spikes);
    CHECK(a.record.spikes == b.record.spikes);
    check_all_same(a.record.traces, b.record.traces);
    check_all_same(a.phases, b.phases);
    CHECK(a.modulators.size() == b.modulators.size());
    CHECK(a.homeostasis.size() == b.homeostasis.size());
    check_all_same(a.credit, b.credit);
    REQUIRE(a.structure.size() == b.structure.size());
    for (std::size_t i = 0; i < a.structure.size(); ++i) {
        CHECK(same(a.structure[i].prune_below, b.structure[i].prune_below));
        CHECK(a.structure[i].regrow == b.structure[i].regrow);
    }
    CHECK(write_protocol(b) == text);
}

sim::Description rich() {
    using sim::Value;
    sim::Description d;
    d.name = "rich";
    d.summary = "quotes \" and \\ and\nlines, \x01, é";
    d.run = {0.3, sim::Timing::grid, 0.1, 1e-9, 18446744073709551615ULL};
    d.neurons.push_back({"b two", "lif_exp", 2,
                         {{"tau_m", Value::of({0.1 + 0.2, 5e-324})},
                          {"i_e", Value::of(12345678901234567890.0)},
                          {"e_l", Value::of(-0.0)}},
                         {{"v", Value::normal(-60, 1.0 / 3, -1e300, -50.1)}},
                         {{"x", Value::uniform(-1e-7, 1e22)}}});
    d.neurons.push_back({"a", "lif_delta", 3, {}, {}, {}});
    sim::SourceSpec trains{
        "given", "spike_trains", 2, {}, {}, Value::of(1), "", "a/b.h5", nullptr};
    trains.trains = std::make_shared<sim::SpikeTrains>(sim::SpikeTrains{{{0.1, 1.0 / 3}, {}}});
    d.sources.push_back(trains);
    const Value weight{Value::Kind::exponential, 0.1, 0, 0.01, Value::range_limit, nullptr};
    d.sources.push_back({"noise", "poisson_background", 1, {{"rate", Value::of(1e3)}}, {"a"},
                         weight, "exc", "", nullptr});
    sim::ProjectionSpec p;
    p.name = "p";
    p.from = {"a"};
    p.to = {"b two"};
    p.connector = "edge_list";
    p.synapse = "short_term";
    p.synapse_params = {{"tau_rec", Value::of({100, 200})}};
    p.edges = std::make_shared<sim::EdgeList>(sim::EdgeList{{0, 2}, {1, 0}});
    p.weight = Value::of({-1.5, 2e-9});
    p.delay = {Value::Kind::lognormal, 0, 0.5, 0.2, 10, nullptr};
    d.projections.push_back(p);
    d.record = {false, {"a"}, {{"a", {"v"}, {0, 2}, 0.1}, {"b two", {"v", "i_exc"}, {}, 0.2}}};
    d.phases = {{"on", 0.1, true, {}}, {"off", 0.2, false, {"noise", "given"}}};
    d.phases[1].stop = sim::StopSpec{0.1, "", 0, "a", 3.0, 1e300};
    d.modulators = {{"reward", {"a"}, 0.1 + 0.2, 2, true, {0.1}, {-1}}};
    p.name = "learns";
    p.synapse = "stdp_pair";
    p.synapse_params = {{"w_max", Value::of(1e3)}};
    d.projections.push_back(p);
    d.projections.back().credit = false;
    d.credit = {{"b two", {"given"}, -0.1, 1e300, 0.1 + 0.2, 0, 1.0 / 3, 0.7, false, 0, true},
                {"a", {}, 1, 0.3, 1, 12, 15, {}, true, 0.5, false}};
    d.homeostasis = {{"learns", "scaling", 0.1, 0, 3, 1e4}};
    d.structure = {{"learns", 0.1 + 0.2, true, 1}, {"learns", 5, false, 0}};
    return d;
}

}  // namespace

TEST_CASE("what is written reads back bit for bit", "[unit]") {
    check_round_trip(rich());
    check_round_trip(read(small));
    check_round_trip({});
}

TEST_CASE("silence is kept: no spikes recorded, no edges, no trains", "[unit]") {
    auto d = rich();
    d.record = {false, {}, {}};
    for (auto& one : d.projections) {
        one.edges = std::make_shared<sim::EdgeList>();
        one.weight = one.delay = sim::Value::of(1);
        one.synapse_params.clear();
    }
    check_round_trip(d);
}
