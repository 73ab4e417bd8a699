// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

std::vector<Stretch> recorded_stretches(const Description& description) {
    if (description.phases.empty()) return {{0, description.run.duration}};
    const Clock clock(description.run.resolution);
    std::vector<Stretch> result;
    for (const auto& span : phase_spans(description, clock)) {
        if (!description.phases[span.phase].record) continue;
        const double begin = clock.ms(span.begin);
        if (!result.empty() && result.back().end == begin) result.back().end = clock.ms(span.end);
        else result.push_back({begin, clock.ms(span.end)});
    }
    return result;
}

void Statistics::begin(const RecordingPlan& plan) {
    for (const auto& planned : plan.populations) {
        Population population;
        population.name = planned.name;
        population.neurons.resize(planned.size);
        populations_.push_back(std::move(population));
    }
}

void Statistics::write(const Batch& batch) {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const auto& [times, ids] = batch.spikes[p];
        for (std::size_t i = 0; i < times.size(); ++i) note(populations_[p], times[i], ids[i]);
        populations_[p].spikes += times.size();
    }
    until_ = batch.until;
}

void Statistics::note(Population& population, double time, std::uint64_t id) const {
    auto& stretch = population.stretch;
    while (stretch + 1 < recorded_.size() && time >= recorded_[stretch].end) ++stretch;
    Neuron& neuron = population.neurons[id];
    ++neuron.spikes;
    if (!recorded_.empty() && neuron.last >= recorded_[stretch].begin) {
        const double interval = time - neuron.last;
        const double from_old = interval - neuron.mean;
        neuron.mean += from_old / static_cast<double>(++neuron.intervals);
        neuron.squares += from_old * (interval - neuron.mean);
    }
    neuron.last = time;
}

double Statistics::recorded_ms() const {
    double sum = 0;
    for (const auto& [begin, end] : recorded_) sum += std::max(0.0, std::min(end, until_) - begin);
    return sum;
}

std::optional<double> Statistics::mean_cv(const std::vector<Neuron>& neurons) {
    constexpr std::uint64_t least_spikes = 5;
    double sum = 0;
    std::uint64_t count = 0;
    for (const auto& neuron : neurons) {
        if (neuron.spikes < least_spikes || !(neuron.mean > 0)) continue;
        sum += std::sqrt(neuron.squares / static_cast<double>(neuron.intervals)) / neuron.mean;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
}

std::vector<PopulationStatistics> Statistics::populations() const {
    constexpr double ms_per_s = 1000;
    const double seconds = recorded_ms() / ms_per_s;
    std::vector<PopulationStatistics> result;
    for (const auto& population : populations_) {
        const double neuron_seconds = static_cast<double>(population.neurons.size()) * seconds;
        result.push_back(
            {population.name, population.neurons.size(), population.spikes,
             neuron_seconds > 0 ? static_cast<double>(population.spikes) / neuron_seconds : 0,
             mean_cv(population.neurons)});
    }
    return result;
}

}  // namespace sim
