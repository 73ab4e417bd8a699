// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The edges of a SONATA population as projections, one for every pair of parts they join.

#include <vector>

#include "data/formats/sonata_circuit_nodes.hpp"

namespace data::circuit {

/// Weights are in the unit of the target's port; `nsyns` multiplies them, as synapses of one
/// arrival act by their sum.
/// Throws: BadFile; what is wrong with single edges becomes mistakes
std::vector<sim::ProjectionSpec> projections_of(const Items& edges, const Nodes& nodes,
                                                Places& places, Mistakes& mistakes,
                                                std::vector<std::string>& notes);

}  // namespace data::circuit
