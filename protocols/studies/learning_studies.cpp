// SPDX-License-Identifier: BSD-3-Clause
// From parameters to tasks, for the studies of one task each.
#include "protocols/studies/delayed_alternation.hpp"
#include "protocols/studies/replay_adding.hpp"
#include "protocols/studies/replay_copy.hpp"
#include "protocols/studies/replay_tmaze.hpp"
#include "protocols/studies/sequence_maze.hpp"
#include "protocols/tasks/maze_tasks.hpp"
#include "protocols/tasks/symbol_tasks.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

struct Lengths {
    std::string_view name;
    double low, high;
    std::size_t& to_low;
    std::size_t& to_high;
};

/// Throws: sim::BadParameter
void set_lengths(const std::vector<Lengths>& all) {
    for (const auto& one : all) {
        if (one.low > one.high)
            throw sim::BadParameter(std::string(one.name) + "_min = " + sim::number(one.low) +
                                    ": above " + std::string(one.name) +
                                    "_max = " + sim::number(one.high) + "; set both");
        one.to_low = whole(one.low);
        one.to_high = whole(one.high);
    }
}

}  // namespace

Json ReplayCopy::run(const Params& p, StudyContext& context) {
    CopyTask task;
    task.symbols = whole(p.symbols);
    task.alphabet = whole(p.alphabet);
    task.delay = whole(p.delay);
    return run_learning(task, p, context);
}

Json ReplayAdding::run(const Params& p, StudyContext& context) {
    AddingTask task;
    task.length = whole(p.length);
    return run_learning(task, p, context);
}

Json ReplayTmaze::run(const Params& p, StudyContext& context) {
    CuedMazeTask task;
    task.noise = p.noise;
    set_lengths({{"cue", p.cue_min, p.cue_max, task.cue_min, task.cue_max},
                 {"delay", p.delay_min, p.delay_max, task.delay_min, task.delay_max},
                 {"arm", p.arm_min, p.arm_max, task.arm_min, task.arm_max}});
    return run_learning(task, p, context);
}

Json DelayedAlternation::run(const Params& p, StudyContext& context) {
    AlternationTask task;
    task.noise = p.noise;
    task.trials = whole(p.trials);
    task.test_trials = whole(p.test_trials);
    set_lengths({{"box", p.box_min, p.box_max, task.box_min, task.box_max},
                 {"stem", p.stem_min, p.stem_max, task.stem_min, task.stem_max},
                 {"arm", p.arm_min, p.arm_max, task.arm_min, task.arm_max}});
    return run_learning(task, p, context);
}

Json SequenceMaze::run(const Params& p, StudyContext& context) {
    SequenceMazeTask task;
    task.noise = p.noise;
    task.turns = whole(p.turns);
    task.cue_steps = whole(p.cue_steps);
    set_lengths({{"delay", p.delay_min, p.delay_max, task.delay_min, task.delay_max},
                 {"arm", p.arm_min, p.arm_max, task.arm_min, task.arm_max}});
    return run_learning(task, p, context);
}

}  // namespace protocols
