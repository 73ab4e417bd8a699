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
    std::size_t spikes = 0;         ///< of neurons, in the reference
    double largest_difference = 0;  ///< ms, of spikes that have a partner
    std::string mismatch;           ///< the first train whose spikes have none; empty: all have
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

/// Needs: every population of neurons is recorded
inline Comparison compare(const sim::Description& description) {
    const sim::Network network(description, parts::catalogue(), 1);
    const auto expected = reference::simulate(network, parts::catalogue());
    sim::MemorySink sink;
    parts::run(description, sink, {});
    Comparison result;
    for (std::size_t column = 0; column < sink.spikes().size(); ++column) {
        const auto& planned = sink.plan().populations[column];
        std::vector<Train> ours(planned.size);
        std::vector<Train> theirs(planned.size);
        const auto& [times, ids] = sink.spikes()[column];
        for (std::size_t i = 0; i < times.size(); ++i) ours[ids[i]].push_back(times[i]);
        for (const auto& spike : expected[network.population(planned.name)])
            theirs[spike.id].push_back(spike.time);
        for (std::size_t id = 0; id < planned.size; ++id)
            compare(planned.name + "[" + std::to_string(id) + "]", theirs[id], ours[id], result);
    }
    return result;
}

/// Same spikes, and their times within `tolerance` ms.
inline void check_equal(const sim::Description& description, double tolerance) {
    const auto result = compare(description);
    CAPTURE(result.spikes);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= tolerance);
}

}  // namespace oracle
