// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The recent spikes of a population by step, for as long as a synapse can still delay them.
//
// Invariant: the spikes of a step are sorted by (offset, id), which makes every sum over arrivals
// independent of who emitted them in which order.
// Threads: written between windows by one thread, read by all.

#include <algorithm>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/run/source.hpp"

namespace sim {

class SpikeRing {
public:
    /// Keeps `steps` steps.
    explicit SpikeRing(Step steps) : slots_(static_cast<std::size_t>(steps)) {}

    void clear() {
        for (auto& slot : slots_) slot.clear();
    }
    void clear(Step step) { slots_[index(step)].clear(); }
    void push(const Spike& spike) { slots_[index(spike.time.step)].push_back(spike); }

    /// All spikes of a window, which has been cleared. Leaves others in `spikes`.
    void take(Window window, std::vector<Spike>& spikes) {
        if (window.end - window.begin == 1) slots_[index(window.begin)].swap(spikes);
        else
            for (const auto& spike : spikes) push(spike);
    }

    void sort(Step step) {
        auto& slot = slots_[index(step)];
        std::sort(slot.begin(), slot.end(), [](const Spike& a, const Spike& b) {
            return a.time.offset != b.time.offset ? a.time.offset < b.time.offset : a.id < b.id;
        });
    }

    /// Needs: `step` >= 0 and among the last steps kept
    const std::vector<Spike>& at(Step step) const { return slots_[index(step)]; }

private:
    std::size_t index(Step step) const {
        return static_cast<std::size_t>(step) % slots_.size();
    }
    std::vector<std::vector<Spike>> slots_;
};

}  // namespace sim
