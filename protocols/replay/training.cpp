// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/replay/training.hpp"

#include <algorithm>

namespace protocols {

sim::RandomKey network_key(std::uint64_t seed) { return {seed, 1, sim::Purpose::weight}; }
sim::RandomKey episode_key(std::uint64_t seed) { return {seed, 2, sim::Purpose::source}; }
sim::RandomKey test_key(std::uint64_t seed) { return {seed, 3, sim::Purpose::source}; }

bool Judge::test(const models::ReversibleNetwork& network, std::size_t updates,
                 TrainingReport& report) {
    sim::RandomStream draws(test_key(config_.seed), tests_++);
    report.score = task_.score(network, draws);
    report.scores.push_back(report.score);
    if (!task_.is_learned(report.score)) {
        in_a_row_ = 0;
        return false;
    }
    if (in_a_row_++ == 0) first_good_ = updates;
    if (config_.checks == 0 || in_a_row_ < config_.checks) return false;
    report.learned_at = first_good_;
    return true;
}

TrainingReport train(models::Learner& learner, const RateTask& task, const TrainingConfig& config,
                     const GoesOn& goes_on) {
    TrainingReport report;
    Judge judge(task, config);
    for (std::size_t update = 0; update < config.updates; ++update) {
        if (!goes_on(static_cast<double>(update) / static_cast<double>(config.updates))) {
            report.is_complete = false;
            break;
        }
        sim::RandomStream draws(episode_key(config.seed), update);
        std::vector<Episode> episodes;
        for (std::size_t i = 0; i < config.batch; ++i) episodes.push_back(task.episode(draws));
        learner.update(side_by_side(episodes), task.loss());
        report.updates = update + 1;
        report.reversal_error = std::max(report.reversal_error, learner.reversal_error());
        if ((update + 1) % config.check_every == 0 &&
            judge.test(learner.network(), update + 1, report))
            break;
    }
    report.bits_per_unit_step = learner.bits_per_unit_step();
    return report;
}

}  // namespace protocols
