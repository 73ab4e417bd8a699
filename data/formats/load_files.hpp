// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Reads the files that a description names into the description.
//
// `path` of a source names a file of spike trains, `path` of a projection one of edges; "#name"
// after it picks a population in a file that holds several. What is in the description already
// (trains, edges) stays, and its file is not read.

#include <filesystem>
#include <vector>

#include "sim/net/description.hpp"

namespace data {

/// Loads every file; relative paths start from `folder`. A source of size 1 takes the size of its
/// file, a projection the weights and delays that its file holds.
/// Returns the files that could not be used, by the path of the description.
std::vector<sim::Problem> load_files(sim::Description& description,
                                     const std::filesystem::path& folder);

/// Makes relative paths, which start from `from`, start from `to`.
void move_paths(sim::Description& description, const std::filesystem::path& from,
                const std::filesystem::path& to);

}  // namespace data
