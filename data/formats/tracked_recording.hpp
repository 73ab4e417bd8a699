// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spikes of sorted units and the position of the animal, in one HDF5 file of flat columns:
// /spikes/{time_s, unit} and /position/{time_s, x_px, y_px}. A file of spikes in the SONATA layout
// is read too; it has no position.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace data {

struct TrackedRecording {
    std::vector<double> spike_times_s;                 ///< ascending
    std::vector<std::uint64_t> units;                  ///< of each spike
    std::vector<double> position_times_s, x_px, y_px;  ///< ascending times; empty: no position
};

/// Throws: BadFile
TrackedRecording read_tracked_recording(const std::filesystem::path& path);

/// One row for each event of replay.
struct ReplayRow {
    double start_s, stop_s;
    int direction;  ///< 1 forward, -1 reverse, 0 undecided
    double score, p;
};

/// The file `replay.h5`: /replay/{start, stop, direction, score, p}, one row an event, with units.
/// Throws: BadFile, DiskFull
void write_replay_file(const std::filesystem::path& path, const std::vector<ReplayRow>& rows);

}  // namespace data
