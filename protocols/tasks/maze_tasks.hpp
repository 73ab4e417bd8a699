// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Tasks of behaviour: learned by telling what will be sensed next along correct runs, tested in
// closed loop, where the network's own prediction of the next action is what is done.
//
// Inputs and outputs: the last action (4), reward and its absence (2), the place (one of several).

#include "protocols/tasks/corridor_maze.hpp"
#include "protocols/tasks/rate_task.hpp"

namespace protocols {

/// What the mazes share. Noise is added to all that is sensed.
struct MazeTask : RateTask {
    double noise = 0.01;  ///< standard deviation

    virtual std::size_t places() const = 0;
    /// `test` mazes may be longer than those of training.
    virtual CorridorMaze maze(sim::RandomStream& draws, bool test) const = 0;
    /// The score of one run that is over, or was given up.
    virtual double run_score(const CorridorMaze& run) const = 0;
    virtual std::size_t longest_test() const = 0;  ///< steps after which a run is given up

    std::size_t inputs() const override { return actions + 2 + places(); }
    std::size_t outputs() const override { return inputs(); }
    models::Loss loss() const override { return models::Loss::squared; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
};

/// T-maze: a cue left or right along the first part of the stem says which arm is rewarded; score:
/// the part of rewarded runs. Defaults are the lengths of the paper's code.
/// Source: Cheng & Brown 2025, Neural Computation 37:403
struct CuedMazeTask : MazeTask {
    std::size_t cue_min = 20, cue_max = 23, delay_min = 50, delay_max = 55;
    std::size_t arm_min = 20, arm_max = 25;

    std::size_t places() const override { return 5; }
    CorridorMaze maze(sim::RandomStream& draws, bool test) const override;
    double run_score(const CorridorMaze& run) const override;
    std::size_t longest_test() const override { return 2 * (cue_max + delay_max + arm_max + 2); }
    double criterion() const override { return 0.98; }
    std::size_t batch() const override { return 8; }
};

/// Delayed alternation: from the box up the stem, into the arm not visited last, and back to the
/// box. There is no cue; the first trial of an episode is forced to one side. Episodes of training
/// have 4 trials, tests 11 in one run without a reset; score: the part of the free trials of a test
/// that follow the network's own last choice with the other side.
struct AlternationTask : MazeTask {
    std::size_t box_min = 18, box_max = 22, stem_min = 7, stem_max = 9, arm_min = 4, arm_max = 6;
    std::size_t trials = 4, test_trials = 11;

    std::size_t places() const override { return 6; }
    CorridorMaze maze(sim::RandomStream& draws, bool test) const override;
    double run_score(const CorridorMaze& run) const override;
    std::size_t longest_test() const override {
        return 2 * test_trials * (box_max + stem_max + arm_max + 2);
    }
    double criterion() const override { return 0.95; }
};

/// Three cues left or right one after the other, a delay, then three junctions at which to turn in
/// the same order; one wrong turn ends the run. Score: the part of runs all right; chance 1/8.
struct SequenceMazeTask : MazeTask {
    std::size_t turns = 3, cue_steps = 4, delay_min = 20, delay_max = 24;
    std::size_t arm_min = 7, arm_max = 9;

    std::size_t places() const override { return 5; }
    CorridorMaze maze(sim::RandomStream& draws, bool test) const override;
    double run_score(const CorridorMaze& run) const override;
    std::size_t longest_test() const override {
        return 2 * (turns * (cue_steps + arm_max + 1) + delay_max + 1);
    }
    double criterion() const override { return 0.95; }
};

}  // namespace protocols
