// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/weight_logs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sim {

void WeightLogs::plan(const Network& network, const Learning& learning, Recorder& recorder) {
    for (const auto& spec : network.description().record.weights) {
        auto synapses = learning.find(spec);
        RecordingPlan::Weights plan{spec.projection, {}, {}, 0, spec.interval, spec.changed_only};
        for (const auto& one : synapses) {
            plan.sources.push_back(one.source);
            plan.targets.push_back(one.target);
        }
        recorder.plan_weights(std::move(plan));
        const std::vector<double> none(synapses.size(), std::numeric_limits<double>::quiet_NaN());
        logs_.push_back({network.clock().nearest_step(spec.interval), spec.changed_only,
                         std::move(synapses), none});
    }
}

void WeightLogs::sample(Step step, double time_ms, const Learning& learning,
                        const std::vector<SpikeRing>& rings, Recorder& recorder) {
    for (std::size_t i = 0; i < logs_.size() && recorder.is_started(); ++i) {
        auto& log = logs_[i];
        if (step % log.interval != 0 || log.sampled == step) continue;
        log.sampled = step;
        for (std::uint32_t k = 0; k < log.synapses.size(); ++k) {
            const double weight = learning.weight(log.synapses[k], step, rings);
            if (log.changed_only && weight == log.last[k]) continue;
            log.last[k] = weight;
            recorder.add_weight(i, time_ms, k, weight);
        }
    }
}

Step WeightLogs::next_after(Step step) const {
    Step next = std::numeric_limits<Step>::max();
    for (const auto& log : logs_) next = std::min(next, (step / log.interval + 1) * log.interval);
    return next;
}

void WeightLogs::find_again(const Learning& learning) {
    for (auto& log : logs_) learning.find_again(log.synapses);
}

}  // namespace sim
