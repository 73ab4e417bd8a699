// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Builds and runs one network once and says what it took.

#include <cstdint>

#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"

namespace bench {

/// Counts are those of the timed stretch. Plain data: it crosses from process to process.
struct Measurement {
    double build_s;
    double simulate_s;
    double simulated_ms;
    std::uint64_t neurons;
    std::uint64_t synapses;
    std::uint64_t synapse_bytes;
    std::uint64_t spikes;
    std::uint64_t synaptic_events;
    std::uint64_t source_events;
    std::uint64_t peak_bytes;  ///< of the whole process

    double real_time_factor() const { return simulate_s / (simulated_ms * 1e-3); }
    double events_per_s() const { return static_cast<double>(synaptic_events) / simulate_s; }
    double bytes_per_synapse() const {
        return static_cast<double>(synapse_bytes) / static_cast<double>(synapses);
    }
};

/// In a process of its own, so that its peak memory and its heap are those of one run. Spikes are
/// kept in memory. The clock runs from `warm_up` ms to the end of the description.
/// Needs: no other thread in this process
/// Throws: Error if the run fails; its message is on standard error
Measurement measure(const sim::Description& description, const sim::Catalogue& catalogue,
                    double warm_up, int threads);

}  // namespace bench
