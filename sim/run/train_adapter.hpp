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
            if (step >= turn_begin_ + turn) begin_turn(step);
            const auto slot = static_cast<std::size_t>(step - turn_begin_);
            for (auto i = ends_[slot]; i < ends_[slot + 1]; ++i)
                out.push_back({sorted_[i].unit, {step, sorted_[i].offset}});
        }
    }

private:
    static constexpr Step turn = 256;  // steps

    struct Unit {
        typename M::Process process;
        Gate gate;
    };
    /// Spikes of a turn, as small as can be.
    struct Made {
        std::uint32_t slot, unit;
        double offset;
    };
    struct Sorted {
        std::uint32_t unit;
        double offset;
    };

    void begin_turn(Step begin) {
        turn_begin_ = begin;
        made_.clear();
        for (std::uint32_t k = 0; k < units_.size(); ++k)
            for (auto& due = due_[k]; mark(due).step < begin + turn; due = next(units_[k]))
                if (is_heard(units_[k], due)) {
                    const Time time = mark(due);
                    made_.push_back(
                        {static_cast<std::uint32_t>(time.step - begin), k, time.offset});
                }
        sort_made();
    }

    // By step, units ascending: places are counted first.
    void sort_made() {
        ends_.fill(0);
        for (const auto& one : made_) ++ends_[one.slot + 1];
        for (std::size_t slot = 1; slot < ends_.size(); ++slot) ends_[slot] += ends_[slot - 1];
        sorted_.resize(made_.size());
        auto next = ends_;
        for (const auto& one : made_) sorted_[next[one.slot]++] = {one.unit, one.offset};
    }

    bool on_grid() const { return context_.timing == Timing::grid; }

    Time mark(Time time) const { return on_grid() ? Time{stamp(time), 0} : time; }

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
    Step turn_begin_ = -turn;
    std::vector<Made> made_;  // unit by unit
    std::vector<Sorted> sorted_;
    std::array<std::uint32_t, turn + 1> ends_{};  // where each step begins in sorted_, and ends
};

}  // namespace sim
