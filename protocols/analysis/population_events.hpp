// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Bursts of a population: stretches in which its smoothed rate stays above its mean and exceeds it
// by several standard deviations somewhere.
//
// Source: Davidson, Kloosterman & Wilson 2009, Neuron 63:497, on multiunit activity

#include <functional>
#include <vector>

#include "protocols/analysis/place_decoder.hpp"

namespace protocols {

struct BurstConfig {
    double bin_s = 0.005;
    double smoothing_s = 0.015;         ///< standard deviation of the Gaussian
    double threshold = 3;               ///< standard deviations above the mean
    double least_s = 0.05, most_s = 1;  ///< duration
    std::size_t least_units = 4;        ///< that fire in it
};

struct Burst {
    double start_s, stop_s;
};

/// Bursts in the order of time. Mean and deviation are those of the bins that `takes` chooses, and
/// bursts lie wholly in such bins.
std::vector<Burst> find_bursts(const UnitSpikes& spikes, const BurstConfig& config,
                               const std::function<bool(double)>& takes);

}  // namespace protocols
