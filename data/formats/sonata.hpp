// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What every SONATA file carries, after the SONATA data format's developer guide.
// Threads: inside an hdf5::Scope.

#include <string>

#include "data/formats/hdf5.hpp"

namespace data {

/// How the spikes of a population are ordered.
enum class Sorting : std::uint8_t { none = 0, by_id = 1, by_time = 2 };

/// Root attributes `magic` and `version`, and the group all populations go into.
void write_sonata_root(hid_t file, const std::string& top, const hdf5::Place& place);

/// The enumerated attribute `sorting`.
void write_sorting(hid_t group, Sorting sorting, const hdf5::Place& place);

/// Missing or unknown: none.
Sorting read_sorting(hid_t group);

}  // namespace data
