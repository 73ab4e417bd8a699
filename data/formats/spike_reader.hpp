// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spike trains from files: SONATA of any program, and text tables.
//
// Invariants
//   (1) times come out in ms, whatever unit the file states; none stated means ms.
//   (2) a file of the layout before SONATA 0.1 (/spikes/timestamps, /spikes/gids) holds one
//       population without a name, which any name may read.
//   (3) of a file that a run is still writing, or was killed while writing, only committed rows
//       are read.
// Limitations: text tables are read whole; a SONATA population likewise.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/net/description.hpp"
#include "sim/record/sink.hpp"

namespace data {

struct SpikeSource {
    std::filesystem::path path;
    std::string population;  ///< empty: the only one in the file
};

/// Spikes in the order of the file.
/// Throws: BadFile; of a text table as "file:line: ..."
sim::SpikeColumn read_spikes(const SpikeSource& source);

/// Names of the populations in a spike file; none for a text table without such a column.
/// Throws: BadFile
std::vector<std::string> spike_populations(const std::filesystem::path& path);

/// Sorts spikes into one train per neuron.
/// Shape: size trains; 0 means as many as the highest id asks for
/// Throws: BadFile naming `path` if an id does not fit
sim::SpikeTrains to_trains(const sim::SpikeColumn& spikes, std::uint64_t size,
                           const std::filesystem::path& path);

/// read_spikes and to_trains in one.
sim::SpikeTrains read_trains(const SpikeSource& source, std::uint64_t size);

/// A text table: columns time (ms) and id, separated by comma, semicolon, tab or blanks. A header
/// may name and reorder the columns (time, id, population); '#' starts a comment.
sim::SpikeColumn read_spike_table(const SpikeSource& source);

}  // namespace data
