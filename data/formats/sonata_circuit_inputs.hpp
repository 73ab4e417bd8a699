// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a simulation configuration puts into a circuit and wants to see of it.

#include <filesystem>
#include <string>
#include <vector>

#include "data/formats/sonata_circuit_sets.hpp"

namespace data::circuit {

/// What reading inputs and reports needs, and what it adds to.
struct Assembly {
    const Nodes& nodes;
    NodeSets& sets;
    std::filesystem::path folder;  ///< relative paths start here
    sim::Description& description;
    Places& places;
    Mistakes& mistakes;
    std::vector<std::string>& notes;
};

/// `inputs`: spikes of virtual nodes, from files, and current clamps (pA, ms), which act from
/// `delay` on without a further delay of their own. Virtual nodes nothing is said of are silent.
void add_inputs(const std::optional<Entry>& inputs, Assembly& assembly);

/// `reports`: state variables of neurons as traces, `dt` apart (ms) where a report does not say.
void add_reports(const std::optional<Entry>& reports, double dt, Assembly& assembly);

/// Notes the keys of an entry that have no effect.
void note_rest(const Entry& entry, std::vector<std::string>& notes);

}  // namespace data::circuit
