// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/early_stop.hpp"

#include <cmath>
#include <utility>

namespace sim {

bool EarlyStop::are_together(std::size_t a, std::size_t b) const {
    const auto& phases = network_.description().phases;
    return a == b || (!phases[a].trial.empty() && phases[a].trial == phases[b].trial);
}

void EarlyStop::begin(std::size_t phase) {
    const bool goes_on = phase_ && are_together(*phase_, phase);
    phase_ = phase;
    if (goes_on) return;
    const auto& phases = network_.description().phases;
    last_.reset();
    spec_ = nullptr;
    for (std::size_t i = 0; i < phases.size() && spec_ == nullptr; ++i)
        if (phases[i].stop && are_together(i, phase)) spec_ = &*phases[i].stop;
    due_ = spec_ == nullptr ? never : 0;
}

bool EarlyStop::look(Step now, const std::vector<std::uint64_t>& spikes_of_population,
                     const Weights& weights) {
    Look look{now, 0, {}};
    if (spec_->projection.empty())
        look.spikes = spikes_of_population[network_.population(spec_->population)];
    else look.weights = weights(spec_->projection);
    const bool result = last_ && is_met(*last_, look);
    last_ = std::move(look);
    due_ = now + network_.clock().nearest_step(spec_->every);
    return result;
}

bool EarlyStop::is_met(const Look& before, const Look& now) const {
    if (!spec_->projection.empty()) {
        if (before.weights.size() != now.weights.size()) return false;  // rewired meanwhile
        double moved = 0;
        double all = 0;
        for (std::size_t k = 0; k < now.weights.size(); ++k) {
            moved += std::abs(now.weights[k] - before.weights[k]);
            all += std::abs(now.weights[k]);
        }
        return moved < spec_->change * all;
    }
    constexpr double ms_per_s = 1000;
    const auto& population = network_.populations()[network_.population(spec_->population)];
    const double rate =
        static_cast<double>(now.spikes - before.spikes) * ms_per_s /
        (network_.clock().ms(now.at - before.at) * static_cast<double>(population.size));
    return (!spec_->rate_above || rate > *spec_->rate_above) &&
           (!spec_->rate_below || rate < *spec_->rate_below);
}

}  // namespace sim
