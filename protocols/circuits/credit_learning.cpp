// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/credit_learning.hpp"

namespace protocols {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using models::DenseWeights;
using models::RateNetwork;
using models::SparseWeights;

// Calls visit(weight, presynaptic neuron, change) for every weight.
template <class Visit>
void for_each_weight(models::RateWeights& weights, const models::RateWeights& change,
                     const Visit& visit) {
    if (auto* dense = std::get_if<DenseWeights>(&weights)) {
        const auto& more = std::get<DenseWeights>(change);
        for (Index j = 0; j < dense->cols(); ++j)
            for (Index i = 0; i < dense->rows(); ++i) visit((*dense)(i, j), j, more(i, j));
        return;
    }
    auto& sparse = std::get<SparseWeights>(weights);
    const double* more = std::get<SparseWeights>(change).valuePtr();
    for (Index i = 0; i < sparse.outerSize(); ++i)
        for (SparseWeights::InnerIterator entry(sparse, i); entry; ++entry)
            visit(entry.valueRef(), entry.col(), *more++);
}

bool is_plastic(const CreditLearning& learning, std::size_t projection) {
    return learning.is_plastic.empty() || learning.is_plastic[projection];
}

std::uint64_t commit_weights(models::RateWeights& weights, const models::RateWeights& change,
                             double part, const Eigen::VectorXd* signs,
                             const plasticity::EiCredit& rule) {
    std::uint64_t clipped = 0;
    for_each_weight(weights, change, [&](double& weight, Index pre, double gathered) {
        weight = rule.committed(weight, part * gathered);
        if (signs == nullptr || !rule.breaks_dale(weight, (*signs)(pre))) return;
        weight = 0;
        ++clipped;
    });
    return clipped;
}

}  // namespace

std::uint64_t commit(RateNetwork& network, const models::RateChange& change, double part,
                     const CreditLearning& learning) {
    std::uint64_t clipped = 0;
    std::vector<bool> is_taught(network.layers.size(), false);
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
        if (!is_plastic(learning, i)) continue;
        auto& one = network.projections[i];
        is_taught[one.to] = true;
        clipped += commit_weights(one.weights, change.weights[i], part,
                                  learning.signs.empty() ? nullptr : &learning.signs[one.from],
                                  learning.rule);
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i)
        if (is_taught[i]) network.layers[i].bias += learning.rule.eta * part * change.biases[i];
    return clipped;
}

LearningStep learn(RateNetwork& network, const MatrixXd& inputs, const MatrixXd& targets,
                   const CreditLearning& learning) {
    models::NetworkState state;
    models::settle_firing(network, inputs, learning.sweeps, state);
    const MatrixXd out = models::outputs(network, state);
    models::settle_credit(network, models::output_error(learning.loss, out, targets), learning.mode,
                          learning.sweeps, state);
    LearningStep step;
    step.loss = models::loss_value(learning.loss, out, targets);
    step.clipped = commit(network, models::credit_change(network, state),
                          1 / static_cast<double>(inputs.cols()), learning);
    return step;
}

DaleNetwork under_dale(const RateNetwork& network) {
    constexpr Index inhibitory = 5;  // every fifth neuron
    constexpr double stronger = 4;
    DaleNetwork result{network, {}};
    auto& layers = result.network.layers;
    layers.front().size *= 2;
    layers.front().bias = Eigen::VectorXd::Zero(layers.front().size);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        Eigen::VectorXd signs = Eigen::VectorXd::Ones(layers[i].size);
        for (Index k = 0; k < signs.size(); ++k)
            if (i == 0 ? 2 * k >= signs.size() : k % inhibitory == inhibitory - 1) signs(k) = -1;
        result.signs.push_back(std::move(signs));
    }
    for (auto& one : result.network.projections) {
        auto& w = std::get<DenseWeights>(one.weights);
        if (one.from == 0) {
            // Together the two copies are worth the weight that was there.
            MatrixXd both(w.rows(), 2 * w.cols());
            both << w.cwiseMax(0), w.cwiseMin(0);
            w = std::move(both);
            continue;
        }
        const double size = w.norm();
        w = w.cwiseAbs() * result.signs[one.from].asDiagonal();
        for (Index j = 0; j < w.cols(); ++j)
            if (result.signs[one.from](j) < 0) w.col(j) *= stronger;
        w *= size / w.norm();
    }
    return result;
}

std::uint64_t violations(const RateNetwork& network, const DaleSigns& signs) {
    std::uint64_t count = 0;
    for (const auto& one : network.projections) {
        auto copy = one.weights;
        for_each_weight(copy, one.weights, [&](double& weight, Index pre, double) {
            if (plasticity::EiCredit::breaks_dale(weight, signs[one.from](pre))) ++count;
        });
    }
    return count;
}

MatrixXd answer(const RateNetwork& network, const MatrixXd& inputs,
                const models::SweepOptions& sweeps) {
    models::NetworkState state;
    models::settle_firing(network, inputs, sweeps, state);
    return models::outputs(network, state);
}

}  // namespace protocols
