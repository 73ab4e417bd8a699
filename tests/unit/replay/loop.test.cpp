// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/replay/schedule.hpp"
#include "protocols/tasks/maze_tasks.hpp"
#include "protocols/tasks/symbol_tasks.hpp"
#include "sim/core/error.hpp"

using namespace protocols;

namespace {

std::vector<Episode> episodes_of(const RateTask& task, std::size_t count, std::uint64_t first) {
    sim::RandomStream draws({9, 1}, first);
    std::vector<Episode> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(task.episode(draws));
    return all;
}

CopyTask copy(std::size_t delay) {
    CopyTask task;
    task.delay = delay;
    return task;
}

CuedMazeTask quiet_maze() {
    CuedMazeTask task;
    task.noise = 0;
    return task;
}

models::Learner learner_for(const RateTask& task) {
    models::ReversibleConfig network;
    network.inputs = task.inputs();
    network.outputs = task.outputs();
    return {network, {}, network_key(3)};
}

bool same(const Episode& a, const Episode& b) {
    return a.input == b.input && a.target == b.target && a.taught == b.taught;
}

struct Exactness {
    double patterns, events;  // part of the steps recalled, both ways
};

// Of episodes stored one after the other.
Exactness recalled_of(const RateTask& task, EpisodeStoreConfig config, std::size_t episodes) {
    EpisodeStore store(config, episodes_of(task, 20, 1));
    const auto all = episodes_of(task, episodes, 2);
    for (const auto& one : all) store.store(one);
    double patterns = 0, events = 0, steps = 0;
    for (std::size_t k = 0; k < store.size(); ++k)
        for (const auto* recall : {&store.forward(k), &store.backward(k)}) {
            patterns += double(recall->wrong_patterns);
            events += double(recall->wrong_events);
            steps += double(all[k].steps());
        }
    return {1 - patterns / steps, 1 - events / steps};
}

EpisodeStoreConfig maze_store(std::size_t per_page, double context) {
    EpisodeStoreConfig config;
    config.codes.predicts_next = true;
    config.codes.context = context;
    config.codes.least_pool = 20;
    config.episodes_per_page = per_page;
    return config;
}

}  // namespace

TEST_CASE("an episode is recalled both ways after one presentation, with what was taught") {
    const auto task = copy(20);
    EpisodeStore store({}, episodes_of(task, 50, 1));
    const auto all = episodes_of(task, 8, 2);
    for (const auto& one : all) store.store(one);
    for (std::size_t k = 0; k < 8; ++k) {
        CHECK(same(store.forward(k).episode, all[k]));
        CHECK(same(store.backward(k).episode, all[k]));
        CHECK(store.forward(k).wrong_patterns == 0);
    }
    const auto maze = quiet_maze();
    EpisodeStore mazes(maze_store(1, 0), episodes_of(maze, 20, 1));
    for (const auto& one : episodes_of(maze, 3, 2)) {
        mazes.store(one);
        CHECK(same(mazes.backward(mazes.size() - 1).episode, one));
    }
}

TEST_CASE("training from recalled episodes gives the weights of stored ones, bit for bit") {
    const auto task = copy(20);
    EpisodeStore store({}, episodes_of(task, 50, 1));
    const auto all = episodes_of(task, 24, 2);
    for (const auto& one : all) store.store(one);
    auto recalled = learner_for(task), stored = learner_for(task);
    for (std::size_t update = 0; update < 40; ++update) {
        std::vector<const Episode*> forward, backward, direct;
        for (std::size_t i = 0; i < 8; ++i) {
            const std::size_t k = (5 * update + 3 * i) % 24;
            forward.push_back(&store.forward(k).episode);
            backward.push_back(&store.backward(k).episode);
            direct.push_back(&all[k]);
        }
        recalled.update(side_by_side(forward), side_by_side(backward), task.loss());
        stored.update(side_by_side(direct), task.loss());
    }
    CHECK(recalled.network().weights() == stored.network().weights());
    CHECK(recalled.network().weights() != learner_for(task).network().weights());
}

TEST_CASE("steps that share cells cost capacity; pages or a context give it back") {
    const auto task = quiet_maze();
    // 6 mazes of 98 steps on one page; corridors of 50 steps are drawn from one pool of cells.
    CHECK(recalled_of(task, maze_store(6, 0), 6).patterns < 0.2);
    CHECK(recalled_of(task, maze_store(6, 0), 6).events < 0.9);
    // A page each: some cells of the small pool of a cue are wrong still, the meaning is not.
    CHECK(recalled_of(task, maze_store(1, 0), 6).patterns > 0.95);
    CHECK(recalled_of(task, maze_store(1, 0), 6).events == 1);
    CHECK(recalled_of(task, maze_store(8, 0.75), 8).patterns > 0.95);
    CHECK(recalled_of(task, maze_store(8, 0.75), 8).events == 1);
}

TEST_CASE("only so many pages are kept, the oldest is forgotten") {
    const auto task = copy(5);
    EpisodeStoreConfig config;
    config.episodes_per_page = 2;
    config.most_pages = 2;
    EpisodeStore store(config, episodes_of(task, 50, 1));
    const auto all = episodes_of(task, 7, 2);
    for (const auto& one : all) store.store(one);
    CHECK(store.size() == 4);
    CHECK(same(store.forward(3).episode, all[6]));
    CHECK(same(store.backward(0).episode, all[3]));
}

TEST_CASE("events without cells, and cells too few, are refused") {
    auto noisy = quiet_maze();
    noisy.noise = 0.01;
    EpisodeStore store(maze_store(1, 0), episodes_of(quiet_maze(), 20, 1));
    CHECK_THROWS_AS(store.store(episodes_of(noisy, 1, 2)[0]), sim::BadParameter);
    EpisodeStoreConfig small;
    small.codes.cells = 100;
    CHECK_THROWS_AS(EpisodeStore(small, episodes_of(copy(5), 50, 1)), sim::BadParameter);
}

TEST_CASE("need is how often the taught events of an episode were met") {
    auto task = copy(5);
    EpisodeStore store({}, episodes_of(task, 50, 1));
    // Taught: symbols told at the go signal and after it, which are events of their own.
    std::vector<Episode> all = episodes_of(task, 5, 2);
    std::map<std::vector<double>, double> met;
    const auto event = [](const Episode& e, std::size_t t) {
        std::vector<double> v(e.input.begin() + long(t * 5), e.input.begin() + long(t * 5 + 5));
        v.insert(v.end(), e.target.begin() + long(t * 4), e.target.begin() + long(t * 4 + 4));
        return v;
    };
    for (const auto& one : all) {
        store.store(one);
        for (std::size_t t = 8; t < 11; ++t) met[event(one, t)] += 1;
    }
    for (std::size_t k = 0; k < 5; ++k) {
        double sum = 0;
        for (std::size_t t = 8; t < 11; ++t) sum += met[event(all[k], t)];
        CHECK(store.need(k) == Approx(sum / 3 / 15));
    }
}

TEST_CASE("every schedule runs the loop, and uniform replay needs less experience than none") {
    const auto task = copy(2);
    std::vector<std::size_t> experience;
    for (std::size_t which = 0; which < schedule_names.size(); ++which) {
        auto learner = learner_for(task);
        LoopConfig config;
        config.schedule = static_cast<Schedule>(which);
        config.most_episodes = 8000;
        config.seed = 3;
        const auto report = run_loop(learner, task, config, [](double) { return true; });
        INFO(schedule_names[which]);
        CHECK(report.wrong_events == 0);
        CHECK(report.training.reversal_error == 0);
        REQUIRE(report.episodes_at);
        experience.push_back(*report.episodes_at);
    }
    CHECK(experience[0] >= 3 * experience[1]);
}

TEST_CASE("a loop can be ended, and asks for a cache as large as a batch") {
    const auto task = copy(2);
    auto learner = learner_for(task);
    LoopConfig config;
    int calls = 0;
    const auto report = run_loop(learner, task, config, [&](double) { return ++calls < 4; });
    CHECK(!report.training.is_complete);
    CHECK(report.episodes == 12);
    config.schedule = Schedule::once;
    config.capacity = 8;
    CHECK_THROWS_AS(run_loop(learner, task, config, [](double) { return true; }),
                    sim::BadParameter);
}

TEST_CASE("the cued maze and alternation are learned in closed loop within seconds") {
    const CuedMazeTask cued;
    const AlternationTask alternation;
    for (const MazeTask* task : std::initializer_list<const MazeTask*>{&cued, &alternation}) {
        auto learner = learner_for(*task);
        TrainingConfig config;
        config.updates = 500;
        config.batch = task->batch();
        config.check_every = 50;
        config.checks = 1;
        config.seed = 1;
        const auto report = train(learner, *task, config, [](double) { return true; });
        CHECK(report.learned_at);
        CHECK(report.score >= task->criterion());
        CHECK(report.reversal_error == 0);
    }
}
