// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Learners of patterns that studies compare: credit in rates or in spikes, backpropagation, and
// both forms of credit with nothing below the readout.
//
// Threads: one object, one caller.

#include <memory>
#include <span>

#include "protocols/circuits/spiking_credit_learning.hpp"
#include "protocols/studies/digit_sets.hpp"

namespace protocols {

enum class LearnerKind { credit, backprop, readout, spiking, spiking_readout };

struct LearnerSpec {
    LearnerKind kind = LearnerKind::credit;
    std::vector<Eigen::Index> sizes;  ///< of a chain
    models::Activation activation = models::Activation::relu;
    double gain = 1;
    double bias = 0;       ///< standard deviation of biases at first
    double drive = 0;      ///< bias of hidden neurons at first, if not 0
    bool is_dale = false;  ///< Dale's law: see under_dale
    models::Loss loss = models::Loss::squared;
    std::uint64_t seed = 1;
    models::SpikingCreditSettings settings = {};
};

class PatternLearner {
public:
    virtual ~PatternLearner() = default;
    PatternLearner(const PatternLearner&) = delete;
    PatternLearner& operator=(const PatternLearner&) = delete;

    /// Shape:  inputs [input][pattern], targets [output][pattern]
    LearningStep learn(const Eigen::MatrixXd& inputs, const Eigen::MatrixXd& targets);
    /// Shape:  [output][pattern]
    Eigen::MatrixXd answer(const Eigen::MatrixXd& inputs) const;
    /// What a network of rates with the same weights answers.
    Eigen::MatrixXd answer_in_rates(const Eigen::MatrixXd& inputs) const;
    /// Weights that break Dale's law; 0 without.
    std::uint64_t violations() const;

    virtual void set_eta(double eta) = 0;
    virtual models::RateNetwork network() const = 0;
    virtual models::SpikingCounts counts() const { return {}; }
    virtual std::uint64_t presentations() const { return 0; }

protected:
    explicit PatternLearner(DaleSigns signs) : signs_(std::move(signs)) {}

private:
    virtual LearningStep do_learn(const Eigen::MatrixXd& inputs,
                                  const Eigen::MatrixXd& targets) = 0;
    virtual Eigen::MatrixXd do_answer(const Eigen::MatrixXd& inputs) const = 0;
    Eigen::MatrixXd doubled(const Eigen::MatrixXd& inputs) const;

    DaleSigns signs_;
};

/// Throws: BadNetwork, BadParameter of settings that cannot be
std::unique_ptr<PatternLearner> pattern_learner(const LearnerSpec& spec, sim::Workers* workers);

/// Part of the images whose largest answer is that of their class.
double accuracy(const data::Digits& digits,
                const std::function<Eigen::MatrixXd(const Eigen::MatrixXd& pixels)>& answer);

}  // namespace protocols
