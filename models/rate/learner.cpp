// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/learner.hpp"

#include <algorithm>
#include <cmath>

namespace models {
namespace {

// Entities of the key: those of the network's weights come before.
enum : std::uint64_t { feedback_a = 16, feedback_b, feedback_out };

}  // namespace

Rule rule_of(std::string_view name) {
    for (std::size_t i = 0; i < rule_names.size(); ++i)
        if (name == rule_names[i]) return static_cast<Rule>(i);
    std::string known;
    for (const auto* one : rule_names) known += (known.empty() ? "" : ", ") + std::string(one);
    throw sim::UnknownName("learner = " + std::string(name) + ": unknown; choose of " + known);
}

struct Learner::Buffers {
    Buffers(const ReversibleNetwork& network, Rule rule, std::size_t lanes)
        : work(network.config(), lanes), bits(lanes) {
        if (is_replay(rule) || rule == Rule::bptt) backward.emplace(network, lanes);
        else if (rule != Rule::force) local.emplace(network, lanes);
    }
    ReversibleWorkspace work;
    BitStacks bits;
    History history;
    std::optional<BackwardPass> backward;
    std::optional<LocalPass> local;
};

Learner::Learner(const ReversibleConfig& network, const LearnerConfig& config,
                 const sim::RandomKey& key)
    : network_(network, key),
      config_(config),
      optimizer_(config.optimizer, network_.weights().size()) {
    if (config_.rule == Rule::replay_tied && network_.config().coupling != Coupling::antisymmetric)
        throw sim::BadParameter(
            "learner = replay_tied: needs coupling = antisymmetric (network = modified), whose "
            "reciprocal weights it keeps tied");
    fill_feedback(key, config.feedback_gain);
    if (config_.rule == Rule::force) force_.emplace(network_, config.force_ridge);
}

void Learner::fill_feedback(const sim::RandomKey& key, double gain) {
    feedback_.assign(network_.weights().size(), 0.0);
    const std::size_t n = network_.units();
    const auto fill = [&](std::size_t begin, std::size_t rows, std::size_t columns,
                          std::size_t stride, double deviation, std::uint64_t entity) {
        sim::RandomStream draws(key, entity);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                feedback_[begin + i * stride + j] = deviation * draws.normal();
    };
    const double recurrent = gain / std::sqrt(static_cast<double>(n));
    const double outputs = static_cast<double>(network_.config().outputs);
    fill(0, n, n, network_.stride_a(), recurrent, feedback_a);
    fill(network_.begin_b(), n, n, network_.stride_b(), recurrent, feedback_b);
    fill(network_.begin_out(), network_.config().outputs, network_.columns_out(),
         network_.stride_out(), config_.output_feedback / std::sqrt(outputs), feedback_out);
}

Feedback Learner::feedback() const {
    auto result = exact_feedback(network_);
    const auto moved = [&](MatrixView view) {
        view.data = feedback_.data() + (view.data - network_.weights().data());
        return view;
    };
    if (config_.rule == Rule::replay_fa)
        return {moved(result.through_b), moved(result.through_a), moved(result.from_outputs)};
    const bool is_learned = config_.rule == Rule::replay_tied && !config_.exact_readout_feedback;
    if (is_learned || config_.rule == Rule::rflo) result.from_outputs = moved(result.from_outputs);
    return result;
}

Learner::Buffers& Learner::buffers(std::size_t lanes) {
    if (!buffers_ || buffers_->bits.lanes() != lanes)
        buffers_ = std::make_shared<Buffers>(network_, config_.rule, lanes);
    return *buffers_;
}

// W_BA and W_AB = -W_BA^T are one parameter.
void Learner::tie_gradient(std::vector<double>& gradient) const {
    for (std::size_t i = 0; i < network_.units(); ++i)
        for (std::size_t j = 0; j < network_.units(); ++j) {
            double& other = gradient[network_.begin_b() + j * network_.stride_b() + i];
            gradient[i * network_.stride_a() + j] -= other;
            other = 0;
        }
}

void Learner::tie() {
    auto& w = network_.weights();
    for (std::size_t i = 0; i < network_.units(); ++i)
        for (std::size_t j = 0; j < network_.units(); ++j)
            w[network_.begin_b() + j * network_.stride_b() + i] = -w[i * network_.stride_a() + j];
}

std::vector<double>& Learner::gradient_by_replay(const EpisodeBatch& forward,
                                                 const EpisodeBatch& backward, Loss loss) {
    auto& [work, bits, history, pass, local] = buffers(forward.lanes);
    const auto first = network_.initial_state(forward.lanes);
    auto state = first;
    bits.clear();
    run_forward(network_, forward, state, work, &bits);
    bits_ =
        static_cast<double>(bits.size()) /
        static_cast<double>(2 * network_.units() * forward.lanes * std::max(forward.steps, 1UL));
    replay_backward(network_, backward, loss, feedback(), state, &bits, work, *pass);
    reversal_error_ = 0;
    for (std::size_t i = 0; i < first.a.size(); ++i)
        reversal_error_ = std::max({reversal_error_, std::fabs(state.a[i] - first.a[i]),
                                    std::fabs(state.b[i] - first.b[i])});
    reversal_error_ *= network_.scale();
    losses_ = pass->losses();
    return pass->gradient();
}

void Learner::apply(std::vector<double>& gradient) {
    const bool is_tied = config_.rule == Rule::replay_tied;
    if (is_tied) tie_gradient(gradient);
    const double decay = is_tied ? config_.feedback_decay * optimizer_.schedule() : 0;
    const auto& change = optimizer_.change(gradient);
    auto& weights = network_.weights();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += change[i];
    if (!is_tied) return;
    tie();
    for (std::size_t i = network_.begin_out(); i < weights.size(); ++i) {
        feedback_[i] += change[i];
        weights[i] *= 1 - decay;
        feedback_[i] *= 1 - decay;
    }
}

void Learner::update(const EpisodeBatch& forward, const EpisodeBatch& backward, Loss loss) {
    auto& buffer = buffers(forward.lanes);
    if (is_replay(config_.rule)) return apply(gradient_by_replay(forward, backward, loss));
    if (config_.rule == Rule::bptt) {
        run_and_store(network_, forward, buffer.history, buffer.work);
        history_backward(network_, forward, loss, feedback(), buffer.history, buffer.work,
                         *buffer.backward);
        losses_ = buffer.backward->losses();
        return apply(buffer.backward->gradient());
    }
    if (config_.rule == Rule::force) return force_->learn(network_, forward, buffer.work, losses_);
    buffer.local->run(network_, forward, loss, feedback().from_outputs,
                      config_.rule != Rule::reservoir, buffer.work);
    losses_ = buffer.local->losses();
    apply(buffer.local->gradient());
}

}  // namespace models
