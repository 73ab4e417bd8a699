// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/learning.hpp"

#include <cmath>
#include <mutex>
#include <numeric>

#include "sim/core/workers.hpp"

namespace protocols {

models::ReversibleConfig network_config(const LearningParams& p, const RateTask& task) {
    auto config = models::published_config(task.inputs(), task.outputs());
    if (p.network == "modified") {
        config = {};
        config.inputs = task.inputs();
        config.outputs = task.outputs();
        config.units = static_cast<std::size_t>(p.units);
        config.gain = p.gain;
        config.input_deviation = p.input_gain;
        config.output_deviation = 0.1 / std::sqrt(p.units);
    }
    config.arithmetic = p.arithmetic == "fixed" ? models::Arithmetic::fixed_point
                                                : models::Arithmetic::double_precision;
    return config;
}

models::LearnerConfig learner_config(const LearningParams& p) {
    models::LearnerConfig config;
    config.rule = models::rule_of(p.learner);
    config.optimizer.kind = p.optimizer == "adam" ? models::OptimizerConfig::Kind::adam
                                                  : models::OptimizerConfig::Kind::sgd;
    config.optimizer.rate = p.rate;
    config.optimizer.warm_up = p.warm_up;
    config.optimizer.budget = p.updates;
    config.optimizer.clip = p.clip;
    config.feedback_decay = p.feedback_decay;
    return config;
}

std::array<double, 2> interval_of_mean(const std::vector<double>& values) {
    // 97.5 % quantiles of Student's t for 1, 2, ... degrees of freedom.
    constexpr std::array quantiles{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262};
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    if (values.size() < 2) return {mean, mean};
    double squares = 0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    const double t = values.size() - 2 < quantiles.size() ? quantiles[values.size() - 2] : 2.0;
    const double half = t * std::sqrt(squares / (n - 1) / n);
    return {mean - half, mean + half};
}

void run_seeds(std::size_t seeds, StudyContext& context,
               const std::function<void(std::size_t, std::uint64_t, const GoesOn&)>& run) {
    std::mutex mutex;
    std::vector<double> done(seeds);
    sim::Workers workers(context.threads());
    workers.for_each(seeds, [&](std::size_t index) {
        const auto goes_on = [&](double fraction) {
            const std::scoped_lock lock(mutex);
            done[index] = fraction;
            const double all = std::accumulate(done.begin(), done.end(), 0.0);
            context.progress(all / static_cast<double>(seeds),
                             "seed " + std::to_string(index + 1) + " of " + std::to_string(seeds));
            return !context.cancelled();
        };
        if (!goes_on(0)) return;
        run(index, context.seed() + index, goes_on);
        const std::scoped_lock lock(mutex);
        done[index] = 1;
    });
}

namespace {

Json as_results(const RateTask& task, const std::vector<TrainingReport>& reports) {
    std::vector<double> scores;
    Json to_criterion = Json::array(), updates = Json::array(), tests = Json::array();
    double bits = 0, reversal_error = 0;
    std::size_t learned = 0;
    for (const auto& one : reports) {
        if (!one.scores.empty()) scores.push_back(one.score);
        learned += one.learned_at ? 1 : 0;
        to_criterion.push_back(one.learned_at ? Json(*one.learned_at) : Json());
        updates.push_back(one.updates);
        tests.push_back(one.scores);
        bits += one.bits_per_unit_step / static_cast<double>(reports.size());
        reversal_error = std::max(reversal_error, one.reversal_error);
    }
    const std::string name = task.is_error() ? "mean_squared_error" : "accuracy";
    Json results = Json::object();
    results[name] = nullptr;
    if (!scores.empty())
        results[name] =
            std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
    results[name + "_seeds"] = scores;
    if (!scores.empty()) results[name + "_interval"] = interval_of_mean(scores);
    results["learned_seeds"] = learned;
    results["criterion"] = task.criterion();
    results["updates_to_criterion"] = to_criterion;
    results["updates"] = updates;
    results["tests"] = tests;
    results["bits_per_unit_step"] = bits;
    results["reversal_error"] = reversal_error;
    return results;
}

}  // namespace

Json run_learning(const RateTask& task, const LearningParams& p, StudyContext& context) {
    TrainingConfig config;
    config.updates = static_cast<std::size_t>(p.updates);
    config.batch = p.batch > 0 ? static_cast<std::size_t>(p.batch) : task.batch();
    config.check_every =
        static_cast<std::size_t>(std::min(p.check_every, p.updates));  // one test at least
    config.checks = static_cast<std::size_t>(p.checks);
    const auto network = network_config(p, task);
    const auto rule = learner_config(p);
    // Mistakes come to light before the first seed.
    models::Learner(network, rule, network_key(context.seed()));
    std::vector<TrainingReport> reports(static_cast<std::size_t>(p.seeds));
    run_seeds(reports.size(), context,
              [&](std::size_t index, std::uint64_t seed, const GoesOn& goes_on) {
                  auto own = config;
                  own.seed = seed;
                  models::Learner learner(network, rule, network_key(seed));
                  reports[index] = train(learner, task, own, goes_on);
              });
    return as_results(task, reports);
}

}  // namespace protocols
