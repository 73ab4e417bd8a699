// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The loop of cache and consolidator: sessions of experience, each stored in one presentation, then
// offline replay, forward to drive the network and backward to carry the gradient.
//
// Schedules say which of the stored episodes are replayed in an update, and how many updates a
// session has:
//   once          every update takes new episodes, nothing is replayed twice
//   uniform       any stored episode alike, `replays` updates a session
//   prioritised   in proportion to the last loss of each, to the power `alpha`
//   reward        uniform; (1 - success) * replays updates, success on the new episodes
//   error         uniform; max(least, replays * min(1, 1 + ln(e) / 10)) updates, e their mean loss
//   need          in proportion to gain times need: gain is the loss that is left, the most that
//                 can be gained, need how often the taught events of the episode have been met
// Source: Cheng & Brown 2025, Neural Computation 37:403, public code, for `reward` and `error`;
//         Schaul et al. 2016 (ICLR) for `prioritised`; Mattar & Daw 2018, Nat Neurosci 21:1609 for
//         `need`, who replay the greatest product, here a draw in proportion to it
// Threads: one owner; different loops may run side by side.

#include <array>
#include <string_view>

#include "protocols/replay/episode_store.hpp"
#include "protocols/replay/training.hpp"

namespace protocols {

enum class Schedule { once, uniform, prioritised, reward, error, need };

inline constexpr std::array schedule_names{"once",   "uniform", "prioritised",
                                           "reward", "error",   "need"};

struct LoopConfig {
    Schedule schedule = Schedule::uniform;
    std::size_t new_episodes = 4;  ///< a session
    std::size_t replays = 4;       ///< updates a session, at most
    std::size_t least_replays = 1;
    std::size_t capacity = 64;  ///< episodes kept
    double alpha = 1;
    std::size_t most_episodes = 4000;  ///< of experience
    std::size_t check_every = 80;      ///< episodes between tests
    std::size_t familiar = 200;        ///< episodes seen before, from which events get their cells
    std::size_t batch = 16;
    std::size_t checks = 3;
    EpisodeStoreConfig store;
    std::uint64_t seed = 0;
};

struct LoopReport {
    TrainingReport training;                      ///< `learned_at` in updates
    std::optional<std::size_t> episodes_at;       ///< episodes before the first of the good tests
    std::size_t episodes = 0;                     ///< of experience
    double wrong_patterns = 0, wrong_events = 0;  ///< part of the recalled steps, both directions
};

/// Throws: sim::BadParameter for what run_loop refuses
void check_loop(const RateTask& task, const LoopConfig& config);

/// Throws: sim::BadParameter
LoopReport run_loop(models::Learner& learner, const RateTask& task, const LoopConfig& config,
                    const GoesOn& goes_on);

}  // namespace protocols
