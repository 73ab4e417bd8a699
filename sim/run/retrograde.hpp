// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A retrograde event as it leaves its neuron.

#include <cstdint>
#include <functional>

#include "sim/core/time.hpp"

namespace sim {

struct RetrogradeEvent {
    std::size_t population;  ///< of the network
    std::uint32_t neuron;    ///< inside its population
    Time time;
    double amount;  ///< spikes
};

using RetrogradeVisit = std::function<void(const RetrogradeEvent&)>;

}  // namespace sim
