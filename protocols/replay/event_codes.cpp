// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/replay/event_codes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "sim/core/error.hpp"

namespace protocols {
namespace {

// `count` of the numbers [first, last), ascending behind what is there.
void add_some(std::size_t first, std::size_t last, std::size_t count, sim::RandomStream& draws,
              models::Pattern& pattern) {
    const auto begin = static_cast<std::ptrdiff_t>(pattern.size());
    for (std::size_t k = last - first - count; k < last - first; ++k) {
        // Floyd's subset: each of the C(n, count) sets is as likely.
        const auto cell = static_cast<std::uint32_t>(first + draws.below(k + 1));
        const bool is_taken =
            std::find(pattern.begin() + begin, pattern.end(), cell) != pattern.end();
        pattern.push_back(is_taken ? static_cast<std::uint32_t>(first + k) : cell);
    }
    std::sort(pattern.begin() + begin, pattern.end());
}

}  // namespace

EventCodes::EventCodes(const EventCodeConfig& config, const std::vector<Episode>& familiar)
    : config_(config) {
    const auto part = [&](std::size_t whole) {
        return whole -
               static_cast<std::size_t>(std::llround(config.context * static_cast<double>(whole)));
    };
    event_cells_ = part(config.cells);
    event_active_ = part(config.active);
    std::vector<std::size_t> counts;
    for (const auto& episode : familiar)
        for (std::size_t step = 0; step < episode.steps(); ++step) {
            const auto event = read(episode, step);
            const auto [place, is_new] = numbers_.try_emplace(event, events_.size());
            if (is_new) {
                events_.push_back(event);
                counts.push_back(0);
            }
            ++counts[place->second];
        }
    share_cells(counts);
}

void EventCodes::share_cells(const std::vector<std::size_t>& counts) {
    const std::size_t least = std::max(config_.least_pool, event_active_);
    if (events_.size() * least > event_cells_ || config_.active > config_.cells)
        throw sim::BadParameter("cells = " + std::to_string(config_.cells) + ": too few for " +
                                std::to_string(events_.size()) + " events of " +
                                std::to_string(least) +
                                " cells each; use more cells, smaller pools or less context");
    const std::size_t rest = event_cells_ - events_.size() * least;
    const auto total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    std::size_t seen = 0;
    first_ = {0};
    for (std::size_t k = 0; k < counts.size(); ++k) {
        seen += counts[k];
        first_.push_back((k + 1) * least + rest * seen / total);
    }
}

Event EventCodes::read(const Episode& episode, std::size_t step) const {
    const auto slice = [step](const std::vector<double>& all, std::size_t width) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(step * width);
        return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(width));
    };
    Event event = slice(episode.input, episode.inputs);
    if (config_.predicts_next) return event;
    const auto target = slice(episode.target, episode.outputs);
    event.insert(event.end(), target.begin(), target.end());
    event.push_back(episode.taught[step]);
    return event;
}

std::size_t EventCodes::event_of(const Episode& episode, std::size_t step) const {
    const auto found = numbers_.find(read(episode, step));
    if (found == numbers_.end())
        throw sim::BadParameter("episode: step " + std::to_string(step) +
                                " holds an event that is not familiar, so no cells stand for it; "
                                "sense without noise, or show more episodes at first");
    return found->second;
}

models::Pattern EventCodes::pattern(std::size_t event, const sim::RandomKey& key,
                                    std::uint64_t episode, std::uint64_t step) const {
    sim::RandomStream draws({key.seed ^ (episode << 20U), key.part, key.purpose}, step);
    models::Pattern pattern;
    add_some(first_[event], first_[event + 1], event_active_, draws, pattern);
    add_some(event_cells_, config_.cells, config_.active - event_active_, draws, pattern);
    return pattern;
}

std::size_t EventCodes::decode(const models::Pattern& pattern) const {
    std::vector<std::size_t> votes(events());
    for (const auto cell : pattern) {
        if (cell >= event_cells_) continue;
        const auto next = std::upper_bound(first_.begin(), first_.end(), cell);
        ++votes[static_cast<std::size_t>(next - first_.begin()) - 1];
    }
    return static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

Episode EventCodes::episode(const std::vector<std::size_t>& numbers, const Episode& like) const {
    Episode result;
    result.inputs = like.inputs;
    result.outputs = like.outputs;
    result.kind = like.kind;
    for (std::size_t t = 0; t < numbers.size(); ++t) {
        const Event& event = events_[numbers[t]];
        result.add_step();
        std::copy_n(event.begin(), like.inputs, result.last_input());
        if (!config_.predicts_next) {
            std::copy_n(event.begin() + static_cast<std::ptrdiff_t>(like.inputs), like.outputs,
                        result.last_target());
            result.taught.back() = event.back();
        } else if (t + 1 < numbers.size()) {
            std::copy_n(events_[numbers[t + 1]].begin(), like.inputs, result.last_target());
            result.taught.back() = 1;
        }
    }
    return result;
}

}  // namespace protocols
