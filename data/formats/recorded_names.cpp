// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/recorded_names.hpp"

#include <algorithm>
#include <numeric>

namespace data {

RecordedNames::RecordedNames(const sim::Description& description, sim::Sink& behind)
    : behind_(behind) {
    for (const auto& one : description.neurons) {
        if (one.recorded_as.empty() && one.recorded_ids.empty()) continue;
        sim::NeuronsSpec& spec = renamed_[one.name];
        spec.name = one.name;
        spec.recorded_as = one.recorded_as;
        spec.recorded_ids = one.recorded_ids;
    }
}

const sim::NeuronsSpec* RecordedNames::spec_of(const std::string& population) const {
    const auto found = renamed_.find(population);
    return found == renamed_.end() ? nullptr : &found->second;
}

void RecordedNames::begin(const sim::RecordingPlan& plan) {
    if (renamed_.empty()) return behind_.begin(plan);
    plan_ = {};
    plan_.resolution = plan.resolution;
    parts_.clear();
    columns_.clear();
    members_.clear();
    widths_.clear();
    for (std::size_t i = 0; i < plan.populations.size(); ++i)
        plan_population(plan.populations[i], i);
    for (std::size_t i = 0; i < plan.traces.size(); ++i) plan_trace(plan.traces[i], i);
    for (std::size_t i = 0; i < plan_.traces.size(); ++i) sort_columns(i);
    behind_.begin(plan_);
}

void RecordedNames::plan_population(const sim::RecordingPlan::Population& one, std::size_t index) {
    const auto* spec = spec_of(one.name);
    const std::string& name = spec ? spec->recorded_name() : one.name;
    auto at = std::find_if(plan_.populations.begin(), plan_.populations.end(),
                           [&](const auto& other) { return other.name == name; });
    const auto place = static_cast<std::size_t>(at - plan_.populations.begin());
    if (at == plan_.populations.end()) {
        plan_.populations.push_back({name, one.size, one.first_id});
        parts_.emplace_back();
    } else {
        at->size += one.size;
    }
    parts_[place].push_back({index, spec ? spec->recorded_ids : std::vector<std::uint64_t>{}});
}

void RecordedNames::plan_trace(const sim::RecordingPlan::Trace& one, std::size_t index) {
    const auto* spec = spec_of(one.population);
    widths_.push_back(one.neurons.size());
    auto planned = one;
    if (spec != nullptr) planned.population = spec->recorded_name();
    std::size_t place = 0;
    // A population that is recorded twice keeps two traces.
    while (place < plan_.traces.size()) {
        const auto& other = plan_.traces[place];
        const auto& in = members_[place];
        if (other.population == planned.population && other.variable == one.variable &&
            other.unit == one.unit && other.start == one.start && other.interval == one.interval &&
            std::find(in.begin(), in.end(), one.population) == in.end())
            break;
        ++place;
    }
    if (place == plan_.traces.size()) {
        planned.neurons.clear();
        plan_.traces.push_back(std::move(planned));
        columns_.emplace_back();
        members_.emplace_back();
    }
    members_[place].push_back(one.population);
    for (std::size_t column = 0; column < one.neurons.size(); ++column) {
        const auto neuron = one.neurons[column];
        plan_.traces[place].neurons.push_back(spec ? spec->recorded_id(neuron) : neuron);
        columns_[place].push_back({index, column});
    }
}

void RecordedNames::sort_columns(std::size_t trace) {
    auto& neurons = plan_.traces[trace].neurons;
    std::vector<std::size_t> order(neurons.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return neurons[a] < neurons[b]; });
    auto sorted_neurons = neurons;
    auto sorted_columns = columns_[trace];
    for (std::size_t i = 0; i < order.size(); ++i) {
        sorted_neurons[i] = neurons[order[i]];
        sorted_columns[i] = columns_[trace][order[i]];
    }
    neurons = std::move(sorted_neurons);
    columns_[trace] = std::move(sorted_columns);
}

sim::SpikeColumn RecordedNames::renamed(const std::vector<Part>& parts,
                                        const sim::Batch& batch) const {
    std::vector<std::pair<double, std::uint64_t>> spikes;
    for (const auto& part : parts) {
        const auto& column = batch.spikes[part.index];
        for (std::size_t i = 0; i < column.times.size(); ++i)
            spikes.emplace_back(column.times[i],
                                part.ids.empty() ? column.ids[i] : part.ids[column.ids[i]]);
    }
    if (parts.size() > 1) std::sort(spikes.begin(), spikes.end());
    sim::SpikeColumn result;
    for (const auto& [time, id] : spikes) {
        result.times.push_back(time);
        result.ids.push_back(id);
    }
    return result;
}

std::vector<float> RecordedNames::renamed(const std::vector<TraceColumn>& columns,
                                          const sim::Batch& batch) const {
    std::vector<float> result;
    if (columns.empty()) return result;
    const auto first = columns.front().trace;
    const std::size_t rows = batch.traces[first].size() / widths_[first];
    result.reserve(rows * columns.size());
    for (std::size_t row = 0; row < rows; ++row)
        for (const auto& [trace, column] : columns)
            result.push_back(batch.traces[trace][row * widths_[trace] + column]);
    return result;
}

void RecordedNames::write(const sim::Batch& batch) {
    if (renamed_.empty()) return behind_.write(batch);
    sim::Batch result;
    result.until = batch.until;
    for (const auto& parts : parts_) result.spikes.push_back(renamed(parts, batch));
    for (const auto& columns : columns_) result.traces.push_back(renamed(columns, batch));
    behind_.write(result);
}

}  // namespace data
