// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spike trains of clamped inputs, in order.
//
// Threads: one object, one thread.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/spiking/spike.hpp"
#include "sim/core/random.hpp"

namespace models {

enum class TrainKind {
    regular,  ///< one spike every 1 / rate, at a phase drawn for each presentation
    poisson
};

std::vector<std::string> train_kind_names();  ///< "regular", "poisson"
TrainKind train_kind_named(std::string_view name);

class InputTrains {
public:
    /// Appends the trains of a presentation, by (time, neuron); draws depend on key, presentation
    /// and neuron alone.
    /// Shape:  rates[neuron], 1/ms; those that are not above 0 are silent
    void append(TrainKind kind, std::span<const double> rates, double duration,
                const sim::RandomKey& key, std::uint64_t presentation, std::vector<Spike>& spikes);

private:
    void sort_into(double duration, std::vector<Spike>& spikes);

    std::vector<Spike> drawn_;
    std::vector<std::uint32_t> starts_;  // of buckets
};

/// Uniform numbers in (0, 1) for neurons 0, 1, ... of a presentation, to 32 bits.
void uniform_numbers(const sim::RandomKey& key, std::uint64_t presentation,
                     std::span<double> numbers);

}  // namespace models
