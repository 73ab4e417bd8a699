// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/force.hpp"

namespace models {

ForceReadout::ForceReadout(const ReversibleNetwork& network, double ridge)
    : size_(network.columns_out()), p_(size_ * size_), f_(size_), gain_(size_) {
    for (std::size_t i = 0; i < size_; ++i) p_[i * size_ + i] = 1 / ridge;
}

// The features of one sample are in f_.
double ForceReadout::learn_one(ReversibleNetwork& network, const double* target,
                               std::size_t target_stride) {
    double norm = 1;
    for (std::size_t i = 0; i < size_; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < size_; ++j) sum += p_[i * size_ + j] * f_[j];
        gain_[i] = sum;
        norm += f_[i] * sum;
    }
    for (std::size_t i = 0; i < size_; ++i)
        for (std::size_t j = 0; j < size_; ++j) p_[i * size_ + j] -= gain_[i] * gain_[j] / norm;
    double loss = 0;
    for (std::size_t o = 0; o < network.config().outputs; ++o) {
        double* w = network.weights().data() + network.begin_out() + o * network.stride_out();
        double error = -target[o * target_stride];
        for (std::size_t i = 0; i < size_; ++i) error += w[i] * f_[i];
        for (std::size_t i = 0; i < size_; ++i) w[i] -= error * gain_[i] / norm;
        loss += 0.5 * error * error;
    }
    return loss;
}

void ForceReadout::learn(ReversibleNetwork& network, const EpisodeBatch& batch,
                         ReversibleWorkspace& work, std::vector<double>& losses) {
    losses.assign(batch.lanes, 0.0);
    auto state = network.initial_state(batch.lanes);
    for (std::size_t t = 0; t < batch.steps; ++t) {
        network.step(state, batch.input_at(t), work, nullptr);
        if (!batch.is_taught(t)) continue;
        network.compute_features(state, work);
        const double* features = work.features.data() + network.first_feature() * batch.lanes;
        for (std::size_t lane = 0; lane < batch.lanes; ++lane) {
            if (batch.taught_at(t)[lane] == 0) continue;
            for (std::size_t i = 0; i < size_; ++i) f_[i] = features[i * batch.lanes + lane];
            losses[lane] += learn_one(network, batch.target_at(t) + lane, batch.lanes);
        }
    }
}

}  // namespace models
