// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One network, built and run once, and what it took. Spikes go to a file, as in `run`.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/net/description.hpp"

namespace protocols::cli {

using Json = nlohmann::ordered_json;

/// Counts and times are those of the stretch on the clock, but for building and memory.
struct Measurement {
    double build_s = 0;     ///< from the description to a simulation that can start
    double simulate_s = 0;  ///< until the last spikes were handed to the writing thread
    double delivery_s = 0;  ///< of it
    double update_s = 0;
    double exchange_s = 0;
    double output_s = 0;
    double close_s = 0;  ///< until the file was whole on the disk; not in simulate_s
    double simulated_ms = 0;
    std::uint64_t neurons = 0;
    std::uint64_t synapses = 0;
    std::uint64_t synapse_bytes = 0;
    std::uint64_t spikes = 0;
    std::uint64_t synaptic_events = 0;  ///< arrivals of neurons' spikes at synapses
    /// Of them at plastic synapses, but those of sources counted too: spikes times the mean number of
    /// such synapses that a neuron of the population has.
    std::uint64_t plastic_events = 0;
    std::uint64_t source_events = 0;
    std::uint64_t neuron_updates = 0;  ///< neurons times steps of the resolution
    std::uint64_t peak_bytes = 0;      ///< of the whole process

    double real_time_factor() const { return simulate_s / (simulated_ms * 1e-3); }
    double events_per_s() const { return static_cast<double>(synaptic_events) / simulate_s; }
    double plastic_events_per_s() const { return static_cast<double>(plastic_events) / simulate_s; }
    double updates_per_s() const { return static_cast<double>(neuron_updates) / simulate_s; }
    double seconds_per_event() const { return simulate_s / static_cast<double>(synaptic_events); }
    double bytes_per_synapse() const;  ///< 0 if there are none
    double synapses_per_neuron() const;
    double rate_hz() const;
};

Json to_json(const Measurement& measurement);
Measurement measurement_from(const Json& json);

/// In this process. The clock runs from `warm_up` ms to the end of the description.
/// Throws: what the network and the files throw
Measurement measure(const sim::Description& description, const sim::Catalogue& catalogue,
                    double warm_up, int threads);

/// In a process of its own, so that its peak memory and its heap are those of one run: this program
/// again, with these arguments, which print a measurement as JSON. Nothing if it was interrupted.
/// Throws: Error if it fails; what it said is on standard error
std::optional<Measurement> measure_apart(const std::vector<std::string>& arguments);

}  // namespace protocols::cli
