// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One episode of experience, and several of them side by side.

#include <algorithm>
#include <numeric>
#include <vector>

#include "models/rate/episode_batch.hpp"

namespace protocols {

/// What is sensed and what is taught, step after step.
struct Episode {
    std::size_t inputs = 0, outputs = 0;
    std::vector<double> input;   // [steps][inputs]
    std::vector<double> target;  // [steps][outputs]
    std::vector<double> taught;  // [steps], 0 or 1
    int kind = 0;                ///< the task's own classes, for schedules and scores

    std::size_t steps() const { return taught.size(); }
    /// Taught steps, at least 1.
    double teachings() const {
        return std::max(1.0, std::accumulate(taught.begin(), taught.end(), 0.0));
    }

    /// Adds a step that senses nothing and is not taught.
    void add_step() {
        input.insert(input.end(), inputs, 0.0);
        target.insert(target.end(), outputs, 0.0);
        taught.push_back(0);
    }
    double* last_input() { return input.data() + input.size() - inputs; }
    double* last_target() { return target.data() + target.size() - outputs; }
};

/// Lane k holds episode k.  Needs: one episode at least, all with the same inputs and outputs
inline models::EpisodeBatch side_by_side(const std::vector<const Episode*>& episodes) {
    std::size_t steps = 0;
    for (const auto* one : episodes) steps = std::max(steps, one->steps());
    const auto& first = *episodes.front();
    models::EpisodeBatch batch(steps, first.inputs, first.outputs, episodes.size());
    for (std::size_t lane = 0; lane < episodes.size(); ++lane) {
        const Episode& one = *episodes[lane];
        for (std::size_t t = 0; t < one.steps(); ++t) {
            for (std::size_t i = 0; i < one.inputs; ++i)
                batch.input_of(t, i, lane) = one.input[t * one.inputs + i];
            for (std::size_t i = 0; i < one.outputs; ++i)
                batch.target_of(t, i, lane) = one.target[t * one.outputs + i];
            batch.taught[t * batch.lanes + lane] = one.taught[t];
        }
    }
    return batch;
}

inline models::EpisodeBatch side_by_side(const std::vector<Episode>& episodes) {
    std::vector<const Episode*> all;
    for (const auto& one : episodes) all.push_back(&one);
    return side_by_side(all);
}

}  // namespace protocols
