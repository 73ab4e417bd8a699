// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What studies of learning in reversible rate networks share: parameters, runs over seeds, results.
//
// Every learner gets the same network, optimiser, episodes and tests; seeds run side by side.

#include <algorithm>
#include <array>

#include "models/rate/learner.hpp"
#include "protocols/replay/training.hpp"
#include "protocols/studies/study.hpp"
#include "protocols/tasks/rate_task.hpp"
#include "sim/core/params.hpp"

namespace protocols {

struct LearningParams {
    std::string learner = "replay", network = "modified", arithmetic = "fixed";
    std::string optimizer = "adam";
    double seeds = 5, updates = 4000, batch = 0, check_every = 100, checks = 3;
    double rate = 3e-3, warm_up = 50, clip = 1;
    double units = 48, gain = 2, input_gain = 2, feedback_decay = 2e-3;
};

namespace learning {

using Whole = sim::Range;
inline constexpr Whole some{1, 1e9, false, false, true};

template <class P>
constexpr auto own_params() {
    using enum sim::Unit;
    namespace r = sim::range;
    return std::array{
        sim::Param<P>{"seeds", &P::seeds, none, Whole{1, 1000, false, false, true},
                      "runs, each with weights, episodes and tests of its own"},
        sim::Param<P>{"updates", &P::updates, none, some, "of the weights, at most"},
        sim::Param<P>{"batch", &P::batch, none, r::count,
                      "episodes of an update; 0: what suits the task (8 to 32)"},
        sim::Param<P>{"check_every", &P::check_every, none, some, "updates between tests"},
        sim::Param<P>{"checks", &P::checks, none, r::count,
                      "a run ends after so many tests in a row at the criterion; 0: never"},
        sim::Param<P>{"rate", &P::rate, none, r::positive, "of learning"},
        sim::Param<P>{"warm_up", &P::warm_up, none, r::non_negative,
                      "updates in which the rate rises; over the second half it falls to 5 %"},
        sim::Param<P>{"clip", &P::clip, none, r::non_negative,
                      "largest norm of a gradient; 0: none"},
        sim::Param<P>{"units", &P::units, none, Whole{4, 4096, false, false, true},
                      "of each of the two groups, a multiple of 4 (modified network)"},
        sim::Param<P>{"gain", &P::gain, none, r::non_negative,
                      "of the coupling of the groups (modified network)"},
        sim::Param<P>{"input_gain", &P::input_gain, none, r::non_negative,
                      "standard deviation of input weights (modified network)"},
        sim::Param<P>{"feedback_decay", &P::feedback_decay, none, r::unit_interval,
                      "of readout and learned feedback, an update (replay_tied)"},
    };
}

template <class P>
std::array<TextParam<P>, 4> texts() {
    using Names = std::vector<std::string>;
    return {{{"learner", &P::learner,
              [](const sim::Catalogue&) {
                  return Names(models::rule_names.begin(), models::rule_names.end());
              },
              "rule of learning (models/rate/learner.hpp); replay_tied wants rate 0.01"},
             {"network", &P::network,
              [](const sim::Catalogue&) {
                  return Names{"modified", "published"};
              },
              "published: 64 units a group, tau 10, Gaussian weights, input to A, readout from B; "
              "modified: both on both, antisymmetric orthogonal coupling, tau 2, 10, 100, none"},
             {"arithmetic", &P::arithmetic,
              [](const sim::Catalogue&) {
                  return Names{"fixed", "double"};
              },
              "fixed point reverses exactly"},
             {"optimizer", &P::optimizer,
              [](const sim::Catalogue&) {
                  return Names{"adam", "sgd"};
              },
              "plain or Adam"}}};
}

/// The parameters of a study, then those of learning.
template <class P, std::size_t N>
constexpr auto params(const std::array<sim::Param<P>, N>& first) {
    constexpr auto rest = own_params<P>();
    std::array<sim::Param<P>, N + rest.size()> all{};
    std::copy(first.begin(), first.end(), all.begin());
    std::copy(rest.begin(), rest.end(), all.begin() + N);
    return all;
}

/// Score by name, as a mean and by seed; then what all have.
constexpr auto results(std::string_view score, std::string_view seeds, std::string_view interval,
                       std::string_view meaning) {
    return std::array{
        ResultInfo{score, meaning},
        ResultInfo{seeds, "of each seed, at its last test"},
        ResultInfo{interval, "95 % interval of the mean over seeds (Student's t): low, high"},
        ResultInfo{"learned_seeds", "seeds that reached the criterion in `checks` tests in a row"},
        ResultInfo{"criterion", "of the score"},
        ResultInfo{"updates_to_criterion[]", "of each seed, before the first of these tests; null"},
        ResultInfo{"updates[]", "done by each seed"},
        ResultInfo{"tests[]", "score of each seed at each test"},
        ResultInfo{"bits_per_unit_step",
                   "that reversal needed, mean; 0 for rules that do not replay"},
        ResultInfo{"reversal_error", "largest error of a reconstructed first state; 0: exact"},
    };
}

/// Names of results for tasks with an accuracy, and for those with an error.
constexpr auto accuracy_results(std::string_view meaning) {
    return results("accuracy", "accuracy_seeds[]", "accuracy_interval[]", meaning);
}
constexpr auto error_results(std::string_view meaning) {
    return results("mean_squared_error", "mean_squared_error_seeds[]",
                   "mean_squared_error_interval[]", meaning);
}

}  // namespace learning

/// Throws: sim::BadParameter
models::ReversibleConfig network_config(const LearningParams& params, const RateTask& task);
models::LearnerConfig learner_config(const LearningParams& params);

/// Low and high end of the 95 % interval of a mean.
std::array<double, 2> interval_of_mean(const std::vector<double>& values);

/// Trains `seeds` learners and gives the results above.
/// Throws: sim::BadParameter
Json run_learning(const RateTask& task, const LearningParams& params, StudyContext& context);

/// Calls run(seed, goes_on) for `seeds` seeds on the threads of the context, and says how far they
/// are together.
void run_seeds(
    std::size_t seeds, StudyContext& context,
    const std::function<void(std::size_t index, std::uint64_t seed, const GoesOn&)>& run);

}  // namespace protocols
