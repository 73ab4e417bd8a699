// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/rate_network.hpp"

#include <cmath>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace models {
namespace {

using Eigen::Index;

template <class Visitor>
auto visited(const RateWeights& weights, const Visitor& visitor) {
    return std::visit(visitor, weights);
}

Index post_size(const RateWeights& weights) {
    return visited(weights, [](const auto& w) -> Index { return w.rows(); });
}
Index pre_size(const RateWeights& weights) {
    return visited(weights, [](const auto& w) -> Index { return w.cols(); });
}

std::string shape(Index rows, Index columns) {
    return std::to_string(rows) + " x " + std::to_string(columns);
}

}  // namespace

void check(const RateNetwork& network) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        const std::string name = "layers[" + std::to_string(i) + "]";
        if (layer.size < 1) throw sim::BadNetwork(name + ".size: must be at least 1");
        if (layer.bias.size() != layer.size)
            throw sim::BadNetwork(name + ".bias has " + std::to_string(layer.bias.size()) +
                                  " entries: must have one for each of " +
                                  std::to_string(layer.size) + " neurons");
    }
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
        const auto& [from, to, weights] = network.projections[i];
        const std::string name = "projections[" + std::to_string(i) + "]";
        if (from >= network.layers.size() || to >= network.layers.size())
            throw sim::BadNetwork(name + ": joins layers that are not there");
        if (network.layers[to].is_input)
            throw sim::BadNetwork(name + ": leads to an input, which is clamped; remove it");
        const Index rows = network.layers[to].size;
        const Index columns = network.layers[from].size;
        if (post_size(weights) != rows || pre_size(weights) != columns)
            throw sim::BadNetwork(name + ".weights are " +
                                  shape(post_size(weights), pre_size(weights)) + ": must be " +
                                  shape(rows, columns) + " [post][pre]");
    }
}

bool is_layered(const RateNetwork& network) {
    for (const auto& one : network.projections)
        if (one.from >= one.to) return false;
    return true;
}

bool has_output_feedback(const RateNetwork& network) {
    for (const auto& one : network.projections)
        if (network.layers[one.from].is_output) return true;
    return false;
}

std::size_t parameters(const RateNetwork& network) {
    Index count = 0;
    for (const auto& layer : network.layers) count += layer.is_input ? 0 : layer.size;
    for (const auto& one : network.projections)
        count += visited(one.weights, [](const auto& w) -> Index {
            if constexpr (requires {
                              w.nonZeros();
                              w.outerIndexPtr();
                          })
                return w.nonZeros();
            else return w.size();
        });
    return static_cast<std::size_t>(count);
}

Eigen::MatrixXd forward(const RateWeights& weights, const Eigen::MatrixXd& x) {
    return visited(weights, [&](const auto& w) -> Eigen::MatrixXd { return w * x; });
}

Eigen::MatrixXd backward(const RateWeights& weights, const Eigen::MatrixXd& delta) {
    return visited(weights,
                   [&](const auto& w) -> Eigen::MatrixXd { return w.transpose() * delta; });
}

RateWeights outer_product(const RateWeights& shape, const Eigen::MatrixXd& delta,
                          const Eigen::MatrixXd& x) {
    const auto* sparse = std::get_if<SparseWeights>(&shape);
    if (sparse == nullptr) return DenseWeights(delta * x.transpose());
    SparseWeights result = *sparse;
    for (Index row = 0; row < result.outerSize(); ++row)
        for (SparseWeights::InnerIterator entry(result, row); entry; ++entry)
            entry.valueRef() = delta.row(row).dot(x.row(entry.col()));
    return result;
}

namespace {

RateLayer layer_of(Index size, Activation activation) {
    return {size, activation, Eigen::VectorXd::Zero(size), false, false};
}

// One stream for each postsynaptic neuron of projection `part`.
DenseWeights normal_weights(Index rows, Index columns, double deviation, std::uint64_t seed,
                            std::uint32_t part) {
    DenseWeights w(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        sim::RandomStream random({seed, part, sim::Purpose::weight}, static_cast<std::uint64_t>(i));
        for (Index j = 0; j < columns; ++j) w(i, j) = deviation * random.normal();
    }
    return w;
}

}  // namespace

RateNetwork layered_network(const LayeredSpec& spec) {
    RateNetwork network;
    for (std::size_t i = 0; i < spec.sizes.size(); ++i) {
        const bool is_last = i + 1 == spec.sizes.size();
        auto& layer = network.layers.emplace_back(
            layer_of(spec.sizes[i], is_last ? spec.output : spec.hidden));
        layer.is_input = i == 0;
        layer.is_output = is_last;
        if (i == 0) continue;
        const auto part = static_cast<std::uint32_t>(i);
        sim::RandomStream random({spec.seed, part, sim::Purpose::parameter}, 0);
        for (auto& b : layer.bias) b = spec.bias * random.normal();
        const double deviation = spec.gain / std::sqrt(static_cast<double>(spec.sizes[i - 1]));
        network.projections.push_back(
            {i - 1, i,
             normal_weights(spec.sizes[i], spec.sizes[i - 1], deviation, spec.seed, part)});
    }
    return network;
}

namespace {

SparseWeights thinned(const DenseWeights& w, const RecurrentSpec& spec, std::uint32_t part) {
    SparseWeights result(w.rows(), w.cols());
    for (Index i = 0; i < w.rows(); ++i) {
        sim::RandomStream random({spec.seed, part, sim::Purpose::wiring},
                                 static_cast<std::uint64_t>(i));
        for (Index j = 0; j < w.cols(); ++j)
            if (random.uniform() < spec.density && w(i, j) != 0) result.insert(i, j) = w(i, j);
    }
    result.makeCompressed();
    return result;
}

}  // namespace

RateNetwork recurrent_network(const RecurrentSpec& spec) {
    constexpr std::size_t last = 2;
    RateNetwork network;
    network.layers = {layer_of(spec.inputs, Activation::linear),
                      layer_of(spec.hidden, spec.activation),
                      layer_of(spec.outputs, spec.activation)};
    network.layers.front().is_input = true;
    network.layers.back().is_output = true;
    const auto all = static_cast<double>(spec.inputs + spec.hidden + spec.outputs);
    std::uint32_t part = 0;
    for (std::size_t from = 0; from <= last; ++from)
        for (std::size_t to = 1; to <= last; ++to) {
            ++part;
            if (from == last && !spec.output_feedback) continue;
            auto w = normal_weights(network.layers[to].size, network.layers[from].size,
                                    spec.gain / std::sqrt(all), spec.seed, part);
            if (from == to) w.diagonal().setZero();
            if (spec.density < 1) network.projections.push_back({from, to, thinned(w, spec, part)});
            else network.projections.push_back({from, to, std::move(w)});
        }
    return network;
}

}  // namespace models
