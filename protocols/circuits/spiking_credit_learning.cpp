// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/spiking_credit_learning.hpp"

#include <algorithm>

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::uint32_t teaching = 1U << 8U;  // parts of random numbers; layers are added
constexpr std::uint32_t asking = 2U << 8U;

std::span<const double> column(const MatrixXd& m, std::size_t i) {
    return {m.col(static_cast<Index>(i)).data(), static_cast<std::size_t>(m.rows())};
}

template <class Task>
void for_each(sim::Workers* workers, std::size_t count, const Task& task) {
    if (workers != nullptr) return workers->for_each(count, task);
    for (std::size_t i = 0; i < count; ++i) task(i);
}

}  // namespace

SpikingLearner::SpikingLearner(const models::RateNetwork& network, const SpikingLearning& learning)
    : rates_(network), network_(models::spiking_network(network)), learning_(learning) {
    members_.emplace_back(network_, learning_.settings);
}

bool SpikingLearner::is_plastic(std::size_t projection) const {
    return learning_.is_plastic.empty() || learning_.is_plastic[projection];
}

LearningStep SpikingLearner::learn(const MatrixXd& inputs, const MatrixXd& targets,
                                   sim::Workers* workers) {
    return learn_from(targets, workers, [&](std::size_t i, std::uint64_t presentation) {
        members_[i].present(network_, column(inputs, i), column(targets, i),
                            {learning_.seed, teaching}, presentation);
    });
}

LearningStep SpikingLearner::learn(const std::vector<std::vector<models::Spike>>& inputs,
                                   const MatrixXd& targets, sim::Workers* workers) {
    std::size_t size = 0;
    for (const auto& layer : network_.layers) size += layer.is_input ? layer.size : 0;
    return learn_from(targets, workers, [&](std::size_t i, std::uint64_t presentation) {
        members_[i].present_spikes(network_, size, inputs[i], column(targets, i),
                                   {learning_.seed, teaching}, presentation);
    });
}

LearningStep SpikingLearner::learn_from(
    const MatrixXd& targets, sim::Workers* workers,
    const std::function<void(std::size_t, std::uint64_t)>& present) {
    const auto patterns = static_cast<std::size_t>(targets.cols());
    while (members_.size() < patterns) members_.emplace_back(network_, learning_.settings);
    for_each(workers, patterns, [&](std::size_t i) { present(i, presentations_ + i); });
    presentations_ += patterns;
    LearningStep step;
    const double part = 1 / static_cast<double>(patterns);
    for (std::size_t i = 0; i < patterns; ++i) {
        counts_ += members_[i].counts();
        const auto out = members_[i].outputs();
        for (std::size_t k = 0; k < out.size(); ++k) {
            const double error = targets(static_cast<Index>(k), static_cast<Index>(i)) - out[k];
            step.loss += 0.5 * error * error;
        }
    }
    std::vector<bool> is_taught(network_.layers.size(), false);
    for (std::size_t k = 0; k < network_.projections.size(); ++k) {
        if (!is_plastic(k)) continue;
        is_taught[network_.projections[k].to] = true;
        for (std::size_t i = 0; i < patterns; ++i) commit(k, members_[i], part);
        if (!learning_.signs.empty()) step.clipped += clip(k);
    }
    for (std::size_t layer = 0; layer < network_.layers.size(); ++layer) {
        if (!is_taught[layer]) continue;
        auto& bias = network_.layers[layer].bias;
        for (std::size_t i = 0; i < patterns; ++i)
            for (std::size_t k = 0; k < bias.size(); ++k)
                bias[k] = learning_.rule.committed(bias[k], part * members_[i].deltas(layer)[k]);
    }
    return step;
}

// Both arrays of weights by the same arithmetic, so that they stay equal.
void SpikingLearner::commit(std::size_t projection, const models::SpikingCredit& member,
                            double part) {
    auto& one = network_.projections[projection];
    const auto rule = learning_.rule;
    const auto rates = member.rates(one.from);
    const auto deltas = member.deltas(one.to);
    const std::size_t post_stride = network_.layers[one.to].stride;
    const std::size_t pre_stride = network_.layers[one.from].stride;
    if (const auto gathered = member.gathered(projection); !gathered.empty()) {
        for (std::size_t i = 0; i < deltas.size(); ++i) {
            if (deltas[i] == 0) continue;
            for (std::size_t j = 0; j < rates.size(); ++j) {
                double& w = one.by_pre[j * post_stride + i];
                w = rule.committed(w, part * gathered[i * pre_stride + j]);
                if (!one.by_post.empty()) one.by_post[i * pre_stride + j] = w;
            }
        }
        return;
    }
    for (std::size_t j = 0; j < rates.size(); ++j) {
        if (rates[j] == 0) continue;
        double* w = one.by_pre.data() + j * post_stride;
        for (std::size_t i = 0; i < deltas.size(); ++i)
            w[i] = rule.committed(w[i], rule.gathered(part * deltas[i], rates[j]));
    }
    if (one.by_post.empty()) return;
    for (std::size_t i = 0; i < deltas.size(); ++i) {
        if (deltas[i] == 0) continue;
        double* w = one.by_post.data() + i * pre_stride;
        for (std::size_t j = 0; j < rates.size(); ++j)
            w[j] = rule.committed(w[j], rule.gathered(part * deltas[i], rates[j]));
    }
}

std::uint64_t SpikingLearner::clip(std::size_t projection) {
    auto& one = network_.projections[projection];
    const std::size_t post_stride = network_.layers[one.to].stride;
    const std::size_t pre_stride = network_.layers[one.from].stride;
    const VectorXd& signs = learning_.signs[one.from];
    std::uint64_t clipped = 0;
    for (std::size_t j = 0; j < network_.layers[one.from].size; ++j) {
        const double sign = signs(static_cast<Index>(j));
        for (std::size_t i = 0; i < network_.layers[one.to].size; ++i) {
            double& w = one.by_pre[j * post_stride + i];
            if (!plasticity::EiCredit::breaks_dale(w, sign)) continue;
            w = 0;
            if (!one.by_post.empty()) one.by_post[i * pre_stride + j] = 0;
            ++clipped;
        }
    }
    return clipped;
}

MatrixXd SpikingLearner::answer(const MatrixXd& inputs, sim::Workers* workers) const {
    auto settings = learning_.settings;
    const auto patterns = static_cast<std::size_t>(inputs.cols());
    std::size_t parts = 1;
    if (settings.carry != models::Carry::all) {
        settings.carry = models::Carry::nothing;
        if (workers != nullptr)
            parts = std::min(patterns, static_cast<std::size_t>(workers->threads()) * 4);
    }
    MatrixXd result(rates_.layers.back().size, inputs.cols());
    for_each(workers, parts, [&](std::size_t part) {
        models::SpikingCredit member(network_, settings);
        for (std::size_t i = part * patterns / parts; i < (part + 1) * patterns / parts; ++i) {
            member.present(network_, column(inputs, i), {}, {learning_.seed, asking}, i);
            result.col(static_cast<Index>(i)) = Eigen::Map<const VectorXd>(
                member.outputs().data(), static_cast<Index>(member.outputs().size()));
        }
    });
    return result;
}

models::RateNetwork SpikingLearner::as_rates() const {
    auto result = rates_;
    models::write_back(network_, result);
    return result;
}

models::RateChange gathered_change(const models::SpikingNetwork& network,
                                   const models::SpikingCredit& presented) {
    const auto vector = [](std::span<const double> values) -> VectorXd {
        return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size()));
    };
    models::RateChange change;
    for (std::size_t k = 0; k < network.projections.size(); ++k) {
        const auto& one = network.projections[k];
        const auto pre = vector(presented.rates(one.from));
        const auto post = vector(presented.deltas(one.to));
        if (const auto gathered = presented.gathered(k); !gathered.empty()) {
            const auto stride = static_cast<Index>(network.layers[one.from].stride);
            change.weights.emplace_back(
                MatrixXd(Eigen::Map<const MatrixXd>(gathered.data(), stride, post.size())
                             .topRows(pre.size())
                             .transpose()));
        } else {
            change.weights.emplace_back(MatrixXd(post * pre.transpose()));
        }
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i)
        change.biases.push_back(network.layers[i].is_input ? VectorXd()
                                                           : vector(presented.deltas(i)));
    return change;
}

}  // namespace protocols
