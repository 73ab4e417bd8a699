// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Gradient descent: plain or Adam, with warm-up, linear decay and a limit on the gradient's norm.
//
// Source: Kingma & Ba 2015 (ICLR), algorithm 1, for Adam; Pascanu et al. 2013 (ICML) for clipping

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace models {

struct OptimizerConfig {
    enum class Kind { sgd, adam };
    Kind kind = Kind::adam;
    double rate = 3e-3;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  // Adam
    double warm_up = 50;          ///< updates in which the rate rises linearly
    double budget = 4000;         ///< updates; over the second half of them the rate falls linearly
    double last_fraction = 0.05;  ///< of the rate, at the end
    double clip = 1;              ///< largest Euclidean norm of a gradient; 0: none
};

class Optimizer {
public:
    Optimizer(const OptimizerConfig& config, std::size_t size)
        : config_(config), mean_(size), square_(size), change_(size) {}

    /// Factor on the rate of the next update.
    double schedule() const {
        const double done = static_cast<double>(updates_);
        const double rise = config_.warm_up > 0 ? std::min(1.0, (done + 1) / config_.warm_up) : 1.0;
        const double half = config_.budget / 2;
        const double late = std::clamp((done - half) / std::max(half, 1.0), 0.0, 1.0);
        return rise * (1 - (1 - config_.last_fraction) * late);
    }

    /// The change that goes with a gradient, which is scaled to the largest norm if beyond it.
    const std::vector<double>& change(std::vector<double>& gradient) {
        clip(gradient);
        const double rate = config_.rate * schedule();
        ++updates_;
        if (config_.kind == OptimizerConfig::Kind::sgd) {
            for (std::size_t i = 0; i < gradient.size(); ++i) change_[i] = -rate * gradient[i];
            return change_;
        }
        const double count = static_cast<double>(updates_);
        const double step = rate / (1 - std::pow(config_.beta1, count));
        const double correction = 1 / (1 - std::pow(config_.beta2, count));
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            const double g = gradient[i];
            mean_[i] = config_.beta1 * mean_[i] + (1 - config_.beta1) * g;
            square_[i] = config_.beta2 * square_[i] + (1 - config_.beta2) * (g * g);
            change_[i] = -step * mean_[i] / (std::sqrt(square_[i] * correction) + config_.epsilon);
        }
        return change_;
    }

    std::uint64_t updates() const { return updates_; }
    double gradient_norm() const { return norm_; }  ///< before clipping, of the last update

private:
    void clip(std::vector<double>& gradient) {
        double sum = 0;
        for (const double g : gradient) sum += g * g;
        norm_ = std::sqrt(sum);
        if (config_.clip <= 0 || norm_ <= config_.clip) return;
        for (double& g : gradient) g *= config_.clip / norm_;
    }

    OptimizerConfig config_;
    std::vector<double> mean_, square_, change_;
    std::uint64_t updates_ = 0;
    double norm_ = 0;
};

}  // namespace models
