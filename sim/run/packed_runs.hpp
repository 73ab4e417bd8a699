// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What spikes bring through packed synapses, in grid timing.
//
// The runs of a window are listed as chunks of 8 synapses, one after the other: a loop over chunks
// knows how far it goes, where a loop over each short run ends in a branch that nothing foretells,
// and fetches its synapses a fixed way ahead. Sums are whole quanta, so their order does not matter.
//
// Threads: part of a Delivery.

#include <cstdint>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/net/synapse_rows.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

class PackedRuns {
public:
    /// Begins a window.
    void clear(Step begin);

    /// The runs of `rows` whose delay ends at the step under way, and the sums of their targets.
    void look_up(const SynapseRows& rows, const SpikeRing& spikes, Step arrival,
                 std::int32_t* sums);
    /// Ends the step under way.
    void end_step();
    /// Ends the window.
    void end();

    /// Adds all that arrives at a step; returns how many synapses.
    std::uint64_t add(Step step) const;

private:
    struct Lookup {  // runs of some rows
        const std::uint32_t* synapses;
        std::int32_t* sums;
        std::size_t end;  // in entries_
    };
    struct Stretch {  // of chunks onto the same sums
        std::int32_t* sums;
        std::size_t end;  // in chunks_
    };
    struct StepEnd {
        std::size_t stretches;
        std::uint64_t synapses;
    };
    void find_chunks(const Lookup& lookup, std::size_t first);

    // Some 1,000 synapses: far enough to hide the latency of memory, no farther than its queues are
    // long (32 to 256 chunks were alike, on rows of 0.6 GB).
    static constexpr std::size_t ahead = 96;

    Step begin_ = 0;
    std::vector<Lookup> lookups_;                // of the step under way
    std::vector<const std::uint32_t*> entries_;  // of the indices of rows
    std::vector<const std::uint32_t*> chunks_;   // of the window, with room
    std::size_t n_chunks_ = 0;
    std::uint64_t synapses_ = 0;  // of the step under way
    std::vector<Stretch> stretches_;
    std::vector<StepEnd> ends_;  // by step
};

}  // namespace sim
