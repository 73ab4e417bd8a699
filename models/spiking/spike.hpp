// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the layers of spiking credit networks (spiking_credit.hpp) hand to each other.
//
// Threads: plain data.

#include <cstddef>
#include <cstdint>
#include <limits>

namespace models {

struct Spike {
    double time = 0;  ///< ms
    std::uint32_t neuron = 0;
};

/// A spike where it arrives, at all neurons of a layer.
struct Arrival {
    double time = 0;          ///< ms
    const double* weights{};  ///< [post], filled up with zeros to whole blocks of lanes
};

/// A signed retrograde event as it leaves its neuron.
struct Retrograde {
    double time = 0;  ///< ms
    std::uint32_t neuron = 0;
    double amount = 0;  ///< spikes
};

/// The same where it arrives, at all presynaptic neurons of a layer.
struct RetrogradeArrival {
    double time = 0;  ///< ms
    double amount = 0;
    const double* weights{};  ///< [pre], filled up with zeros; null: nobody takes the credit
    double* gathered{};       ///< [pre], what the synapses gather by traces; null: they do not
};

/// A half-open stretch of time.
struct Stretch {
    double begin = 0;  ///< ms
    double end = 0;    ///< ms

    bool contains(double time) const { return time >= begin && time < end; }
    double length() const { return end - begin; }
};

inline constexpr double never = std::numeric_limits<double>::infinity();

}  // namespace models
