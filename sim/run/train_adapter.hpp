// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Train of a source model that says when its next spike comes.
//
// A unit's spikes are those of its process at which its gate is open. In grid timing a spike is
// stamped at the first grid point at or after its time, as a neuron's crossing is; gates look at
// the time itself, so that both timings let the same spikes pass. Spikes are made some time ahead, unit
// by unit: one after the other in time each would wait for the memory of another unit.

#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "sim/run/source_gate.hpp"

namespace sim {

template <TrainModel M>
class TrainAdapter final : public Train {
public:
    explicit TrainAdapter(const SourceContext& context) : context_(context) {
        const auto params = source_params<M>(context_, 0, context_.spec.size);
        units_.reserve(context_.spec.size);
        for (std::uint64_t k = 0; k < context_.spec.size; ++k) {
            const auto& p = params[params.size() == 1 ? 0 : k];
            const Gate gate(context_, p);
            units_.push_back({{p, SourceUnit{context_, k, gate.start()}}, gate});
            due_.push_back(next(units_.back()));
        }
    }
    TrainAdapter(const TrainAdapter&) = delete;  // gates point at the context
    TrainAdapter& operator=(const TrainAdapter&) = delete;

    void emit(Window window, std::vector<Spike>& out) override {
        for (Step step = window.begin; step < window.end; ++step) {
            if (step >= turn_end_) begin_turn(step);
            auto& spikes = made_[slot(step)];
            out.insert(out.end(), spikes.begin(), spikes.end());
            spikes.clear();
        }
    }

private:
    static constexpr Step turn = 128;  // steps

    struct Unit {
        typename M::Process process;
        Gate gate;
    };

    static std::size_t slot(Step step) { return static_cast<std::size_t>(step % turn); }

    void begin_turn(Step begin) {
        turn_end_ = begin + turn;
        for (std::uint32_t k = 0; k < units_.size(); ++k)
            for (auto& due = due_[k]; mark(due).step < turn_end_; due = next(units_[k]))
                if (is_heard(units_[k], due)) made_[slot(mark(due).step)].push_back({k, mark(due)});
    }

    Time mark(Time time) const {
        return context_.timing == Timing::grid ? Time{stamp(time), 0} : time;
    }

    Time next(Unit& unit) const {
        const Time time = unit.process.next(context_.clock);
        return time < unit.gate.stop() ? time : never;
    }

    bool is_heard(Unit& unit, Time time) const {
        if constexpr (requires { unit.process.keeps(time, context_.clock); })
            if (!unit.process.keeps(time, context_.clock)) return false;
        return unit.gate.is_open(time);
    }

    SourceContext context_;
    std::vector<Unit> units_;
    std::vector<Time> due_;  // the next time of each unit
    std::array<std::vector<Spike>, turn> made_;  // of the turn under way, by step
    Step turn_end_ = std::numeric_limits<Step>::min();
};

}  // namespace sim
