// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Networks and patterns for the tests of credit, and the way from them to the oracle.

#include "models/rate/credit.hpp"
#include "sim/core/random.hpp"
#include "tests/oracle/credit/slow_backprop.hpp"

namespace credit_tests {

using Eigen::Index;
using Eigen::MatrixXd;
using models::Activation;
using models::Loss;
using models::NetworkState;
using models::OutputMode;
using models::RateChange;
using models::RateNetwork;

/// Standard normal numbers.
inline MatrixXd normal(Index rows, Index columns, std::uint64_t seed, std::uint32_t part) {
    MatrixXd m(rows, columns);
    sim::RandomStream random({seed, part}, 0);
    for (auto& v : m.reshaped()) v = random.normal();
    return m;
}

/// Columns that are distributions.
inline MatrixXd distributions(Index rows, Index columns, std::uint64_t seed) {
    MatrixXd m = normal(rows, columns, seed, 77).array().exp();
    for (auto column : m.colwise()) column /= column.sum();
    return m;
}

/// A chain of `depth` weight layers, wider than it is deep.
inline RateNetwork chain(std::size_t depth, Activation hidden, std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes.assign(depth + 1, 9);
    spec.sizes.front() = 7;
    spec.sizes.back() = 5;
    spec.hidden = hidden;
    spec.gain = 1.4;
    spec.bias = 0.3;
    spec.seed = seed;
    return models::layered_network(spec);
}

inline oracle::SlowNetwork::Squash same(Activation f) {
    using enum oracle::SlowNetwork::Squash;
    switch (f) {
        case Activation::relu: return relu;
        case Activation::tanh: return tanh;
        case Activation::sigmoid: return sigmoid;
        case Activation::softplus: return softplus;
        default: return linear;
    }
}

inline oracle::Numbers plain(const Eigen::VectorXd& v) { return {v.begin(), v.end()}; }

inline oracle::SlowNetwork as_slow(const RateNetwork& network, Loss loss) {
    oracle::SlowNetwork slow;
    for (std::size_t i = 1; i < network.layers.size(); ++i) {
        const auto& w = std::get<models::DenseWeights>(network.projections[i - 1].weights);
        slow.biases.push_back(plain(network.layers[i].bias));
        auto& rows = slow.weights.emplace_back();
        for (Index k = 0; k < w.rows(); ++k) rows.push_back(plain(w.row(k).transpose()));
    }
    slow.hidden = same(network.layers[1].activation);
    slow.last = same(network.layers.back().activation);
    slow.is_cross_entropy = loss == Loss::cross_entropy;
    return slow;
}

/// Largest difference to the oracle's sum over all patterns, relative to its largest entry.
inline double distance(const RateChange& change, const RateNetwork& network, const MatrixXd& inputs,
                       const MatrixXd& targets, Loss loss) {
    const auto slow = as_slow(network, loss);
    std::vector<oracle::SlowChange> all;
    for (Index p = 0; p < inputs.cols(); ++p)
        all.push_back(oracle::slow_backprop(slow, plain(inputs.col(p)), plain(targets.col(p))));
    double worst = 0;
    double size = 0;
    const auto compare = [&](double found, const auto& entry) {
        double expected = 0;
        for (const auto& one : all) expected += entry(one);
        worst = std::max(worst, std::abs(found - expected));
        size = std::max(size, std::abs(expected));
    };
    for (std::size_t l = 0; l < change.weights.size(); ++l) {
        const auto& w = std::get<models::DenseWeights>(change.weights[l]);
        for (Index i = 0; i < w.rows(); ++i) {
            const auto row = static_cast<std::size_t>(i);
            for (Index j = 0; j < w.cols(); ++j)
                compare(w(i, j), [&](const auto& one) {
                    return one.weights[l][row][static_cast<std::size_t>(j)];
                });
            compare(change.biases[l + 1](i), [&](const auto& one) { return one.biases[l][row]; });
        }
    }
    return worst / size;
}

/// What the credit rule changes once both systems have settled.
inline RateChange settled_change(const RateNetwork& network, const MatrixXd& inputs,
                                 const MatrixXd& targets, OutputMode mode, Loss loss) {
    NetworkState state;
    models::settle_firing(network, inputs, {}, state);
    const MatrixXd error = models::output_error(loss, models::outputs(network, state), targets);
    models::settle_credit(network, error, mode, {}, state);
    return models::credit_change(network, state);
}

}  // namespace credit_tests
