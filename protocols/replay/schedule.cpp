// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/replay/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace protocols {
namespace {

EpisodeStore empty_store(const RateTask& task, const LoopConfig& config) {
    sim::RandomStream draws({config.seed, 4, sim::Purpose::source}, 0);
    std::vector<Episode> familiar;
    for (std::size_t i = 0; i < config.familiar; ++i) familiar.push_back(task.episode(draws));
    auto store = config.store;
    store.seed = config.seed;
    store.most_pages = std::max<std::size_t>(
        1, (config.capacity + store.episodes_per_page - 1) / store.episodes_per_page);
    return {store, familiar};
}

class Loop {
public:
    Loop(models::Learner& learner, const RateTask& task, const LoopConfig& config)
        : learner_(learner), task_(task), config_(config), store_(empty_store(task, config)) {}

    LoopReport run(const GoesOn& goes_on);

private:
    void experience();
    std::size_t replays_of_session() const;
    std::vector<std::size_t> choose();
    std::vector<double> weights() const;
    void replay(const std::vector<std::size_t>& chosen);
    void count_errors(const Recall& recall);

    models::Learner& learner_;
    const RateTask& task_;
    LoopConfig config_;
    EpisodeStore store_;
    std::deque<double> losses_;  // a teaching, of the stored episodes, the oldest first
    std::uint64_t draws_ = 0;
    std::size_t session_ = 0;
    double mean_loss_ = 0, success_ = 0;  // of the new episodes, before they are learned
    double recalled_ = 0;
    LoopReport report_;
};

// New episodes are seen, judged by what the network tells of them now, and stored.
void Loop::experience() {
    const std::size_t count =
        config_.schedule == Schedule::once ? config_.batch : config_.new_episodes;
    sim::RandomStream draws(episode_key(config_.seed), session_++);
    std::vector<Episode> episodes;
    for (std::size_t i = 0; i < count; ++i) episodes.push_back(task_.episode(draws));
    const auto judged = judge_episodes(learner_.network(), episodes, task_.loss());
    mean_loss_ = success_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
        store_.store(episodes[i]);
        losses_.push_back(judged[i].loss);
        mean_loss_ += judged[i].loss / static_cast<double>(count);
        success_ += judged[i].right / static_cast<double>(count);
    }
    while (losses_.size() > store_.size()) losses_.pop_front();
    report_.episodes += count;
}

std::size_t Loop::replays_of_session() const {
    const auto most = static_cast<double>(config_.replays);
    double count = most;
    if (config_.schedule == Schedule::once) count = 1;
    if (config_.schedule == Schedule::reward) count = std::round((1 - success_) * most);
    if (config_.schedule == Schedule::error)
        count = std::round(most * std::min(1.0, 1 + std::log(std::max(mean_loss_, 1e-300)) / 10));
    const auto least = static_cast<double>(config_.least_replays);
    return static_cast<std::size_t>(std::max(count, least));
}

std::vector<double> Loop::weights() const {
    std::vector<double> weights(store_.size(), 1.0);
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (config_.schedule == Schedule::prioritised)
            weights[k] = std::pow(losses_[k], config_.alpha);
        if (config_.schedule == Schedule::need) weights[k] = losses_[k] * store_.need(k);
        weights[k] = std::max(weights[k], 1e-12);
    }
    return weights;
}

std::vector<std::size_t> Loop::choose() {
    std::vector<std::size_t> chosen;
    if (config_.schedule == Schedule::once) {
        for (std::size_t i = 0; i < config_.batch; ++i)
            chosen.push_back(store_.size() - config_.batch + i);
        return chosen;
    }
    sim::RandomStream draws({config_.seed, 6, sim::Purpose::source}, draws_++);
    auto sums = weights();
    for (std::size_t k = 1; k < sums.size(); ++k) sums[k] += sums[k - 1];
    for (std::size_t i = 0; i < config_.batch; ++i) {
        const auto at = std::lower_bound(sums.begin(), sums.end(), draws.uniform() * sums.back());
        chosen.push_back(std::min(static_cast<std::size_t>(at - sums.begin()), sums.size() - 1));
    }
    return chosen;
}

void Loop::count_errors(const Recall& recall) {
    report_.wrong_patterns += static_cast<double>(recall.wrong_patterns);
    report_.wrong_events += static_cast<double>(recall.wrong_events);
    recalled_ += static_cast<double>(recall.episode.steps());
}

void Loop::replay(const std::vector<std::size_t>& chosen) {
    std::vector<const Episode*> forward, backward;
    for (const auto k : chosen) {
        forward.push_back(&store_.forward(k).episode);
        backward.push_back(&store_.backward(k).episode);
        count_errors(store_.forward(k));
        count_errors(store_.backward(k));
    }
    learner_.update(side_by_side(forward), side_by_side(backward), task_.loss());
    for (std::size_t lane = 0; lane < chosen.size(); ++lane)
        losses_[chosen[lane]] = learner_.losses()[lane] / forward[lane]->teachings();
    ++report_.training.updates;
    report_.training.reversal_error =
        std::max(report_.training.reversal_error, learner_.reversal_error());
}

LoopReport Loop::run(const GoesOn& goes_on) {
    const TrainingConfig as_training{0, config_.batch, 0, config_.checks, config_.seed};
    Judge judge(task_, as_training);
    std::vector<std::size_t> episodes_of_test;
    while (report_.episodes < config_.most_episodes) {
        if (!goes_on(static_cast<double>(report_.episodes) /
                     static_cast<double>(config_.most_episodes))) {
            report_.training.is_complete = false;
            break;
        }
        const std::size_t before = report_.episodes / config_.check_every;
        experience();
        const std::size_t count = replays_of_session();
        for (std::size_t i = 0; i < count; ++i) replay(choose());
        if (report_.episodes / config_.check_every == before) continue;
        episodes_of_test.push_back(report_.episodes);
        if (judge.test(learner_.network(), report_.training.updates, report_.training)) {
            report_.episodes_at = episodes_of_test[episodes_of_test.size() - config_.checks];
            break;
        }
    }
    report_.training.bits_per_unit_step = learner_.bits_per_unit_step();
    report_.wrong_patterns /= std::max(recalled_, 1.0);
    report_.wrong_events /= std::max(recalled_, 1.0);
    return report_;
}

}  // namespace

void check_loop(const RateTask& task, const LoopConfig& config) {
    if (config.schedule == Schedule::once && config.capacity < config.batch)
        throw sim::BadParameter("capacity = " + std::to_string(config.capacity) +
                                " episodes: below the batch of " + std::to_string(config.batch) +
                                "; keep at least one batch");
    empty_store(task, config);
}

LoopReport run_loop(models::Learner& learner, const RateTask& task, const LoopConfig& config,
                    const GoesOn& goes_on) {
    check_loop(task, config);
    return Loop(learner, task, config).run(goes_on);
}

}  // namespace protocols
