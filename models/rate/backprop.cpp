// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/backprop.hpp"

#include "sim/core/error.hpp"

namespace models {
namespace {

using Eigen::MatrixXd;

const DenseWeights& weights_into(const RateNetwork& network, std::size_t layer) {
    const auto& one = network.projections[layer - 1];
    const auto* dense = std::get_if<DenseWeights>(&one.weights);
    if (one.from != layer - 1 || one.to != layer || dense == nullptr)
        throw sim::BadNetwork("projections[" + std::to_string(layer - 1) +
                              "]: backpropagation needs dense layers in a chain");
    return *dense;
}

}  // namespace

BackpropResult backprop(const RateNetwork& network, const MatrixXd& inputs, const MatrixXd& targets,
                        Loss loss) {
    const std::size_t depth = network.layers.size();
    if (network.projections.size() + 1 != depth)
        throw sim::BadNetwork("backpropagation needs dense layers in a chain");
    std::vector<MatrixXd> activity{inputs};
    std::vector<MatrixXd> slopes{MatrixXd()};
    for (std::size_t layer = 1; layer < depth; ++layer) {
        MatrixXd s = weights_into(network, layer) * activity.back();
        s.colwise() += network.layers[layer].bias;
        activity.push_back(rate_of(network.layers[layer].activation, s));
        slopes.push_back(slope_of(network.layers[layer].activation, s));
    }
    BackpropResult result;
    result.loss = loss_value(loss, activity.back(), targets);
    result.change.weights.resize(depth - 1);
    result.change.biases.resize(depth);
    MatrixXd signal = output_error(loss, activity.back(), targets).cwiseProduct(slopes.back());
    for (std::size_t layer = depth - 1; layer > 0; --layer) {
        result.change.weights[layer - 1] = DenseWeights(signal * activity[layer - 1].transpose());
        result.change.biases[layer] = signal.rowwise().sum();
        if (layer > 1)
            signal = (weights_into(network, layer).transpose() * signal)
                         .cwiseProduct(slopes[layer - 1])
                         .eval();
    }
    result.outputs = std::move(activity.back());
    return result;
}

}  // namespace models
