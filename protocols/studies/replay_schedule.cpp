// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/replay_schedule.hpp"

#include <numeric>

#include "protocols/tasks/symbol_tasks.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

using Names = std::vector<std::string>;

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

Names task_names(const sim::Catalogue&) { return {"copy", "rare_copy", "counting"}; }

Names names_of_schedules(const sim::Catalogue&) {
    return {schedule_names.begin(), schedule_names.end()};
}

std::unique_ptr<RateTask> task_of(const ReplaySchedule::Params& p) {
    if (p.task == "counting") return std::make_unique<CountingTask>();
    auto copy = std::make_unique<CopyTask>();
    copy->delay = whole(p.delay);
    if (p.task == "rare_copy") copy->rare = p.rare;
    return copy;
}

LoopConfig loop_config(const ReplaySchedule::Params& p, const RateTask& task) {
    LoopConfig config;
    const auto known = std::find(schedule_names.begin(), schedule_names.end(), p.schedule);
    config.schedule = static_cast<Schedule>(known - schedule_names.begin());
    config.new_episodes = whole(p.new_episodes);
    config.replays = whole(p.replays);
    config.least_replays = whole(p.least_replays);
    config.capacity = whole(p.capacity);
    config.alpha = p.alpha;
    config.most_episodes = whole(p.episodes);
    config.check_every = whole(p.check_episodes);
    config.batch = p.batch > 0 ? whole(p.batch) : task.batch();
    config.checks = whole(p.checks);
    config.store.codes = {whole(p.cells), whole(p.active), whole(p.least_pool), 0, false};
    config.store.episodes_per_page = whole(p.episodes_per_page);
    return config;
}

Json or_null(const std::optional<std::size_t>& value) { return value ? Json(*value) : Json(); }

Json as_results(const std::vector<LoopReport>& reports) {
    Json results = Json::object(), scores = Json::array();
    Json episodes_at = Json::array(), updates_at = Json::array();
    Json episodes = Json::array(), updates = Json::array();
    double sum = 0, patterns = 0, events = 0;
    std::size_t learned = 0;
    for (const auto& one : reports) {
        scores.push_back(one.training.score);
        sum += one.training.score;
        learned += one.episodes_at ? 1 : 0;
        episodes_at.push_back(or_null(one.episodes_at));
        updates_at.push_back(or_null(one.training.learned_at));
        episodes.push_back(one.episodes);
        updates.push_back(one.training.updates);
        patterns += one.wrong_patterns / static_cast<double>(reports.size());
        events += one.wrong_events / static_cast<double>(reports.size());
    }
    results["accuracy"] = sum / static_cast<double>(reports.size());
    results["accuracy_seeds"] = scores;
    results["learned_seeds"] = learned;
    results["episodes_to_criterion"] = episodes_at;
    results["updates_to_criterion"] = updates_at;
    results["episodes"] = episodes;
    results["updates"] = updates;
    results["wrong_patterns"] = patterns;
    results["wrong_events"] = events;
    return results;
}

}  // namespace

std::array<TextParam<ReplaySchedule::Params>, 6> ReplaySchedule::texts() {
    const auto own = learning::texts<Params>();
    return {{{"task", &Params::task, task_names,
              "delayed copy, copy with rare symbols, a^n b^n (22 to 25)"},
             {"schedule", &Params::schedule, names_of_schedules,
              "what is replayed how often (protocols/replay/schedule.hpp)"},
             own[0],
             own[1],
             own[2],
             own[3]}};
}

Json ReplaySchedule::run(const Params& p, StudyContext& context) {
    const auto task = task_of(p);
    const auto config = loop_config(p, *task);
    const auto network = network_config(p, *task);
    const auto rule = learner_config(p);
    // Mistakes come to light before the first seed.
    models::Learner(network, rule, network_key(context.seed()));
    check_loop(*task, config);
    std::vector<LoopReport> reports(whole(p.seeds));
    run_seeds(reports.size(), context,
              [&](std::size_t index, std::uint64_t seed, const GoesOn& goes_on) {
                  auto own = config;
                  own.seed = seed;
                  models::Learner learner(network, rule, network_key(seed));
                  reports[index] = run_loop(learner, *task, own, goes_on);
              });
    return as_results(reports);
}

}  // namespace protocols
