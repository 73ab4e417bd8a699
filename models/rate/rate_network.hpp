// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Networks of rate neurons: layers joined by dense or sparse projections, forward, backward, or
// within a layer.
//
// Invariant: a network that `check` accepts has bias of the size of its layer and weights of the
// sizes of theirs; inputs receive nothing.
// Threads: plain data.

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <cstdint>
#include <variant>
#include <vector>

#include "models/rate/activation.hpp"

namespace models {

struct RateLayer {
    Eigen::Index size = 0;
    Activation activation = Activation::tanh;
    Eigen::VectorXd bias;    ///< [size]
    bool is_input = false;   ///< clamped to what is presented
    bool is_output = false;  ///< has a teacher
};

using DenseWeights = Eigen::MatrixXd;                                ///< [post][pre]
using SparseWeights = Eigen::SparseMatrix<double, Eigen::RowMajor>;  ///< [post][pre]
using RateWeights = std::variant<DenseWeights, SparseWeights>;

struct RateProjection {
    std::size_t from = 0;  ///< layer
    std::size_t to = 0;
    RateWeights weights;
};

struct RateNetwork {
    std::vector<RateLayer> layers;
    std::vector<RateProjection> projections;
};

/// Throws: BadNetwork with the layer or projection and what it should have
void check(const RateNetwork& network);

/// True if every projection leads to a later layer: one sweep settles firing, one credit.
bool is_layered(const RateNetwork& network);

/// True if an output layer has projections of its own.
bool has_output_feedback(const RateNetwork& network);

/// The number of all weights, and of biases of layers that are no input.
std::size_t parameters(const RateNetwork& network);

/// `weights * x`, `weights^T * delta`.
Eigen::MatrixXd forward(const RateWeights& weights, const Eigen::MatrixXd& x);
Eigen::MatrixXd backward(const RateWeights& weights, const Eigen::MatrixXd& delta);

/// A change of weights and biases, of the shapes of a network.
struct RateChange {
    std::vector<RateWeights> weights;     ///< [projection]
    std::vector<Eigen::VectorXd> biases;  ///< [layer]
};

/// delta x^T, where the weights are: everywhere, or at the entries of a sparse matrix.
RateWeights outer_product(const RateWeights& shape, const Eigen::MatrixXd& delta,
                          const Eigen::MatrixXd& x);

struct LayeredSpec {
    std::vector<Eigen::Index> sizes;  ///< inputs first, outputs last
    Activation hidden = Activation::tanh;
    Activation output = Activation::linear;
    double gain = 1;  ///< weights are normal, standard deviation gain / sqrt(inputs of a neuron)
    double bias = 0;  ///< standard deviation of the biases
    std::uint64_t seed = 1;
};

/// Dense layers in a chain.
/// Needs: at least two sizes, all positive
RateNetwork layered_network(const LayeredSpec& spec);

struct RecurrentSpec {
    Eigen::Index inputs = 10;
    Eigen::Index hidden = 26;
    Eigen::Index outputs = 4;
    Activation activation = Activation::tanh;  ///< of hidden neurons and outputs
    double gain = 0.5;   ///< weights are normal, standard deviation gain / sqrt(all neurons)
    double density = 1;  ///< below 1: sparse, each weight is there with this probability
    bool output_feedback = true;  ///< outputs project to all that is no input
    std::uint64_t seed = 1;
};

/// All to all, without self-connections: three layers and every projection between them but those
/// onto inputs.
RateNetwork recurrent_network(const RecurrentSpec& spec);

}  // namespace models
