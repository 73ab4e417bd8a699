// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The weights of all plastic projections at one moment, as a file of edges.

#include <filesystem>
#include <map>
#include <string>

#include "sim/run/simulation.hpp"

namespace protocols::cli {

/// Bytes that a snapshot would take; 0 without plastic projections.
std::uint64_t snapshot_bytes(const sim::Network& network);

/// Throws: DiskFull, BadFile
void write_snapshot(const std::filesystem::path& file, const sim::Network& network,
                    const sim::Simulation& simulation,
                    const std::map<std::string, std::string>& provenance);

}  // namespace protocols::cli
