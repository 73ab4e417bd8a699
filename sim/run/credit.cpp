// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/credit.hpp"

#include <algorithm>

#include "sim/net/credit_checks.hpp"

namespace sim {

namespace {

/// Calls use(stretch) for those of which something within `after` steps of their end may fall into a
/// window.
template <class Use>
void for_each_near(const std::vector<Window>& stretches, Step after, Window window,
                   const Use& use) {
    auto one = std::partition_point(stretches.begin(), stretches.end(), [&](const Window& stretch) {
        return stretch.end < window.begin - after;
    });
    for (; one != stretches.end() && one->begin < window.end; ++one) use(*one);
}

}  // namespace

Credit::Credit(const Network& network, Learning& learning)
    : network_(network),
      learning_(learning),
      schedule_(credit_schedule(network)),
      credit_of_(credit_of_populations(network)),
      counts_(network.populations().size()) {
    const auto& all = network.description().credit;
    if (all.empty()) return;
    for (const auto& one : all) {
        const auto number = network.population(one.population);
        populations_.emplace_back(one, number, network.populations()[number].size,
                                  network.clock().resolution());
        auto& teachers = teachers_.emplace_back();
        for (const auto& name : one.teacher) teachers.push_back(network.population(name));
    }
    under_way_.resize(all.size());
    for (std::size_t t = 0; t < network.tiles().size(); ++t)
        tiles_.emplace_back(network, learning, t, credit_of_);
}

void Credit::carry(std::size_t tile, Step step) {
    for (std::size_t c = 0; c < populations_.size(); ++c)
        if (const auto events = under_way_[c].find(step); events != under_way_[c].end())
            tiles_[tile].carry(c, events->second, step, populations_[c]);
}

bool Credit::is_taught(std::size_t tile, Step step) const {
    return !tiles_[tile].is_empty() && contains(schedule_.taught, step);
}

void Credit::balance(std::size_t tile, Step step, const StepRuns& runs) {
    for (std::size_t c = 0; c < populations_.size(); ++c)
        if (contains(schedule_.of[c].taught, step))
            tiles_[tile].balance(c, step, runs, populations_[c]);
}

// All that happens to a population in a window but samples.
void Credit::list(std::size_t credit, Window window, const std::vector<SpikeRing>& rings) {
    happenings_.clear();
    for (auto& tile : tiles_) {
        auto& found = tile.found()[credit];
        happenings_.insert(happenings_.end(), found.begin(), found.end());
        found.clear();
    }
    const auto note = [&](const Time& time, Kind kind, std::uint32_t neuron = 0,
                          double amount = 0) {
        if (time.step >= window.begin && time.step < window.end)
            happenings_.push_back({time, kind, neuron, 0, amount});
    };
    const auto& own = schedule_.of[credit];
    for_each_near(own.taught, 0, window, [&](Window taught) { note({taught.end, 0}, Kind::end); });
    const Step last_release = own.releases.empty() ? 0 : own.releases.back().step;
    for_each_near(schedule_.taught, last_release, window, [&](Window taught) {
        note({taught.begin, 0}, Kind::begin);
        if (taught.end >= window.end) return;  // perhaps never
        for (const auto& after : own.releases)
            note({taught.end + after.step, after.offset}, Kind::release);
    });
    for (Step step = window.begin; step < window.end; ++step) {
        for (const auto& spike : rings[populations_[credit].number()].at(step))
            note(spike.time, Kind::spike, spike.id);
        if (!contains(own.taught, step)) continue;
        for (const auto teacher : teachers_[credit])
            for (const auto& spike : rings[teacher].at(step))
                note(spike.time, Kind::input, spike.id, populations_[credit].spec().amount);
    }
}

void Credit::list_samples(std::size_t credit, Window window, const Recorder& recorder) {
    const bool exact = network_.description().run.timing == Timing::exact;
    const auto& traces = recorder.plan().traces;
    for (std::size_t i = 0; i < traces.size(); ++i) {
        if (traces[i].population != populations_[credit].spec().population ||
            !is_of_credit(network_.description(), traces[i].population, traces[i].variable))
            continue;
        for (Step step = window.begin; step < window.end; ++step)
            if (recorder.is_due(i, step))
                happenings_.push_back(
                    {{step, 0}, exact ? Kind::look_before : Kind::look_after, 0, i, 0});
    }
}

void Credit::sample(std::size_t credit, const CreditHappening& one, Recorder& recorder) const {
    const auto& trace = recorder.plan().traces[one.from];
    const auto& population = populations_[credit];
    for (std::size_t column = 0; column < trace.neurons.size(); ++column) {
        const auto neuron = static_cast<std::uint32_t>(trace.neurons[column]);
        recorder.slot(one.from, one.time.step, column) =
            static_cast<float>(trace.variable == "credit" ? population.held(neuron, one.time)
                                                          : population.imbalance(neuron));
    }
}

void Credit::walk(std::size_t credit, Recorder& recorder) {
    auto& population = populations_[credit];
    std::stable_sort(happenings_.begin(), happenings_.end());
    for (std::size_t i = 0; i < happenings_.size();) {
        const auto& one = happenings_[i];
        std::size_t end = i + 1;
        if (one.kind == Kind::look_before || one.kind == Kind::look_after) {
            sample(credit, one, recorder);
        } else if (one.kind == Kind::input) {
            while (end < happenings_.size() && happenings_[end].kind == Kind::input &&
                   happenings_[end].neuron == one.neuron && happenings_[end].time == one.time)
                ++end;
            population.take_inputs(std::span(happenings_).subspan(i, end - i), sent_);
        } else {
            population.take(one, contains(schedule_.taught, one.time.step), sent_);
        }
        i = end;
    }
}

void Credit::end_window(Window window, const std::vector<SpikeRing>& rings, Recorder& recorder) {
    sent_.clear();
    for (std::size_t c = 0; c < populations_.size(); ++c) {
        list(c, window, rings);
        list_samples(c, window, recorder);
        walk(c, recorder);
        under_way_[c].erase(under_way_[c].begin(), under_way_[c].lower_bound(window.end));
    }
    send();
}

void Credit::send() {
    std::stable_sort(sent_.begin(), sent_.end(),
                     [](const RetrogradeEvent& a, const RetrogradeEvent& b) {
                         if (a.time != b.time) return a.time < b.time;
                         if (a.population != b.population) return a.population < b.population;
                         return a.neuron < b.neuron;
                     });
    for (const auto& one : sent_) {
        ++counts_[one.population];
        if (visit_) visit_(one);
        const auto credit = static_cast<std::size_t>(credit_of_[one.population]);
        const auto& spec = populations_[credit].spec();
        const Time arrival = network_.clock().sum(one.time, retrograde_delay(network_, spec));
        if (!spec.blocked)
            under_way_[credit][arrival.step].push_back({arrival.offset, one.neuron, one.amount});
        if (!learning_.is_empty()) learning_.teach(credit, arrival, one.amount, one.neuron);
    }
}

void Credit::forget() {
    for (auto& one : populations_) one.forget();
    for (auto& one : under_way_) one.clear();
    learning_.drop_credit();
}

double Credit::value(std::size_t population, std::uint64_t neuron, std::string_view variable,
                     Step now) const {
    const auto& one = populations_[static_cast<std::size_t>(credit_of_[population])];
    const auto k = static_cast<std::uint32_t>(neuron);
    return variable == "credit" ? one.held(k, {now, 0}) : one.imbalance(k);
}

}  // namespace sim
