// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Readout trained by recursive least squares, one taught step after the other.
//
// With features f and P the running inverse of their correlation,
//   k = P f / (1 + f^T P f),  W <- W - e k^T,  P <- P - k (P f)^T,  e = W f - target,  P_0 = I /
// ridge. Samples come step by step, within a step lane by lane.
// Source: Sussillo & Abbott 2009, Neuron 63:544, eqs. 4 and 5; without their feedback of the output
//         into the network

#include <vector>

#include "models/rate/episode_batch.hpp"
#include "models/rate/reversible_network.hpp"

namespace models {

class ForceReadout {
public:
    ForceReadout(const ReversibleNetwork& network, double ridge);

    /// Runs the batch from the initial state and learns from its taught steps; losses[lanes] are
    /// those before each sample is learned (squared).
    void learn(ReversibleNetwork& network, const EpisodeBatch& batch, ReversibleWorkspace& work,
               std::vector<double>& losses);

private:
    double learn_one(ReversibleNetwork& network, const double* target, std::size_t target_stride);

    std::size_t size_;
    std::vector<double> p_;         // [size][size]
    std::vector<double> f_, gain_;  // [size]
};

}  // namespace models
