// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Train of a source model that says when its next spike comes.
//
// A unit's spikes are those of its process at which its gate is open. In grid timing a spike is
// stamped at the first grid point at or after its time, as a neuron's crossing is; gates look at
// the time itself, so that both timings let the same spikes pass.

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
            later_.push_back(static_cast<std::uint32_t>(k));
        }
        heads_.fill(none);
        links_.resize(units_.size());
    }
    TrainAdapter(const TrainAdapter&) = delete;  // gates point at the context
    TrainAdapter& operator=(const TrainAdapter&) = delete;

    void emit(Window window, std::vector<Spike>& out) override {
        for (Step step = window.begin; step < window.end; ++step) {
            if (step >= turn_end_) begin_turn(step);
            auto k = std::exchange(heads_[slot(step)], none);
            while (k != none) {
                const auto following = links_[k];
                for (; mark(due_[k]).step <= step; due_[k] = next(units_[k]))
                    if (is_heard(units_[k], due_[k])) out.push_back({k, mark(due_[k])});
                enter(k);
                k = following;
            }
        }
    }

private:
    static constexpr Step turn = 512;  // steps
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    struct Unit {
        typename M::Process process;
        Gate gate;
    };

    static std::size_t slot(Step step) { return static_cast<std::size_t>(step % turn); }

    /// Puts a unit where its next spike is looked for.
    void enter(std::uint32_t k) {
        const Step step = mark(due_[k]).step;
        if (step >= turn_end_) {
            later_.push_back(k);
        } else {
            links_[k] = heads_[slot(step)];
            heads_[slot(step)] = k;
        }
    }

    void begin_turn(Step begin) {
        turn_end_ = begin + turn;
        waiting_.swap(later_);
        later_.clear();
        for (const auto k : waiting_) enter(k);
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
    // Units by the step of their next spike: a list for each step of the turn under way, and those of
    // later turns.
    std::array<std::uint32_t, turn> heads_;
    std::vector<std::uint32_t> links_;
    std::vector<std::uint32_t> later_, waiting_;
    Step turn_end_ = std::numeric_limits<Step>::min();
};

}  // namespace sim
