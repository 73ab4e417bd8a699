// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Training of one learner on new episodes, tested from time to time.
//
// Invariant: episodes and tests are functions of (seed, update), so every learner gets the same
//         ones.
// Threads: one owner; different trainings may run side by side.

#include <functional>
#include <optional>
#include <vector>

#include "models/rate/learner.hpp"
#include "protocols/tasks/rate_task.hpp"

namespace protocols {

struct TrainingConfig {
    std::size_t updates = 4000;     ///< at most
    std::size_t batch = 16;         ///< episodes of an update
    std::size_t check_every = 100;  ///< updates between tests
    std::size_t checks = 3;         ///< training ends after so many good tests in a row; 0: never
    std::uint64_t seed = 0;
};

struct TrainingReport {
    double score = 0;                       ///< of the last test
    std::optional<std::size_t> learned_at;  ///< updates before the first of the good tests in a row
    std::size_t updates = 0;
    std::vector<double> scores;     ///< of all tests, every `check_every` updates
    double bits_per_unit_step = 0;  ///< of the last forward replay
    double reversal_error = 0;      ///< largest of all updates
    bool is_complete = true;        ///< false if `goes_on` ended it
};

/// What a seed draws: the entities of these keys are updates and tests.
sim::RandomKey network_key(std::uint64_t seed);
sim::RandomKey episode_key(std::uint64_t seed);
sim::RandomKey test_key(std::uint64_t seed);

/// Counts good tests in a row.
class Judge {
public:
    Judge(const RateTask& task, const TrainingConfig& config) : task_(task), config_(config) {}

    /// Tests the network; true when training may end.
    bool test(const models::ReversibleNetwork& network, std::size_t updates,
              TrainingReport& report);

private:
    const RateTask& task_;
    TrainingConfig config_;
    std::size_t in_a_row_ = 0, tests_ = 0;
    std::size_t first_good_ = 0;
};

/// Returns false to end a training at the next update; told how much of the budget is done.
using GoesOn = std::function<bool(double fraction)>;

TrainingReport train(models::Learner& learner, const RateTask& task, const TrainingConfig& config,
                     const GoesOn& goes_on);

}  // namespace protocols
