// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Which runs of some rows act in the steps to come.
//
// A spike enters the runs of all its delays at once, so that its part of the index is read in one go,
// where a look-up at every delay would wait for memory each time.
// Invariant: the runs of a step are in the order of emission: step, then as the ring has the spikes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/net/synapse_rows.hpp"
#include "sim/run/source.hpp"

namespace sim {

template <class Run>
class RunCalendar {
public:
    /// `pre`: the population whose spikes come through the rows
    RunCalendar(const SynapseRows& rows, std::size_t pre)
        : rows_(&rows), pre_(pre), days_(static_cast<std::size_t>(rows.longest())) {}

    const SynapseRows& rows() const { return *rows_; }
    std::size_t pre() const { return pre_; }

    /// The runs of the step `arrival`; whoever takes them empties the list.
    std::vector<Run>& at(Step arrival) {
        return days_[static_cast<std::size_t>(arrival) % days_.size()];
    }

    const std::vector<Run>& at(Step arrival) const {
        return days_[static_cast<std::size_t>(arrival) % days_.size()];
    }

    /// Enters the runs that have synapses, each as make(spike, entry of the index).
    /// Needs: rows in chunks; the runs of `emitted` have been taken
    template <class Make>
    void enter(std::span<const Spike> spikes, Step emitted, const Make& make) {
        constexpr std::size_t entries_per_line = 64 / sizeof(std::uint32_t);
        const auto delays = static_cast<std::size_t>(rows_->longest() - rows_->shortest()) + 1;
        auto* const end = days_.data() + days_.size();
        for (const auto& spike : spikes) {
            const auto* entry = rows_->run(spike.id, rows_->shortest());
            for (std::size_t i = 0; i <= delays; i += entries_per_line)
                __builtin_prefetch(entry + i);
        }
        for (const auto& spike : spikes) {
            const auto* entry = rows_->run(spike.id, rows_->shortest());
            auto day = &at(emitted + rows_->shortest());
            for (std::size_t i = 0; i < delays; ++i, ++entry) {
                if (SynapseRows::chunked_size(entry) > 0) day->push_back(make(spike, entry));
                if (++day == end) day = days_.data();
            }
        }
    }

    /// Spikes under way no longer arrive.
    void clear() {
        for (auto& runs : days_) runs.clear();
    }

private:
    const SynapseRows* rows_;
    std::size_t pre_;
    std::vector<std::vector<Run>> days_;  // [step of arrival % longest delay]
};

}  // namespace sim
