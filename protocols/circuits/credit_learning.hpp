// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learning by credit in rate networks: present, settle firing, settle credit, commit.
//
// Threads: one network, one thread.

#include <cstdint>
#include <vector>

#include "models/rate/credit.hpp"
#include "plasticity/credit/ei_credit.hpp"

namespace protocols {

/// Signs of the neurons of each layer under Dale's law: 1, -1, or 0 for any. Empty: no law.
using DaleSigns = std::vector<Eigen::VectorXd>;

struct CreditLearning {
    plasticity::EiCredit rule;
    models::OutputMode mode = models::OutputMode::error_plus_feedback;
    models::Loss loss = models::Loss::squared;
    models::SweepOptions sweeps = {};
    DaleSigns signs = {};
    std::vector<bool> is_plastic = {};  ///< [projection], with the biases of its target; empty: all
};

/// What a presentation of several patterns did.
struct LearningStep {
    double loss = 0;            ///< before, sum over patterns
    std::uint64_t clipped = 0;  ///< weights that Dale's law held at 0
};

/// Presents patterns at the same time and commits the mean of what the synapses gather.
/// Shape:  inputs [input][pattern], targets [output][pattern]
/// Throws: NumericFailure if an equilibrium is not reached; the weights are then as they were
LearningStep learn(models::RateNetwork& network, const Eigen::MatrixXd& inputs,
                   const Eigen::MatrixXd& targets, const CreditLearning& learning);

/// Adds a change, times the learning rate and `part`. Returns how many weights were clipped.
std::uint64_t commit(models::RateNetwork& network, const models::RateChange& change, double part,
                     const CreditLearning& learning);

/// The network with every input twice, an excitatory cell and its inhibitory copy, and every fifth
/// hidden neuron inhibitory with weights four times as large; signs of the weights follow. From
/// hidden neurons the sum of squares of all weights stays what it was.
/// Needs:  a chain of dense layers
struct DaleNetwork {
    models::RateNetwork network;
    DaleSigns signs;
};
DaleNetwork under_dale(const models::RateNetwork& network);

/// Number of weights that break the law.
std::uint64_t violations(const models::RateNetwork& network, const DaleSigns& signs);

/// Rates of the outputs.
Eigen::MatrixXd answer(const models::RateNetwork& network, const Eigen::MatrixXd& inputs,
                       const models::SweepOptions& sweeps);

}  // namespace protocols
