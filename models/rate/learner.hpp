// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A reversible network that learns from batches of episodes, by replay or by one of the rules that
// replay is compared with. Network, optimiser and batches are the same for all of them.
//
// Rules
//   replay       forward replay drives the network, replay in reverse order restores its states and
//                carries the exact gradient
//   replay_tied  the same in a network in which W_AB = -W_BA^T always, so that the way back runs
//                through the reciprocal synapses; feedback from the outputs learned as in Kolen &
//                Pollack 1994 (the same changes as the readout, both decay): no weight transport
//   replay_fa    the same with fixed random feedback in place of all transposes
//   bptt         the exact gradient with every state stored
//   eprop, rflo  local traces and a learning signal by the readout's transpose, or by fixed weights
//   reservoir    the readout alone learns
//   force        the readout alone, by recursive least squares (force.hpp); no optimiser
// Source: Cheng & Brown 2025, Neural Computation 37:403; Lillicrap et al. 2016, Nat Commun 7:13276;
//         Kolen & Pollack 1994 (IEEE ICNN); Bellec et al. 2020; Murray 2019; Jaeger 2001;
//         Sussillo & Abbott 2009, Neuron 63:544
// Threads: one owner.

#include <memory>
#include <optional>
#include <string_view>

#include "models/rate/force.hpp"
#include "models/rate/local_rules.hpp"
#include "models/rate/optimizer.hpp"
#include "models/rate/reversible_gradient.hpp"

namespace models {

enum class Rule { replay, replay_tied, replay_fa, bptt, eprop, rflo, reservoir, force };

inline constexpr std::array rule_names{"replay", "replay_tied", "replay_fa", "bptt",
                                       "eprop",  "rflo",        "reservoir", "force"};

/// Throws: sim::UnknownName
Rule rule_of(std::string_view name);

constexpr bool is_replay(Rule rule) {
    return rule == Rule::replay || rule == Rule::replay_tied || rule == Rule::replay_fa;
}

struct LearnerConfig {
    Rule rule = Rule::replay;
    OptimizerConfig optimizer;
    double feedback_decay = 2e-3;  ///< of readout and feedback an update, times the schedule (tied)
    double feedback_gain = 1;  ///< standard deviation of random recurrent feedback, times sqrt(n)
    double output_feedback = 0.1;  ///< of random feedback from the outputs, times sqrt(outputs)
    bool exact_readout_feedback = false;  ///< replay_tied: the transpose of the readout instead
    double force_ridge = 1;               ///< of FORCE, see force.hpp
};

class Learner {
public:
    /// Throws: sim::BadParameter
    Learner(const ReversibleConfig& network, const LearnerConfig& config,
            const sim::RandomKey& key);

    /// One update from a batch of episodes; `backward` is what comes in replay in reverse order,
    /// used by the rules that replay.
    /// Needs: both of the same shape
    void update(const EpisodeBatch& forward, const EpisodeBatch& backward, Loss loss);
    void update(const EpisodeBatch& batch, Loss loss) { update(batch, batch, loss); }

    const ReversibleNetwork& network() const { return network_; }
    /// Of each lane of the last batch: sum over its taught steps, before the update.
    const std::vector<double>& losses() const { return losses_; }
    /// What stands for the weights on the way back, in their order, as far as the rule uses it.
    const std::vector<double>& feedback_weights() const { return feedback_; }
    double gradient_norm() const { return optimizer_.gradient_norm(); }
    std::uint64_t updates() const { return optimizer_.updates(); }
    /// Bits that reversal needed at the end of the last forward replay, a unit and step.
    double bits_per_unit_step() const { return bits_; }
    /// Largest difference between the first state and what replay in reverse order ended with.
    double reversal_error() const { return reversal_error_; }

private:
    struct Buffers;

    Feedback feedback() const;
    void fill_feedback(const sim::RandomKey& key, double gain);
    void tie();
    void tie_gradient(std::vector<double>& gradient) const;
    std::vector<double>& gradient_by_replay(const EpisodeBatch& forward,
                                            const EpisodeBatch& backward, Loss loss);
    void apply(std::vector<double>& gradient);
    Buffers& buffers(std::size_t lanes);

    ReversibleNetwork network_;
    LearnerConfig config_;
    Optimizer optimizer_;
    std::vector<double> feedback_;  // as the weights of the network are ordered
    std::vector<double> losses_;
    std::optional<ForceReadout> force_;
    std::shared_ptr<Buffers> buffers_;
    double bits_ = 0, reversal_error_ = 0;
};

}  // namespace models
