// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a spike or trace file holds, without reading its rows.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/formats/sonata.hpp"
#include "sim/record/sink.hpp"

namespace data {

struct SpikesInfo {
    std::string population;
    std::optional<std::uint64_t> size;  ///< neurons, when the file tells
    std::uint64_t count = 0;            ///< spikes that can be read
    std::optional<double> first, last;  ///< ms; of sorted files and short ones
    Sorting sorting = Sorting::none;
    std::string unit;  ///< of the times in the file
};

struct TraceInfo {
    std::string report;
    std::string population;
    std::string variable;  ///< empty when the file does not tell
    std::string unit;
    std::uint64_t neurons = 0;
    std::uint64_t rows = 0;
    double start = 0, stop = 0, step = 0;  ///< ms
};

struct FileInfo {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    std::vector<SpikesInfo> spikes;
    std::vector<TraceInfo> traces;
    std::optional<sim::ExitState> state;            ///< nothing: another program wrote it
    std::optional<double> until;                    ///< ms of simulated time committed
    std::map<std::string, std::uint64_t> committed;  ///< rows by group
    std::map<std::string, std::string> provenance;
};

/// Works on files that a run is writing, too.
/// Throws: BadFile
FileInfo file_info(const std::filesystem::path& path);

/// "running", "complete", "interrupted", "failed"
std::string state_name(sim::ExitState state);

/// "none", "by_id", "by_time"
std::string sorting_name(Sorting sorting);

}  // namespace data
