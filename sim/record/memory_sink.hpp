// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Keeps everything recorded in memory: for tests and for protocols that look at their own spikes.

#include "sim/record/sink.hpp"

namespace sim {

class MemorySink final : public Sink {
public:
    void begin(const RecordingPlan& plan) override {
        plan_ = plan;
        spikes_.assign(plan.populations.size(), {});
        traces_.assign(plan.traces.size(), {});
        weights_.assign(plan.weights.size(), {});
    }
    void write(const Batch& batch) override {
        for (std::size_t i = 0; i < spikes_.size(); ++i) {
            const auto& from = batch.spikes[i];
            auto& to = spikes_[i];
            to.times.insert(to.times.end(), from.times.begin(), from.times.end());
            to.ids.insert(to.ids.end(), from.ids.begin(), from.ids.end());
        }
        for (std::size_t i = 0; i < traces_.size(); ++i)
            traces_[i].insert(traces_[i].end(), batch.traces[i].begin(), batch.traces[i].end());
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            const auto& from = batch.weights[i];
            auto& to = weights_[i];
            to.times.insert(to.times.end(), from.times.begin(), from.times.end());
            to.synapses.insert(to.synapses.end(), from.synapses.begin(), from.synapses.end());
            to.weights.insert(to.weights.end(), from.weights.begin(), from.weights.end());
        }
        until_ = batch.until;
    }
    void end(ExitState state) override { state_ = state; }

    const RecordingPlan& plan() const { return plan_; }
    const std::vector<SpikeColumn>& spikes() const { return spikes_; }
    /// Shape: [planned trace][row * neurons + neuron]
    const std::vector<std::vector<float>>& traces() const { return traces_; }
    /// By planned weights.
    const std::vector<WeightColumn>& weights() const { return weights_; }
    double until() const { return until_; }
    ExitState state() const { return state_; }

private:
    RecordingPlan plan_;
    std::vector<SpikeColumn> spikes_;
    std::vector<std::vector<float>> traces_;
    std::vector<WeightColumn> weights_;
    double until_ = 0;
    ExitState state_ = ExitState::running;
};

}  // namespace sim
