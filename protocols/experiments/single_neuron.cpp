// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/experiments/single_neuron.hpp"

#include <algorithm>
#include <optional>

namespace protocols {
namespace {

using sim::Value;

constexpr const char* cells = "cells";

std::optional<double> default_of(const sim::PartInfo& model, std::string_view name) {
    for (const auto& row : model.params)
        if (row.name == name) return row.default_value;
    return std::nullopt;
}

// Three times the current that holds the leak at the threshold, or as far up as usual where the
// model has no such parameters.
double strong_current(const sim::PartInfo& model) {
    constexpr double without_leak = 20;  // pA
    constexpr double usual_climb = 15;   // mV
    auto leak = default_of(model, "g_l");
    const auto c_m = default_of(model, "c_m");
    const auto tau_m = default_of(model, "tau_m");
    if (!leak && c_m && tau_m) leak = *c_m / *tau_m;
    if (leak) *leak += default_of(model, "g_d").value_or(0);  // to a dendrite at rest
    const auto e_l = default_of(model, "e_l");
    const auto v_th = default_of(model, "v_th");
    return leak ? 3 * *leak * (e_l && v_th ? *v_th - *e_l : usual_climb) : without_leak;
}

bool takes_current(const sim::PartInfo& model) {
    return std::any_of(model.states.begin(), model.states.end(),
                       [](const auto& state) { return state.name == "i_stim"; });
}

/// `count` values from `low` to `high`; one value is `high`.
std::vector<double> spread(double low, double high, std::uint64_t count) {
    std::vector<double> values(count, high);
    for (std::uint64_t k = 0; k + 1 < count; ++k)
        values[k] = low + (high - low) * static_cast<double>(k) / static_cast<double>(count - 1);
    return values;
}

sim::TraceSpec some_traces(const sim::PartInfo& model, std::uint64_t count, std::uint64_t size,
                           double interval) {
    sim::TraceSpec traces{cells, {model.states.front().name}, {}, interval};
    for (const double k : spread(0, static_cast<double>(size - 1), std::min(count, size)))
        traces.neurons.push_back(static_cast<std::uint64_t>(k));
    return traces;
}

// Times of each neuron of the only recorded population.
std::vector<std::vector<double>> trains_of(const sim::MemorySink& recorded) {
    std::vector<std::vector<double>> trains(recorded.plan().populations.front().size);
    const auto& [times, ids] = recorded.spikes().front();
    for (std::size_t i = 0; i < times.size(); ++i) trains[ids[i]].push_back(times[i]);
    return trains;
}

double hz(double interval_ms) { return interval_ms > 0 ? 1000 / interval_ms : 0; }

// A list, or the number that an override made of it.
Json per_neuron(const Value& value, std::size_t size) {
    if (value.list) return *value.list;
    return std::vector<double>(size, value.a);
}

}  // namespace

sim::Description SingleNeuron::build(const Params& p, const sim::Catalogue& catalogue) {
    const auto& model = catalogue.info(sim::PartKind::neuron, p.model);
    const auto size = static_cast<std::uint64_t>(p.neurons);
    sim::Description d;
    auto& neurons = d.neurons.emplace_back();
    neurons.name = cells;
    neurons.model = p.model;
    neurons.size = size;
    sim::SourceSpec drive;
    drive.params["start"] = Value::of(p.onset);
    if (takes_current(model)) {
        const double highest = p.i_max == 0 ? strong_current(model) : p.i_max;
        drive.name = "step";
        drive.model = "step_current";
        drive.to = {cells};
        drive.params["amplitude"] = Value::of(spread(p.i_min, highest, size));
    } else {
        drive.name = "train";
        drive.model = "regular";
        drive.size = size;
        drive.params["rate"] = Value::of(spread(0, p.rate_max, size));
        sim::ProjectionSpec wires;
        wires.name = "train_to_cells";
        wires.from = {drive.name};
        wires.to = {cells};
        wires.connector = "one_to_one";
        d.projections.push_back(wires);
    }
    d.sources.push_back(drive);
    const auto traces = static_cast<std::uint64_t>(p.traces);
    if (traces > 0) d.record.traces.push_back(some_traces(model, traces, size, p.interval));
    return d;
}

Json SingleNeuron::evaluate(const sim::Description& description, const sim::MemorySink& recorded) {
    Json results = Json::object();
    if (recorded.plan().populations.size() != 1 || description.sources.size() != 1) return results;
    const auto& drive = description.sources.front();
    const auto trains = trains_of(recorded);
    for (const auto& [key, param] : {std::pair{"current_pa", "amplitude"}, {"input_hz", "rate"}})
        if (const auto found = drive.params.find(param); found != drive.params.end())
            results[key] = per_neuron(found->second, trains.size());
    const double onset = drive.params.at("start").a;
    Json first_spike = Json::array();
    std::vector<std::size_t> spikes;
    std::vector<double> rate, onset_rate, steady_rate;
    for (const auto& times : trains) {
        const std::size_t n = times.size();
        spikes.push_back(n);
        first_spike.push_back(n > 0 ? Json(times[0] - onset) : Json());
        rate.push_back(n > 1 ? hz((times[n - 1] - times[0]) / static_cast<double>(n - 1)) : 0);
        onset_rate.push_back(n > 1 ? hz(times[1] - times[0]) : 0);
        steady_rate.push_back(n > 1 ? hz(times[n - 1] - times[n - 2]) : 0);
    }
    results["spikes"] = spikes;
    results["first_spike_ms"] = first_spike;
    results["rate_hz"] = rate;
    results["onset_rate_hz"] = onset_rate;
    results["steady_rate_hz"] = steady_rate;
    return results;
}

}  // namespace protocols
