// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/tasks/maze_tasks.hpp"

namespace protocols {
namespace {

using Kind = Stretch::Kind;

constexpr std::size_t test_runs = 64;

std::size_t between(std::size_t low, std::size_t high, sim::RandomStream& draws) {
    return low + draws.below(high - low + 1);
}

Side any_side(sim::RandomStream& draws) { return draws.below(2) == 0 ? Side::left : Side::right; }

// What is sensed, without noise.  Shape: to[i * stride], i < inputs
void sense(const CorridorMaze& maze, std::optional<Action> last, double* to, std::size_t stride) {
    if (last) to[static_cast<std::size_t>(*last) * stride] += 1;
    if (maze.reward() > 0) to[actions * stride] += 1;
    if (maze.reward() < 0) to[(actions + 1) * stride] += 1;
    to[(actions + 2 + maze.observation()) * stride] += 1;
}

void add_noise(double* to, std::size_t count, std::size_t stride, double deviation,
               sim::RandomStream& draws) {
    if (deviation > 0)
        for (std::size_t i = 0; i < count; ++i) to[i * stride] += deviation * draws.normal();
}

}  // namespace

Episode MazeTask::episode(sim::RandomStream& draws) const {
    Episode result;
    result.inputs = result.outputs = inputs();
    auto run = maze(draws, false);
    std::optional<Action> last;
    std::vector<double> sensed(inputs());
    sense(run, last, sensed.data(), 1);
    add_noise(sensed.data(), inputs(), 1, noise, draws);
    while (!run.is_over()) {
        result.add_step();
        std::copy(sensed.begin(), sensed.end(), result.last_input());
        last = run.correct_action();
        run.act(*last);
        if (run.is_over()) break;
        std::fill(sensed.begin(), sensed.end(), 0.0);
        sense(run, last, sensed.data(), 1);
        add_noise(sensed.data(), inputs(), 1, noise, draws);
        std::copy(sensed.begin(), sensed.end(), result.last_target());
        result.taught.back() = 1;
    }
    return result;
}

double MazeTask::score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const {
    std::vector<CorridorMaze> runs;
    for (std::size_t i = 0; i < test_runs; ++i) runs.push_back(maze(draws, true));
    const std::size_t lanes = models::whole_blocks(test_runs);
    std::vector<std::optional<Action>> last(test_runs);
    std::vector<double> x(inputs() * lanes), out(outputs() * lanes);
    models::ReversibleWorkspace work(network.config(), lanes);
    auto state = network.initial_state(lanes);
    for (std::size_t t = 0; t < longest_test(); ++t) {
        std::fill(x.begin(), x.end(), 0.0);
        bool is_any_left = false;
        for (std::size_t i = 0; i < test_runs; ++i) {
            if (runs[i].is_over()) continue;
            is_any_left = true;
            sense(runs[i], last[i], x.data() + i, lanes);
            add_noise(x.data() + i, inputs(), lanes, noise, draws);
        }
        if (!is_any_left) break;
        network.step(state, x.data(), work, nullptr);
        network.compute_features(state, work);
        network.read_out(work, out.data());
        for (std::size_t i = 0; i < test_runs; ++i) {
            last[i] = static_cast<Action>(argmax(out.data() + i, actions, lanes));
            runs[i].act(*last[i]);
        }
    }
    double sum = 0;
    for (const auto& run : runs) sum += run_score(run);
    return sum / static_cast<double>(test_runs);
}

CorridorMaze CuedMazeTask::maze(sim::RandomStream& draws, bool) const {
    enum : std::size_t { corridor, cue_left, cue_right, junction, arm };
    const Side side = any_side(draws);
    const std::size_t cue = side == Side::left ? cue_left : cue_right;
    return CorridorMaze({{Kind::corridor, cue, between(cue_min, cue_max, draws)},
                         {Kind::corridor, corridor, between(delay_min, delay_max, draws)},
                         {Kind::junction, junction, 1, side},
                         {Kind::corridor, arm, between(arm_min, arm_max, draws)},
                         {Kind::goal, arm, 1}});
}

double CuedMazeTask::run_score(const CorridorMaze& run) const {
    return run.is_over() && run.right_choices() == 1 ? 1 : 0;
}

CorridorMaze AlternationTask::maze(sim::RandomStream& draws, bool test) const {
    enum : std::size_t { box, stem, junction, arm, open_left, open_right };
    const Side first = any_side(draws);
    std::vector<Stretch> stretches;
    for (std::size_t trial = 0; trial < (test ? test_trials : trials); ++trial) {
        stretches.push_back({Kind::wait, box, between(box_min, box_max, draws)});
        stretches.push_back({Kind::corridor, stem, between(stem_min, stem_max, draws)});
        if (trial == 0)
            stretches.push_back(
                {Kind::junction, first == Side::left ? open_left : open_right, 1, first, true});
        else stretches.push_back({Kind::junction, junction, 1});
        stretches.push_back({Kind::corridor, arm, between(arm_min, arm_max, draws)});
        stretches.push_back({Kind::goal, arm, 1});
    }
    return CorridorMaze(std::move(stretches));
}

double AlternationTask::run_score(const CorridorMaze& run) const {
    return static_cast<double>(run.right_choices()) / static_cast<double>(test_trials - 1);
}

CorridorMaze SequenceMazeTask::maze(sim::RandomStream& draws, bool) const {
    enum : std::size_t { corridor, cue_left, cue_right, junction, arm };
    std::vector<Stretch> stretches, ways;
    for (std::size_t turn = 0; turn < turns; ++turn) {
        const Side side = any_side(draws);
        stretches.push_back({Kind::corridor, side == Side::left ? cue_left : cue_right, cue_steps});
        ways.push_back({Kind::junction, junction, 1, side});
        ways.push_back({Kind::corridor, arm, between(arm_min, arm_max, draws)});
    }
    stretches.push_back({Kind::corridor, corridor, between(delay_min, delay_max, draws)});
    stretches.insert(stretches.end(), ways.begin(), ways.end());
    stretches.push_back({Kind::goal, arm, 1});
    return CorridorMaze(std::move(stretches), true);
}

double SequenceMazeTask::run_score(const CorridorMaze& run) const {
    return run.is_over() && run.right_choices() == turns ? 1 : 0;
}

}  // namespace protocols
