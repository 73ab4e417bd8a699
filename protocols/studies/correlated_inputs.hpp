// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson trains with common sources, and the second moments of their traces: what rules that find
// principal components are given, and have to find.

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "protocols/studies/plastic_network.hpp"

namespace protocols::plastic {

using Trains = std::vector<std::vector<double>>;  // [input][spike], ms, ascending

/// Trains of `rate_hz` each: input i repeats a spike of common train k, of the same rate, with
/// probability copied(k, i), and has spikes of its own besides.
/// Needs: the columns of `copied` sum to 1 at most
Trains correlated_trains(double rate_hz, const Eigen::MatrixXd& copied, double end,
                         std::uint64_t seed);

/// Time averages over [0, end) ms of a_i b_j, where every spike of an input adds 1 to its traces a
/// (tau_a, ms) and b (tau_b). Exact.
Eigen::MatrixXd trace_moments(const Trains& trains, double tau_a, double tau_b, double end);

/// Without the spikes from `end` on.
Trains until(Trains trains, double end);

/// The weights of a projection with one synapse for each pair. Shape: [target][source]
Eigen::MatrixXd weight_matrix(const Run& run, const std::string& projection, double targets,
                              double sources);

/// One row of numbers for each of the matrix.
Json rows(const Eigen::MatrixXd& matrix);

}  // namespace protocols::plastic
