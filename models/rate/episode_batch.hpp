// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Episodes side by side: what a network sees, and what a teacher says about its output.
//
// Lanes behind the last episode, and steps behind the end of a shorter one, see zeros and are
// taught nothing.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/rate/lane_math.hpp"
#include "models/rate/loss.hpp"

namespace models {

struct EpisodeBatch {
    EpisodeBatch() = default;
    EpisodeBatch(std::size_t n_steps, std::size_t n_inputs, std::size_t n_outputs,
                 std::size_t n_episodes)
        : steps(n_steps),
          inputs(n_inputs),
          outputs(n_outputs),
          episodes(n_episodes),
          lanes(whole_blocks(n_episodes)),
          input(steps * inputs * lanes),
          target(steps * outputs * lanes),
          taught(steps * lanes) {}

    std::size_t steps = 0, inputs = 0, outputs = 0;
    std::size_t episodes = 0, lanes = 0;
    std::vector<double> input;   // [steps][inputs][lanes]
    std::vector<double> target;  // [steps][outputs][lanes]
    std::vector<double> taught;  // [steps][lanes], 0 or 1

    const double* input_at(std::size_t t) const { return input.data() + t * inputs * lanes; }
    const double* target_at(std::size_t t) const { return target.data() + t * outputs * lanes; }
    const double* taught_at(std::size_t t) const { return taught.data() + t * lanes; }
    double& input_of(std::size_t t, std::size_t i, std::size_t lane) {
        return input[(t * inputs + i) * lanes + lane];
    }
    double& target_of(std::size_t t, std::size_t i, std::size_t lane) {
        return target[(t * outputs + i) * lanes + lane];
    }

    bool is_taught(std::size_t t) const {
        return std::any_of(taught_at(t), taught_at(t) + lanes, [](double w) { return w != 0; });
    }
    /// How often a lane is taught at a step.
    double teachings() const {
        double sum = 0;
        for (const double one : taught) sum += one;
        return sum;
    }
};

}  // namespace models
