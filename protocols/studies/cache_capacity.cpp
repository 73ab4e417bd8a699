// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/cache_capacity.hpp"

#include <cmath>
#include <numeric>

#include "models/rate/hopfield_cache.hpp"
#include "models/rate/sparse_cache.hpp"
#include "protocols/replay/episode_store.hpp"
#include "protocols/tasks/maze_tasks.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

struct Parts {
    double forward = 0, backward = 0;
};

// `active` of `cells`, ascending.
models::Pattern random_pattern(std::size_t cells, std::size_t active, const sim::RandomKey& key,
                               std::uint64_t index) {
    sim::RandomStream draws(key, index);
    std::vector<std::uint32_t> order(cells);
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = 0; i < active; ++i) std::swap(order[i], order[i + draws.below(cells - i)]);
    models::Pattern pattern(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(active));
    std::sort(pattern.begin(), pattern.end());
    return pattern;
}

Parts sparse_recall(const CacheCapacity::Params& p, std::size_t items, const sim::RandomKey& key) {
    models::SparseCache cache(whole(p.cells), whole(p.active));
    std::vector<models::Pattern> sequence;
    for (std::size_t k = 0; k < items; ++k) {
        sequence.push_back(random_pattern(whole(p.cells), whole(p.active), key, k));
        if (k > 0) cache.store(sequence[k - 1], sequence[k]);
    }
    Parts right;
    auto forward = sequence.front(), backward = sequence.back();
    for (std::size_t k = 1; k < items; ++k) {
        forward = cache.after(forward);
        backward = cache.before(backward);
        right.forward += forward == sequence[k] ? 1 : 0;
        right.backward += backward == sequence[items - 1 - k] ? 1 : 0;
    }
    const auto all = static_cast<double>(items - 1);
    return {right.forward / all, right.backward / all};
}

// Of the units of a Hopfield item; a few lose against the crosstalk of the other items.
constexpr double most_wrong = 0.05;

// A network of its own for each direction, as the authors store the pairs in order of recall.
double hopfield_part(const CacheCapacity::Params& p, std::size_t items, bool is_reverse,
                     const sim::RandomKey& key) {
    models::HopfieldCacheConfig config;
    config.units = whole(p.cells);
    if (p.pace == "itself") config.pace = models::HopfieldCacheConfig::Pace::itself;
    models::HopfieldCache cache(config);
    std::vector<models::HopfieldCache::Signs> sequence;
    for (std::size_t k = 0; k < items; ++k)
        sequence.push_back(cache.random_pattern(key, is_reverse ? items - 1 - k : k));
    for (std::size_t k = 1; k < items; ++k) cache.store(sequence[k - 1], sequence[k]);
    auto cue = sequence.front();
    const auto turned = whole(std::round(p.damage * p.cells));
    for (const auto unit : random_pattern(cue.size(), turned, key, items)) cue[unit] *= -1;
    const auto found = cache.recall(cue, items - 1);
    double right = 0;
    for (std::size_t k = 1; k < items; ++k) {
        double wrong = 0;
        for (std::size_t i = 0; i < config.units; ++i)
            wrong += found[k - 1][i] != sequence[k][i] ? 1 : 0;
        right += wrong <= most_wrong * p.cells ? 1 : 0;
    }
    return right / static_cast<double>(items - 1);
}

Parts recall(const CacheCapacity::Params& p, std::size_t items, const sim::RandomKey& key) {
    if (p.cache == "sparse") return sparse_recall(p, items, key);
    return {hopfield_part(p, items, false, key), hopfield_part(p, items, true, key)};
}

struct MazeRecall {
    double patterns, events;
};

MazeRecall maze_recall(const CacheCapacity::Params& p, std::size_t per_page, double context,
                       std::uint64_t seed) {
    CuedMazeTask task;
    task.noise = 0;  // steps that are alike shall be so exactly
    const auto draw = [&](std::size_t count, const sim::RandomKey& key) {
        sim::RandomStream draws(key, 0);
        std::vector<Episode> episodes;
        for (std::size_t i = 0; i < count; ++i) episodes.push_back(task.episode(draws));
        return episodes;
    };
    EpisodeStoreConfig config;
    config.codes = {whole(p.cells), whole(p.active), whole(p.least_pool), context, true};
    config.episodes_per_page = per_page;
    config.most_pages = whole(p.episodes) + 1;
    config.seed = seed;
    EpisodeStore store(config, draw(20, test_key(seed)));
    const auto episodes = draw(whole(p.episodes), episode_key(seed));
    for (const auto& one : episodes) store.store(one);
    MazeRecall wrong{0, 0};
    double steps = 0;
    for (std::size_t k = 0; k < store.size(); ++k)
        for (const auto* one : {&store.forward(k), &store.backward(k)}) {
            wrong.patterns += static_cast<double>(one->wrong_patterns);
            wrong.events += static_cast<double>(one->wrong_events);
            steps += static_cast<double>(episodes[k].steps());
        }
    return {1 - wrong.patterns / steps, 1 - wrong.events / steps};
}

}  // namespace

Json CacheCapacity::run(const Params& p, StudyContext& context) {
    if (p.active > p.cells)
        throw sim::BadParameter("active = " + sim::number(p.active) + ": above cells = " +
                                sim::number(p.cells) + "; choose about 2 % of the cells");
    const sim::RandomKey key{context.seed(), 1, sim::Purpose::model};
    Json results = Json::object();
    const auto at = recall(p, whole(p.items), key);
    results["recall_forward"] = at.forward;
    results["recall_backward"] = at.backward;
    Json items = Json::array(), forward = Json::array(), backward = Json::array();
    for (double k = 1; k <= p.points && !context.cancelled(); ++k) {
        const auto count = std::max<std::size_t>(2, whole(2 * p.items * k / p.points));
        context.progress(k / (p.points + 1), std::to_string(count) + " items");
        const auto parts = recall(p, count, key);
        items.push_back(count);
        forward.push_back(parts.forward);
        backward.push_back(parts.backward);
    }
    results["items"] = items;
    results["forward"] = forward;
    results["backward"] = backward;
    if (p.cache != "sparse" || p.episodes == 0 || context.cancelled()) return results;
    const auto all = whole(p.episodes);
    for (const auto& [name, per_page, part] : {std::tuple{"shared", all, 0.0},
                                               {"pages", std::size_t{1}, 0.0},
                                               {"context", all, p.context}}) {
        const auto found = maze_recall(p, per_page, part, context.seed());
        results["maze_" + std::string(name)] = found.patterns;
        results["maze_" + std::string(name) + "_events"] = found.events;
    }
    return results;
}

}  // namespace protocols
