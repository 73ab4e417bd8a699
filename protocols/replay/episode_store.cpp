// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/replay/episode_store.hpp"

#include <algorithm>
#include <numeric>

namespace protocols {

models::Pattern EpisodeStore::pattern_of(const Item& item, std::size_t step) const {
    return codes_.pattern(item.events[step], {config_.seed, 5, sim::Purpose::model}, item.number,
                          step);
}

void EpisodeStore::store(const Episode& episode) {
    Item item;
    item.steps = episode.steps();
    item.number = stored_;
    for (std::size_t t = 0; t < episode.steps(); ++t)
        item.events.push_back(codes_.event_of(episode, t));
    for (const auto event : item.events) met_[event] += codes_.is_taught(event) ? 1 : 0;
    item.like.inputs = episode.inputs;
    item.like.outputs = episode.outputs;
    item.like.kind = episode.kind;
    const bool begins_page = stored_ % config_.episodes_per_page == 0;
    item.page = begins_page || items_.empty()
                    ? std::make_shared<Page>(Page{{config_.codes.cells, config_.codes.active}})
                    : items_.back().page;
    if (items_.size() >= config_.most_pages * config_.episodes_per_page) items_.pop_front();
    ++stored_;
    ++item.page->episodes;
    auto before = item.first = pattern_of(item, 0);
    for (std::size_t t = 1; t < item.steps; ++t) {
        auto next = pattern_of(item, t);
        item.page->cache.store(before, next);
        before = std::move(next);
    }
    item.last = std::move(before);
    items_.push_back(std::move(item));
}

double EpisodeStore::need(std::size_t k) const {
    double sum = 0, count = 0;
    for (const auto event : items_[k].events) {
        if (!codes_.is_taught(event)) continue;
        sum += met_[event];
        count += 1;
    }
    const double all = std::accumulate(met_.begin(), met_.end(), 0.0);
    return count > 0 && all > 0 ? sum / (count * all) : 0;
}

const Recall& EpisodeStore::recall(Item& item, bool is_forward) {
    auto& known = item.recalls[is_forward ? 1 : 0];
    auto& episodes = item.recalled_of[is_forward ? 1 : 0];
    if (!known || episodes != item.page->episodes) {
        known = compute_recall(item, is_forward);
        episodes = item.page->episodes;
    }
    return *known;
}

Recall EpisodeStore::compute_recall(const Item& item, bool is_forward) const {
    const auto& cache = item.page->cache;
    Recall result;
    std::vector<std::size_t> events;
    models::Pattern pattern = is_forward ? item.first : item.last;
    for (std::size_t i = 0; i < item.steps; ++i) {
        if (i > 0) pattern = is_forward ? cache.after(pattern) : cache.before(pattern);
        const std::size_t step = is_forward ? i : item.steps - 1 - i;
        events.push_back(codes_.decode(pattern));
        result.wrong_patterns += pattern != pattern_of(item, step) ? 1 : 0;
        result.wrong_events += events.back() != item.events[step] ? 1 : 0;
    }
    if (!is_forward) std::reverse(events.begin(), events.end());
    result.episode = codes_.episode(events, item.like);
    return result;
}

}  // namespace protocols
