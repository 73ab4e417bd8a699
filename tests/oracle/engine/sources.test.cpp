// SPDX-License-Identifier: BSD-3-Clause
// Every source of the catalogue drives neurons in the engine as in the reference, which draws the
// same numbers but knows neither tiles nor windows.

#include "tests/oracle/engine/compare.hpp"

using sim::PartKind;
using sim::Value;

namespace {

/// Strong enough for spikes, by what a parameter is called and measured in.
sim::Values strong(const sim::PartInfo& source) {
    const std::map<std::pair<std::string, sim::Unit>, double> known{
        {{"rate", sim::Unit::hz}, 800},   {{"amplitude", sim::Unit::pA}, 700},
        {{"mean", sim::Unit::pA}, 500},   {{"std", sim::Unit::pA}, 300},
        {{"start", sim::Unit::ms}, 1.25}, {{"stop", sim::Unit::ms}, 38.03}};
    sim::Values result;
    for (const auto& row : source.params)
        if (const auto found = known.find({row.name, row.unit}); found != known.end())
            result[row.name] = Value::of(found->second);
    return result;
}

/// Two tiles of a model with two ports and a few neurons of one with one port; silence in between.
sim::Description driven_by(const sim::PartInfo& source, sim::Timing timing) {
    auto draw = parts::numbers(8);
    sim::Description d;
    d.run.timing = timing;
    d.run.duration = 40;
    d.phases = {{"on", 15, true, {}}, {"off", 5, true, {"s"}},
                {"unseen", 5, false, {}}, {"on again", 15, true, {}}};
    d.neurons = {parts::neurons("two", "lif_exp", 260, {{"tau_m", Value::of(10)}}),
                 parts::neurons("one", "lif_delta", 21, {})};
    d.sources = {parts::trains("s", parts::random_times(draw, 40, 0.8, d.run.duration))};
    auto& s = d.sources[0];
    s.model = source.name;
    s.params = strong(source);
    if (!source.reads_trains) s.trains.reset();
    if (source.needs_to) {
        s.size = 1;
        s.to = {"one", "two"};
        s.weight = source.is_current ? Value::of(1) : Value::uniform(-20, 150);
        return d;
    }
    for (const auto& [to, weight] : {std::pair{"two", 120.0}, std::pair{"one", 4.0}}) {
        auto wires = parts::projection("s", to, Value::uniform(-weight / 4, weight),
                                       Value::uniform(0.3, 2));
        wires.connector = "fixed_indegree";
        wires.connector_params["indegree"] = 4;
        d.projections.push_back(wires);
    }
    return d;
}

}  // namespace

TEST_CASE("sources of every kind act as in the reference", "[oracle][engine]") {
    const auto timing = GENERATE(sim::Timing::exact, sim::Timing::grid);
    for (const auto* source : parts::catalogue().all(PartKind::source)) {
        CAPTURE(source->name);
        const auto result = oracle::compare(driven_by(*source, timing));
        CHECK(result.spikes > 100);
        oracle::check_equal(result, 1e-9, 1e-9);
    }
}
