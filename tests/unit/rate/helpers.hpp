// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

#include "models/rate/episode_batch.hpp"
#include "models/rate/reversible_network.hpp"
#include "sim/core/random.hpp"

namespace rate_tests {

/// Normal inputs; one-hot targets, taught with probability 1/2 in the lanes that hold episodes.
inline models::EpisodeBatch random_batch(std::size_t steps, std::size_t inputs, std::size_t outputs,
                                         std::size_t episodes, std::uint64_t seed) {
    models::EpisodeBatch batch(steps, inputs, outputs, episodes);
    sim::RandomStream draws({seed, 77}, 0);
    for (std::size_t t = 0; t < steps; ++t)
        for (std::size_t lane = 0; lane < episodes; ++lane) {
            for (std::size_t i = 0; i < inputs; ++i) batch.input_of(t, i, lane) = draws.normal();
            batch.target_of(t, draws.below(outputs), lane) = 1;
            batch.taught[t * batch.lanes + lane] = draws.uniform() < 0.5 ? 1 : 0;
        }
    return batch;
}

inline models::ReversibleConfig small_config(models::Arithmetic arithmetic) {
    models::ReversibleConfig config;
    config.units = 12;
    config.inputs = 3;
    config.outputs = 4;
    config.output_deviation = 0.3;
    config.arithmetic = arithmetic;
    return config;
}

/// max |x - y| / max |y|
inline double relative_difference(const std::vector<double>& x, const std::vector<double>& y) {
    double most = 0, difference = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        most = std::fmax(most, std::fabs(y[i]));
        difference = std::fmax(difference, std::fabs(x[i] - y[i]));
    }
    return difference / most;
}

}  // namespace rate_tests
