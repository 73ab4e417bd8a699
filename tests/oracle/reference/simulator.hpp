// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The slow reference: one thread, one queue, long double. It shares the wiring and the draws of the
// sources with the engine, and nothing else.
//
// Exact timing: inputs and wake-ups of neurons leave a queue in the order of time; a spike happens
// at the instant the threshold is reached, and holds its neuron for t_ref.
// Grid timing: in every step each neuron flows, takes what arrives, and is compared with the
// threshold; a spike holds the round(t_ref / resolution) steps after its own.

#include <cstdint>
#include <vector>

#include "sim/net/network.hpp"
#include "tests/oracle/reference/model.hpp"

namespace reference {

struct Spike {
    std::uint64_t id;  ///< inside the population
    Real time;         ///< ms
};

struct Outcome {
    /// [population of the network], in the order of (time, id)
    std::vector<std::vector<Spike>> spikes;
    /// [population][neuron][state variable of the catalogue], at the end of the run
    std::vector<std::vector<std::vector<Real>>> states;
};

/// Runs the network for the duration of its description, in its timing; leaves out the spikes that
/// phases do not record.
/// Throws: UnknownName if a model has no reference
Outcome simulate(const sim::Network& network, const sim::Catalogue& catalogue);

}  // namespace reference
