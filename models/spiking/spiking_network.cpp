// SPDX-License-Identifier: BSD-3-Clause
#include "models/spiking/spiking_network.hpp"

#include <algorithm>
#include <string>

#include "models/rate/lane_math.hpp"
#include "sim/core/error.hpp"

namespace models {
namespace {

using Eigen::Index;

void need(bool holds, std::size_t layer, const std::string& rule) {
    if (!holds) throw sim::BadNetwork("layers[" + std::to_string(layer) + "]: " + rule);
}

void check_spiking(const RateNetwork& network) {
    check(network);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        if (layer.is_output)
            need(layer.activation == Activation::linear, i,
                 "an output of a spiking network is the integral of its input; make it linear");
        else if (!layer.is_input)
            need(layer.activation == Activation::relu, i,
                 "spiking neurons rectify; set its activation to relu");
    }
    for (const auto& one : network.projections) {
        need(!network.layers[one.from].is_output, one.from,
             "an output does not spike; let hidden neurons project back");
        need(std::holds_alternative<DenseWeights>(one.weights), one.to,
             "spiking networks have dense weights; convert them");
    }
}

SpikingProjection spiking_projection(const RateProjection& one, const SpikingLayer& pre,
                                     const SpikingLayer& post) {
    const auto& w = std::get<DenseWeights>(one.weights);
    SpikingProjection result{one.from, one.to, std::vector<double>(pre.size * post.stride, 0), {}};
    if (!pre.is_input) result.by_post.assign(post.size * pre.stride, 0);
    for (std::size_t j = 0; j < pre.size; ++j)
        for (std::size_t i = 0; i < post.size; ++i) {
            const double weight = w(static_cast<Index>(i), static_cast<Index>(j));
            result.by_pre[j * post.stride + i] = weight;
            if (!pre.is_input) result.by_post[i * pre.stride + j] = weight;
        }
    return result;
}

// Longest ways, which lead forward only.
void set_depths(SpikingNetwork& network) {
    for (std::size_t i = network.layers.size(); i-- > 0;)
        for (const auto& one : network.projections)
            if (one.from == i)
                network.layers[i].depth =
                    std::max(network.layers[i].depth, network.layers[one.to].depth + 1);
}

}  // namespace

std::size_t SpikingNetwork::depth() const {
    std::size_t most = 0;
    for (const auto& layer : layers)
        if (!layer.is_input) most = std::max(most, layer.depth);
    return most;
}

SpikingNetwork spiking_network(const RateNetwork& network) {
    check_spiking(network);
    SpikingNetwork result;
    result.is_layered = is_layered(network);
    for (const auto& layer : network.layers) {
        const auto size = static_cast<std::size_t>(layer.size);
        result.layers.push_back({size,
                                 whole_blocks(size),
                                 {layer.bias.begin(), layer.bias.end()},
                                 layer.is_input,
                                 layer.is_output,
                                 result.is_layered || layer.is_output ? std::size_t{0} : 1});
    }
    for (const auto& one : network.projections)
        result.projections.push_back(
            spiking_projection(one, result.layers[one.from], result.layers[one.to]));
    if (result.is_layered) set_depths(result);
    return result;
}

void write_back(const SpikingNetwork& spiking, RateNetwork& network) {
    for (std::size_t i = 0; i < spiking.layers.size(); ++i)
        std::copy(spiking.layers[i].bias.begin(), spiking.layers[i].bias.end(),
                  network.layers[i].bias.begin());
    for (std::size_t k = 0; k < spiking.projections.size(); ++k) {
        auto& w = std::get<DenseWeights>(network.projections[k].weights);
        const auto& one = spiking.projections[k];
        for (Index j = 0; j < w.cols(); ++j)
            for (Index i = 0; i < w.rows(); ++i)
                w(i, j) = one.by_pre[static_cast<std::size_t>(j) * spiking.layers[one.to].stride +
                                     static_cast<std::size_t>(i)];
    }
}

}  // namespace models
