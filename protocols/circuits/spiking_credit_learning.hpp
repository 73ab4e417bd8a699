// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learning by credit in spikes: present patterns, each on its own, and commit what their synapses
// gathered on the slow time scale, between presentations.
//
// Invariants
//   (1) patterns of one step see the same weights; they are committed in their order, so that the
//       bits do not depend on who presented them.
// Threads: one object, one caller; patterns are shared by the workers it is given, if any.

#include <cstdint>
#include <functional>
#include <vector>

#include "models/spiking/spiking_credit.hpp"
#include "protocols/circuits/credit_learning.hpp"
#include "sim/core/workers.hpp"

namespace protocols {

struct SpikingLearning {
    models::SpikingCreditSettings settings;
    plasticity::EiCredit rule = {};
    DaleSigns signs = {};               ///< of networks under Dale's law; empty: no law
    std::vector<bool> is_plastic = {};  ///< [projection], with the biases of its target; empty: all
    std::uint64_t seed = 1;             ///< of membranes at the start, and trains
};

class SpikingLearner {
public:
    /// Throws: BadNetwork, BadParameter: see spiking_network, check
    SpikingLearner(const models::RateNetwork& network, const SpikingLearning& learning);

    /// Presents patterns and commits the mean of what their synapses gather.
    /// Shape:  inputs [input][pattern], targets [output][pattern]
    /// Needs:  with settings that carry over one pattern a step
    LearningStep learn(const Eigen::MatrixXd& inputs, const Eigen::MatrixXd& targets,
                       sim::Workers* workers);

    /// The same with the spikes of the inputs as they come, each pattern from time 0 on.
    /// Shape:  inputs[pattern] by (time, neuron), targets [output][pattern]
    LearningStep learn(const std::vector<std::vector<models::Spike>>& inputs,
                       const Eigen::MatrixXd& targets, sim::Workers* workers);

    /// What the outputs get from each pattern, without a teacher; the learner stays as it was.
    /// If all is carried over, so it is here, from a fresh start.
    /// Shape:  [output][pattern]
    Eigen::MatrixXd answer(const Eigen::MatrixXd& inputs, sim::Workers* workers) const;

    void set_eta(double eta) { learning_.rule.eta = eta; }
    const models::SpikingNetwork& network() const { return network_; }
    /// The weights as those of the rate network that it began with.
    models::RateNetwork as_rates() const;
    /// Member of the last step; its states.
    const models::SpikingCredit& member(std::size_t i) const { return members_[i]; }
    /// Of all steps.
    const models::SpikingCounts& counts() const { return counts_; }
    std::uint64_t presentations() const { return presentations_; }

private:
    LearningStep learn_from(const Eigen::MatrixXd& targets, sim::Workers* workers,
                            const std::function<void(std::size_t, std::uint64_t)>& present);
    bool is_plastic(std::size_t projection) const;
    void commit(std::size_t projection, const models::SpikingCredit& member, double part);
    std::uint64_t clip(std::size_t projection);

    models::RateNetwork rates_;  // as it was
    models::SpikingNetwork network_;
    SpikingLearning learning_;
    std::vector<models::SpikingCredit> members_;
    std::uint64_t presentations_ = 0;
    models::SpikingCounts counts_;
};

/// What synapses and biases gathered in a presentation, as gradients of rate networks are given.
models::RateChange gathered_change(const models::SpikingNetwork& network,
                                   const models::SpikingCredit& presented);

}  // namespace protocols
