// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Train of a source model that says when its next spike comes.
//
// A unit's spikes are those of its process at which its gate is open. In grid timing a spike is
// stamped at the first grid point at or after its time, as a neuron's crossing is; gates look at
// the time itself, so that both timings let the same spikes pass.

#include <algorithm>
#include <limits>

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
        earliest_.assign((due_.size() + block - 1) / block, std::numeric_limits<Step>::min());
    }
    TrainAdapter(const TrainAdapter&) = delete;  // gates point at the context
    TrainAdapter& operator=(const TrainAdapter&) = delete;

    // Blocks of units with nothing in the window are passed over.
    void emit(Window window, std::vector<Spike>& out) override {
        for (std::size_t first = 0; first < due_.size(); first += block) {
            Step& earliest = earliest_[first / block];
            if (earliest >= window.end) continue;
            earliest = std::numeric_limits<Step>::max();
            for (std::size_t k = first; k < std::min(first + block, due_.size()); ++k) {
                while (mark(due_[k]).step < window.end) {
                    if (is_heard(units_[k], due_[k]))
                        out.push_back({static_cast<std::uint32_t>(k), mark(due_[k])});
                    due_[k] = next(units_[k]);
                }
                earliest = std::min(earliest, mark(due_[k]).step);
            }
        }
    }

private:
    static constexpr std::size_t block = 32;

    struct Unit {
        typename M::Process process;
        Gate gate;
    };

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
    std::vector<Step> earliest_;  // of each block, at or before its first spike
    std::vector<Time> due_;  // the next time of each unit, apart from the rest: the scan is hot
};

}  // namespace sim
