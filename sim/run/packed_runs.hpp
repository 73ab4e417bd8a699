// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What spikes bring to a tile through packed synapses, in grid timing.
//
// The runs of a step, which a calendar holds, are listed as chunks of 8 synapses, one after the other:
// a loop over chunks knows how far it goes, where a loop over each short run ends in a branch that
// nothing foretells, and fetches its synapses a fixed way ahead. Sums are whole quanta, so their order
// does not matter.
//
// Threads: one at a time.

#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/net/network.hpp"
#include "sim/run/run_calendar.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

class PackedRuns {
public:
    /// Lists what arrives in `window`. `sums_of`: by group, the number of the sums that its packed rows
    /// go to.
    /// Needs: windows one after the other, none longer than a delay
    void list(const Tile& tile, const std::vector<ProjectionGroup>& groups,
              std::span<const std::int16_t> sums_of, const std::vector<SpikeRing>& rings,
              Window window);

    /// Adds all that arrives at a step of the window, sums(number) being those of a number; returns how
    /// many synapses.
    template <class Sums>
    std::uint64_t add(Step step, const Sums& sums) const {
        if (ends_.empty()) return 0;
        const auto bin = static_cast<std::size_t>(step - begin_);
        std::size_t s = bin == 0 ? 0 : ends_[bin - 1].stretches;
        std::size_t from = s == 0 ? 0 : stretches_[s - 1].end;
        for (; s < ends_[bin].stretches; from = stretches_[s++].end)
            add(from, stretches_[s].end, sums(stretches_[s].sums));
        return ends_[bin].synapses;
    }

    /// Spikes under way no longer arrive.
    void clear() {
        for (auto& of_rows : rows_) of_rows.calendar.clear();
    }

private:
    struct Run {  // as the index has it
        std::uint32_t entry;
        std::uint32_t next;
    };
    struct OfRows {
        RunCalendar<Run> calendar;
        std::int16_t sums;
    };
    struct Stretch {  // of chunks onto the same sums
        std::int16_t sums;
        std::size_t end;  // in chunks_
    };
    struct StepEnd {
        std::size_t stretches;
        std::uint64_t synapses;
    };
    void open(const Tile& tile, const std::vector<ProjectionGroup>& groups,
              std::span<const std::int16_t> sums_of);
    std::uint64_t take(const SynapseRows& rows, std::vector<Run>& runs);
    void add(std::size_t first, std::size_t last, std::int32_t* sums) const;

    // Some 800 synapses: far enough to hide the latency of memory (32 to 256 chunks were alike, on rows
    // of 0.6 GB).
    static constexpr std::size_t ahead = 96;

    Step begin_ = 0;  // of the window
    bool is_open_ = false;
    std::vector<OfRows> rows_;
    std::vector<const std::uint32_t*> chunks_;  // of the window, with room
    std::size_t n_chunks_ = 0;
    std::vector<Stretch> stretches_;
    std::vector<StepEnd> ends_;  // by step of the window; none without packed rows
};

}  // namespace sim
