// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/credit_schedule.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace sim {
namespace {

constexpr Step never = std::numeric_limits<Step>::max();

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Neurons that teach do so at all times.
std::vector<Window> taught_by(const Network& network, const std::vector<std::string>& teachers) {
    if (teachers.empty()) return {};
    const auto& phases = network.description().phases;
    if (phases.empty()) return {{0, never}};
    std::vector<Window> result;
    for (const auto& span : phase_spans(network.description(), network.clock())) {
        const auto& off = phases[span.phase].off;
        if (std::all_of(teachers.begin(), teachers.end(),
                        [&](const auto& name) { return has(off, name); }))
            continue;
        if (!result.empty() && result.back().end == span.begin) result.back().end = span.end;
        else result.push_back({span.begin, span.end});
    }
    return result;
}

std::vector<Window> united(std::vector<Window> all) {
    std::sort(all.begin(), all.end(),
              [](const Window& a, const Window& b) { return a.begin < b.begin; });
    std::vector<Window> result;
    for (const auto& one : all)
        if (result.empty() || one.begin > result.back().end) result.push_back(one);
        else result.back().end = std::max(result.back().end, one.end);
    return result;
}

/// Whose events reach a credit, by number.
std::vector<std::vector<std::size_t>> senders(const Network& network) {
    const auto& description = network.description();
    const auto credit_of = credit_of_populations(network);
    std::vector<std::vector<std::size_t>> result(description.credit.size());
    for (const auto& one : network.projections()) {
        const int to = credit_of[one.pre];
        const int from = credit_of[one.post];
        if (to >= 0 && from >= 0 && description.projections[one.spec].credit)
            result[static_cast<std::size_t>(to)].push_back(static_cast<std::size_t>(from));
    }
    return result;
}

/// When the last of what was sent has come, after the teacher has left; empty where it goes in circles.
std::vector<std::optional<Time>> settled(const Network& network) {
    const auto& all = network.description().credit;
    const auto from = senders(network);
    std::vector<std::optional<Time>> result(all.size());
    for (std::size_t round = 0; round < all.size(); ++round)
        for (std::size_t c = 0; c < all.size(); ++c) {
            Time last{0, 0};
            bool is_known = true;
            for (const auto sender : from[c]) {
                is_known = is_known && result[sender].has_value();
                if (!is_known) break;
                last = std::max(last, network.clock().sum(*result[sender],
                                                          retrograde_delay(network, all[sender])));
            }
            if (is_known) result[c] = last;
        }
    return result;
}

}  // namespace

bool contains(const std::vector<Window>& stretches, Step step) {
    const auto after = std::upper_bound(stretches.begin(), stretches.end(), step,
                                        [](Step s, const Window& one) { return s < one.end; });
    return after != stretches.end() && step >= after->begin;
}

std::vector<int> credit_of_populations(const Network& network) {
    std::vector<int> result(network.populations().size(), -1);
    const auto& all = network.description().credit;
    for (std::size_t c = 0; c < all.size(); ++c)
        result[network.population(all[c].population)] = static_cast<int>(c);
    return result;
}

Time retrograde_delay(const Network& network, const CreditSpec& spec) {
    const bool on_grid = network.description().run.timing == Timing::grid;
    return on_grid ? Time{network.clock().nearest_step(spec.delay), 0}
                   : network.clock().split(spec.delay);
}

CreditSchedule credit_schedule(const Network& network) {
    const auto& all = network.description().credit;
    CreditSchedule result;
    if (all.empty()) return result;
    std::vector<Window> anybody;
    Time shortest = retrograde_delay(network, all.front());
    for (const auto& one : all) {
        result.of.push_back({taught_by(network, one.teacher)});
        const auto& taught = result.of.back().taught;
        anybody.insert(anybody.end(), taught.begin(), taught.end());
        shortest = std::min(shortest, retrograde_delay(network, one));
    }
    result.taught = united(std::move(anybody));
    const auto last_come = settled(network);
    for (std::size_t c = 0; c < all.size(); ++c) {
        if (!all[c].release_rest) continue;
        const Time tail = {network.clock().nearest_step(all[c].tail), 0};
        auto& releases = result.of[c].releases;
        if (last_come[c]) {
            releases.push_back(*last_come[c]);
            if (tail.step > 0) releases.push_back(network.clock().sum(tail, *last_come[c]));
            continue;
        }
        Time next = shortest;
        do {
            releases.push_back(next);
            next = network.clock().sum(next, shortest);
        } while (next < tail);
    }
    return result;
}

}  // namespace sim
