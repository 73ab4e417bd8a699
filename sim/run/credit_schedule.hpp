// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// When teachers are there, and when neurons release what they hold after they have left.

#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// Which populations have credit. Shape: [population of the network], number in the description or -1
std::vector<int> credit_of_populations(const Network& network);

/// Of a retrograde event, from its neuron to the presynaptic ones.
Time retrograde_delay(const Network& network, const CreditSpec& spec);

struct CreditSchedule {
    struct Own {
        std::vector<Window> taught = {};  ///< when a teacher of its own is there
        std::vector<Time> releases = {};  ///< after the end of a stretch in which anybody is taught
    };
    std::vector<Window> taught;  ///< anybody, ascending
    std::vector<Own> of;         ///< by credit of the description
};

/// Without cycles a population releases once, when all that was sent from above has come, and, where
/// there is a tail, once more after it, in the same order. What goes in circles is released at the
/// shortest retrograde delay, again and again until the tail ends.
CreditSchedule credit_schedule(const Network& network);

/// Whether a step lies in one of the stretches.
bool contains(const std::vector<Window>& stretches, Step step);

}  // namespace sim
