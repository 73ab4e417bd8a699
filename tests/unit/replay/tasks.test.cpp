// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/tasks/maze_tasks.hpp"
#include "protocols/tasks/symbol_tasks.hpp"

using namespace protocols;

namespace {

std::size_t shown(const Episode& e, std::size_t t) {
    return argmax(e.input.data() + t * e.inputs, e.inputs, 1);
}
std::size_t wanted(const Episode& e, std::size_t t) {
    return argmax(e.target.data() + t * e.outputs, e.outputs, 1);
}

// Runs a maze with what `decide` does; gives up after 1000 steps.
template <class Decide>
CorridorMaze run(CorridorMaze maze, const Decide& decide) {
    for (int step = 0; step < 1000 && !maze.is_over(); ++step) maze.act(decide(maze));
    return maze;
}

Action mirrored(Action action) {
    if (action == Action::left) return Action::right;
    return action == Action::right ? Action::left : action;
}

}  // namespace

TEST_CASE("copy asks for the symbols in their order after the delay") {
    CopyTask task;
    task.delay = 7;
    sim::RandomStream draws({1, 1}, 0);
    bool differs = false;
    for (int i = 0; i < 20; ++i) {
        const auto e = task.episode(draws);
        REQUIRE(e.steps() == 13);
        for (std::size_t t = 0; t < 3; ++t) {
            CHECK(wanted(e, 10 + t) == shown(e, t));
            CHECK(e.taught[10 + t] == 1);
            CHECK(e.taught[t] == 0);
        }
        CHECK(shown(e, 10) == 4);  // go
        CHECK(std::accumulate(e.input.begin(), e.input.end(), 0.0) == 4);
        differs = differs || shown(e, 0) != shown(e, 1);
    }
    CHECK(differs);
    task.rare = 0.05;
    std::size_t rare = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto e = task.episode(draws);
        for (std::size_t t = 0; t < 3; ++t) CHECK((shown(e, t) >= 2) == (e.kind == 1));
        rare += std::size_t(e.kind);
    }
    CHECK(rare > 60);  // 100 expected, deviation 10
    CHECK(rare < 140);
}

TEST_CASE("counting shows a mark, n times a, n times b, and wants the next of them") {
    CountingTask task;
    sim::RandomStream draws({1, 1}, 0);
    const auto e = task.episode(draws);
    const std::size_t n = (e.steps() - 1) / 2;
    CHECK(n >= 22);
    CHECK(n <= 25);
    for (std::size_t t = 0; t < e.steps(); ++t) {
        CHECK(shown(e, t) == (t == 0 ? 0u : t <= n ? 1u : 2u));
        CHECK(wanted(e, t) == (t < n ? 1u : t < 2 * n ? 2u : 0u));
    }
}

TEST_CASE("adding wants the sum of two marked numbers, one of each half") {
    AddingTask task;
    sim::RandomStream draws({1, 1}, 0);
    double squares = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto e = task.episode(draws);
        double sum = 0, marks = 0;
        for (std::size_t t = 0; t < 50; ++t) {
            sum += e.input[2 * t] * e.input[2 * t + 1];
            marks += e.input[2 * t + 1] * (t < 25 ? 1 : 100);
        }
        CHECK(sum == e.target.back());
        CHECK(marks == 101);
        CHECK(e.teachings() == 1);
        squares += (e.target.back() - 1) * (e.target.back() - 1) / 2000;
    }
    CHECK(squares == Approx(1.0 / 6).margin(0.015));  // three deviations of the mean
}

TEST_CASE("evidence wants the side of most cues; a sequence is always the same") {
    EvidenceTask task;
    sim::RandomStream draws({1, 1}, 0);
    for (int i = 0; i < 50; ++i) {
        const auto e = task.episode(draws);
        double left = 0, right = 0;
        for (std::size_t t = 0; t < e.steps(); ++t) {
            left += e.input[3 * t];
            right += e.input[3 * t + 1];
        }
        CHECK(left + right == 14);
        CHECK(wanted(e, e.steps() - 1) == (right > left ? 1u : 0u));
        CHECK(e.taught.back() == 1);
    }
    const SequenceTask sequence;
    const auto one = sequence.episode(draws), two = sequence.episode(draws);
    CHECK(one.input == two.input);
    for (std::size_t t = 0; t + 1 < one.steps(); ++t) CHECK(wanted(one, t) == shown(one, t + 1));
}

TEST_CASE("in every maze the correct actions are rewarded and wrong turns are not") {
    const CuedMazeTask cued;
    const AlternationTask alternation;
    const SequenceMazeTask sequence;
    for (const MazeTask* task :
         std::initializer_list<const MazeTask*>{&cued, &alternation, &sequence})
        for (std::uint64_t k = 0; k < 30; ++k) {
            sim::RandomStream draws({1, 1}, k);
            const auto maze = task->maze(draws, true);
            const auto good = run(maze, [](const auto& m) { return m.correct_action(); });
            CHECK(good.is_over());
            CHECK(task->run_score(good) == 1);
            CHECK(good.reward() == (task == &alternation ? 0 : good.reward()));
            const auto bad = run(maze, [](const auto& m) { return mirrored(m.correct_action()); });
            CHECK(task->run_score(bad) == 0);
            const auto lazy = run(maze, [](const auto&) { return Action::stay; });
            CHECK(task->run_score(lazy) == 0);
            CHECK(!lazy.is_over());
        }
}

TEST_CASE("alternation counts against the own last choice") {
    const AlternationTask task;
    sim::RandomStream draws({1, 1}, 3);
    // Always left: the first trial is forced, after it no trial is rewarded but a first left.
    bool was_forced_right = false;
    const auto maze = task.maze(draws, true);
    const auto always_left = run(maze, [&](const CorridorMaze& m) {
        const auto correct = m.correct_action();
        if (correct != Action::left && correct != Action::right) return correct;
        if (m.observation() > 3 && correct == Action::right) was_forced_right = true;
        return m.observation() > 3 ? correct : Action::left;
    });
    CHECK(always_left.choices() == 10);
    CHECK(always_left.right_choices() == (was_forced_right ? 1u : 0u));
    // One error, then alternation again: only that error counts.
    int junctions = 0;
    const auto one_error = run(maze, [&](const CorridorMaze& m) {
        const auto correct = m.correct_action();
        const bool is_turn = correct == Action::left || correct == Action::right;
        return is_turn && ++junctions == 5 ? mirrored(correct) : correct;
    });
    CHECK(one_error.right_choices() == 9);
}

TEST_CASE("a closed side stops the animal, a wrong turn ends a sequence maze") {
    CorridorMaze maze(
        {{Stretch::Kind::junction, 5, 1, Side::left, true}, {Stretch::Kind::goal, 3, 1}});
    maze.act(Action::right);
    CHECK(maze.observation() == 5);
    maze.act(Action::left);
    CHECK(maze.observation() == 3);
    CHECK(maze.reward() == 1);
    CHECK(maze.choices() == 0);
    CorridorMaze ending(
        {{Stretch::Kind::junction, 5, 1, Side::left}, {Stretch::Kind::corridor, 1, 4}}, true);
    ending.act(Action::right);
    CHECK(ending.is_over());
    CorridorMaze wrong({{Stretch::Kind::junction, 5, 1, Side::left}, {Stretch::Kind::goal, 3, 1}});
    wrong.act(Action::right);
    CHECK(wrong.reward() == -1);
}

TEST_CASE("an episode of a maze is what the animal senses, and teaches what it senses next") {
    CuedMazeTask task;
    task.noise = 0;
    sim::RandomStream draws({1, 1}, 3);
    const auto e = task.episode(draws);
    for (std::size_t t = 0; t + 1 < e.steps(); ++t)
        for (std::size_t i = 0; i < e.inputs; ++i)
            CHECK(e.target[t * e.inputs + i] == e.input[(t + 1) * e.inputs + i]);
    CHECK(e.taught.back() == 0);
    CHECK(e.input[(e.steps() - 1) * e.inputs + actions] == 1);  // rewarded at the end
    CHECK(e.steps() >= 20 + 50 + 1 + 20 + 1);
    CHECK(e.steps() <= 23 + 55 + 1 + 25 + 1);
}
