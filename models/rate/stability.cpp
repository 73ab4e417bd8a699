// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/stability.hpp"

#include <Eigen/Eigenvalues>

namespace models {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// Where the neurons of each layer begin; inputs have no place.
std::vector<Index> places(const RateNetwork& network) {
    std::vector<Index> result;
    Index next = 0;
    for (const auto& layer : network.layers) {
        result.push_back(next);
        next += layer.is_input ? 0 : layer.size;
    }
    result.push_back(next);
    return result;
}

// W between neurons that are no input.
MatrixXd inner_weights(const RateNetwork& network) {
    const auto at = places(network);
    MatrixXd w = MatrixXd::Zero(at.back(), at.back());
    for (const auto& one : network.projections) {
        const auto& from = network.layers[one.from];
        if (from.is_input) continue;
        const auto& to = network.layers[one.to];
        w.block(at[one.to], at[one.from], to.size, from.size) +=
            std::visit([](const auto& own) { return MatrixXd(own); }, one.weights);
    }
    return w;
}

Eigen::VectorXd inner_slopes(const RateNetwork& network, const NetworkState& state, Index pattern) {
    const auto at = places(network);
    Eigen::VectorXd slopes(at.back());
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        if (!layer.is_input)
            slopes.segment(at[i], layer.size) = slope_of(layer.activation, state[i].s.col(pattern));
    }
    return slopes;
}

}  // namespace

MatrixXd firing_jacobian(const RateNetwork& network, const NetworkState& state, Index pattern) {
    MatrixXd jacobian = inner_slopes(network, state, pattern).asDiagonal() * inner_weights(network);
    jacobian.diagonal().array() -= 1;
    return jacobian;
}

MatrixXd credit_jacobian(const RateNetwork& network, const NetworkState& state, Index pattern) {
    MatrixXd jacobian =
        inner_weights(network).transpose() * inner_slopes(network, state, pattern).asDiagonal();
    jacobian.diagonal().array() -= 1;
    return jacobian;
}

Eigen::VectorXcd spectrum(const MatrixXd& jacobian) {
    return Eigen::EigenSolver<MatrixXd>(jacobian, false).eigenvalues();
}

double growth_rate(const MatrixXd& jacobian) { return spectrum(jacobian).real().maxCoeff(); }

}  // namespace models
