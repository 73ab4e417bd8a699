// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What is gathered in spikes against the gradient of the rate network, for studies.
//
// Threads: free functions of their arguments.

#include <span>
#include <vector>

#include "models/spiking/spiking_credit.hpp"

namespace protocols {

struct ChainSpec {
    Eigen::Index inputs, width, outputs;
    std::size_t layers;  ///< of weights
    double gain, drive;
    std::uint64_t seed;
};

/// A chain of rectifying layers with linear outputs, biases of standard deviation 0.1.
models::RateNetwork random_chain(const ChainSpec& spec);

struct Pattern {
    Eigen::VectorXd inputs, targets;
};

/// Inputs and targets that are uniform in (0, 1).
Pattern random_pattern(const models::RateNetwork& network, std::uint64_t seed);

/// What the neurons of a layer send back, and their credit, in rates. Shape: [neuron]
Eigen::VectorXd rate_deltas(const models::RateNetwork& network, const Pattern& pattern,
                            std::size_t layer);
Eigen::VectorXd rate_credit(const models::RateNetwork& network, const Pattern& pattern,
                            std::size_t layer);

/// One presentation; what was drawn depends on the seed.
void present_in_spikes(const models::SpikingNetwork& network, const Pattern& pattern,
                       std::uint64_t seed, models::SpikingCredit& credit);

struct SpikingAgreement {
    std::vector<double> cosine;  ///< [projection], with the gradient
    std::vector<double> norm;    ///< [projection], relative to it
    models::SpikingCounts counts;

    double events() const;  ///< retrograde events per spike
    double visits() const;  ///< of synapses by them, per arrival of a spike
};

/// Of one presentation to a chain of layers, with backpropagation; to any network, with the credit
/// of its rates (by projection).
/// Throws: NumericFailure if rates or credit have no equilibrium
SpikingAgreement agreement_in_spikes(const models::RateNetwork& network, const Pattern& pattern,
                                     const models::SpikingCreditSettings& settings,
                                     std::uint64_t seed);

/// Needs: at least one
SpikingAgreement mean_of(std::span<const SpikingAgreement> all);

}  // namespace protocols
