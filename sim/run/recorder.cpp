// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sim {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
constexpr std::size_t spikes_per_batch = 1U << 16U;
constexpr std::size_t values_per_batch = 1U << 20U;
constexpr std::chrono::milliseconds longest_wait{200};

Unit unit_of(const PartInfo& model, const std::string& variable) {
    for (const auto& state : model.states)
        if (state.name == variable) return state.unit;
    return Unit::none;
}

}  // namespace

Recorder::Recorder(const Network& network) : network_(network) {
    const auto& description = network.description();
    const auto& record = description.record;
    const auto& clock = network.clock();
    plan_.resolution = clock.resolution();
    for (const auto& population : network.populations()) {
        const bool named = std::find(record.spikes.begin(), record.spikes.end(), population.name) !=
                           record.spikes.end();
        const bool wanted = record.all_spikes ? !population.is_source || named : named;
        column_of_.push_back(wanted ? plan_.populations.size() : none);
        if (wanted) plan_.populations.push_back({population.name, population.size, population.first_id});
    }
    for (const auto& span : phase_spans(description, clock)) {
        if (!description.phases[span.phase].record) continue;
        if (!recorded_.empty() && recorded_.back().end == span.begin) recorded_.back().end = span.end;
        else recorded_.push_back({span.begin, span.end});
    }
    if (description.phases.empty())
        recorded_.push_back({0, clock.nearest_step(description.run.duration)});
    if (!recorded_.empty()) plan_traces(record);
}

void Recorder::plan_traces(const RecordSpec& record) {
    const auto& clock = network_.clock();
    for (const auto& trace : record.traces) {
        const auto& population = network_.populations()[network_.population(trace.population)];
        auto neurons = trace.neurons;
        std::sort(neurons.begin(), neurons.end());
        neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
        if (neurons.empty()) {
            neurons.resize(population.size);
            std::iota(neurons.begin(), neurons.end(), std::uint64_t{0});
        }
        const auto& model = network_.model(population);
        for (const auto& variable : trace.variables) {
            const Step start = recorded_.front().begin;
            plan_.traces.push_back({population.name, variable, unit_of(model, variable), neurons,
                                    clock.ms(start), trace.interval});
            clocks_.push_back({start, clock.nearest_step(trace.interval), neurons.size()});
        }
    }
}

void Recorder::start(Sink& sink) {
    sink.begin(plan_);
    sink_ = &sink;
    batch_.spikes.assign(plan_.populations.size(), {});
    batch_.traces.assign(plan_.traces.size(), {});
    batch_.weights.assign(plan_.weights.size(), {});
    last_write_ = std::chrono::steady_clock::now();
}

bool Recorder::is_recorded(Step step) const {
    const auto after =
        std::upper_bound(recorded_.begin(), recorded_.end(), step,
                         [](Step s, const Window& stretch) { return s < stretch.end; });
    return after != recorded_.end() && step >= after->begin;
}

bool Recorder::is_due(std::size_t trace, Step step) const {
    const auto& clock = clocks_[trace];
    return sink_ != nullptr && step >= clock.start && step < recorded_.back().end &&
           (step - clock.start) % clock.interval == 0;
}

void Recorder::open(Window window) {
    for (std::size_t i = 0; i < clocks_.size() && sink_ != nullptr; ++i) {
        auto& clock = clocks_[i];
        const Step end = std::min(window.end, recorded_.back().end);
        Step first = std::max(window.begin, clock.start);
        first += (clock.interval - (first - clock.start) % clock.interval) % clock.interval;
        clock.first_row = first;
        clock.part_begin = batch_.traces[i].size();
        if (first < end)
            batch_.traces[i].resize(clock.part_begin +
                                    static_cast<std::size_t>((end - 1 - first) / clock.interval + 1) *
                                        clock.width);
    }
}

float& Recorder::slot(std::size_t trace, Step step, std::size_t column) {
    const auto& clock = clocks_[trace];
    const auto row = static_cast<std::size_t>((step - clock.first_row) / clock.interval);
    return batch_.traces[trace][clock.part_begin + row * clock.width + column];
}

void Recorder::add(std::size_t population, const std::vector<Spike>& spikes) {
    const std::size_t column = column_of_[population];
    if (sink_ == nullptr || column == none || spikes.empty() || !is_recorded(spikes.front().time.step))
        return;
    auto& [times, ids] = batch_.spikes[column];
    for (const auto& spike : spikes) {
        // Rounded to the begin of the next step it could tie with spikes of the next batch.
        const double limit = network_.clock().ms(spike.time.step + 1);
        const double time = std::min(network_.clock().ms(spike.time), std::nextafter(limit, 0.0));
        times.push_back(time);
        ids.push_back(spike.id);
        // Offsets that differ can give the same time in ms; then the id decides.
        for (std::size_t i = times.size() - 1;
             i > 0 && times[i - 1] >= times[i] && (times[i - 1] > times[i] || ids[i - 1] > ids[i]); --i) {
            std::swap(times[i - 1], times[i]);
            std::swap(ids[i - 1], ids[i]);
        }
    }
}

void Recorder::close(Window window, bool may_wait) {
    until_ = window.end;
    if (sink_ == nullptr) return;
    std::size_t values = 0;
    for (const auto& trace : batch_.traces) values += trace.size();
    for (const auto& column : batch_.weights) values += column.times.size();
    if (batch_.spike_count() >= spikes_per_batch || values >= values_per_batch ||
        (!may_wait && std::chrono::steady_clock::now() - last_write_ >= longest_wait))
        flush();
}

void Recorder::flush() {
    if (sink_ == nullptr) return;
    batch_.until = network_.clock().ms(until_);
    sink_->write(batch_);
    for (auto& column : batch_.spikes) {
        column.times.clear();
        column.ids.clear();
    }
    for (auto& trace : batch_.traces) trace.clear();
    for (auto& column : batch_.weights) column = {};
    last_write_ = std::chrono::steady_clock::now();
}

}  // namespace sim
