// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Backpropagation and its check, in plain loops over plain vectors: nothing of it is shared with
// models/rate.

#include <cmath>
#include <functional>
#include <vector>

namespace oracle {

using Numbers = std::vector<double>;

/// A chain of dense layers; layer l has weights [post][pre] and biases [post].
struct SlowNetwork {
    enum class Squash { linear, relu, tanh, sigmoid, softplus };
    std::vector<std::vector<Numbers>> weights;
    std::vector<Numbers> biases;
    Squash hidden = Squash::tanh;
    Squash last = Squash::linear;
    bool is_cross_entropy = false;  ///< else half the squared error

    Squash squash(std::size_t layer) const { return layer + 1 == weights.size() ? last : hidden; }
};

inline double squashed(SlowNetwork::Squash f, double s) {
    using enum SlowNetwork::Squash;
    if (f == relu) return s > 0 ? s : 0;
    if (f == tanh) return std::tanh(s);
    if (f == sigmoid) return 1 / (1 + std::exp(-s));
    if (f == softplus) return std::log(1 + std::exp(s));
    return s;
}

inline double steepness(SlowNetwork::Squash f, double s) {
    using enum SlowNetwork::Squash;
    if (f == relu) return s > 0 ? 1 : 0;
    if (f == tanh) return 1 / (std::cosh(s) * std::cosh(s));
    if (f == sigmoid) return squashed(sigmoid, s) * (1 - squashed(sigmoid, s));
    if (f == softplus) return squashed(sigmoid, s);
    return 1;
}

inline Numbers inputs_of(const SlowNetwork& net, std::size_t layer, const Numbers& x) {
    Numbers s = net.biases[layer];
    for (std::size_t i = 0; i < s.size(); ++i)
        for (std::size_t j = 0; j < x.size(); ++j) s[i] += net.weights[layer][i][j] * x[j];
    return s;
}

inline double slow_loss(const SlowNetwork& net, Numbers x, const Numbers& target) {
    for (std::size_t layer = 0; layer < net.weights.size(); ++layer) {
        x = inputs_of(net, layer, x);
        for (auto& v : x) v = squashed(net.squash(layer), v);
    }
    double loss = 0;
    double total = 0;
    for (const double v : x) total += std::exp(v);
    for (std::size_t k = 0; k < x.size(); ++k)
        loss += net.is_cross_entropy ? -target[k] * std::log(std::exp(x[k]) / total)
                                     : 0.5 * (target[k] - x[k]) * (target[k] - x[k]);
    return loss;
}

/// Descent directions: -dL/dw [layer][post][pre] and -dL/db [layer][post].
struct SlowChange {
    std::vector<std::vector<Numbers>> weights;
    std::vector<Numbers> biases;
};

inline SlowChange slow_backprop(const SlowNetwork& net, const Numbers& input,
                                const Numbers& target) {
    const std::size_t depth = net.weights.size();
    std::vector<Numbers> x{input};
    std::vector<Numbers> s;
    for (std::size_t layer = 0; layer < depth; ++layer) {
        s.push_back(inputs_of(net, layer, x.back()));
        x.push_back(s.back());
        for (auto& v : x.back()) v = squashed(net.squash(layer), v);
    }
    Numbers error(target.size());
    double total = 0;
    for (const double v : x.back()) total += std::exp(v);
    for (std::size_t k = 0; k < error.size(); ++k)
        error[k] = target[k] - (net.is_cross_entropy ? std::exp(x.back()[k]) / total : x.back()[k]);
    SlowChange change{net.weights, net.biases};
    for (std::size_t layer = depth; layer-- > 0;) {
        for (std::size_t i = 0; i < error.size(); ++i) {
            error[i] *= steepness(net.squash(layer), s[layer][i]);
            change.biases[layer][i] = error[i];
            for (std::size_t j = 0; j < x[layer].size(); ++j)
                change.weights[layer][i][j] = error[i] * x[layer][j];
        }
        Numbers below(x[layer].size(), 0.0);
        for (std::size_t i = 0; i < error.size(); ++i)
            for (std::size_t j = 0; j < below.size(); ++j)
                below[j] += net.weights[layer][i][j] * error[i];
        error = below;
    }
    return change;
}

/// -d value / d x by central differences.
inline double central_difference(double& x, double step, const std::function<double()>& value) {
    const double middle = x;
    x = middle + step;
    const double above = value();
    x = middle - step;
    const double below = value();
    x = middle;
    return -(above - below) / (2 * step);
}

}  // namespace oracle
