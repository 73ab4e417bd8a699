// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The engine and the reference on one network, spike for spike.

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "tests/contract/parts.hpp"
#include "tests/oracle/reference/simulator.hpp"

namespace oracle {

struct Comparison {
    std::size_t spikes = 0;               ///< of neurons, in the reference
    std::string mismatch;                 ///< the first train that lacks a spike or has one more
    double largest_difference = 0;        ///< of spike times, ms
    double largest_state_difference = 0;  ///< at the end, over 1 + |x| in house units
};

using Train = std::vector<Real>;  ///< ms, ascending

inline void compare(const std::string& name, const Train& expected, const Train& found,
                    Comparison& result) {
    result.spikes += expected.size();
    const std::size_t common = std::min(expected.size(), found.size());
    std::size_t i = 0;
    for (; i < common && std::abs(found[i] - expected[i]) < 1e-3L; ++i)
        result.largest_difference = std::max(
            result.largest_difference, static_cast<double>(std::abs(found[i] - expected[i])));
    if ((i == common && expected.size() == found.size()) || !result.mismatch.empty()) return;
    std::ostringstream text;
    text.precision(18);
    text << name << " spike " << i << ": ";
    i < expected.size() ? text << expected[i] << " ms expected, " : text << "none expected, ";
    i < found.size() ? text << found[i] << " ms found" : text << "none found";
    result.mismatch = text.str();
}

inline void compare_spikes(const sim::Network& network, const sim::MemorySink& found,
                           const reference::Outcome& expected, Comparison& result) {
    for (std::size_t column = 0; column < found.spikes().size(); ++column) {
        const auto& planned = found.plan().populations[column];
        std::vector<Train> ours(planned.size);
        std::vector<Train> theirs(planned.size);
        const auto& [times, ids] = found.spikes()[column];
        for (std::size_t i = 0; i < times.size(); ++i) ours[ids[i]].push_back(times[i]);
        for (const auto& spike : expected.spikes[network.population(planned.name)])
            theirs[spike.id].push_back(spike.time);
        for (std::size_t id = 0; id < planned.size; ++id)
            compare(planned.name + "[" + std::to_string(id) + "]", theirs[id], ours[id], result);
    }
}

inline void compare_states(const sim::Network& network, const sim::Simulation& simulation,
                           const reference::Outcome& expected, Comparison& result) {
    for (std::size_t i = 0; i < expected.states.size(); ++i)
        for (std::size_t id = 0; id < expected.states[i].size(); ++id) {
            const auto& variables = network.model(network.populations()[i]).states;
            for (std::size_t k = 0; k < variables.size(); ++k) {
                const Real x = expected.states[i][id][k];
                const Real ours = simulation.state(i, id, variables[k].name);
                result.largest_state_difference =
                    std::max(result.largest_state_difference,
                             static_cast<double>(std::abs(ours - x) / (1 + std::abs(x))));
            }
        }
}

/// Needs: every population of neurons is recorded
inline Comparison compare(const sim::Description& description) {
    const sim::Network network(description, parts::catalogue(), 1);
    const auto expected = reference::simulate(network, parts::catalogue());
    sim::Simulation simulation(network, parts::catalogue(), {1});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(description.run.duration);
    Comparison result;
    compare_spikes(network, sink, expected, result);
    compare_states(network, simulation, expected, result);
    return result;
}

/// The same spikes within `tolerance` ms, and the states that they lead to.
inline void check_equal(const Comparison& result, double tolerance, double state_tolerance) {
    CAPTURE(result.spikes);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= tolerance);
    CHECK(result.largest_state_difference <= state_tolerance);
}

}  // namespace oracle
