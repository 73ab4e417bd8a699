// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a file that a killed run left behind one that any reader opens.
//
// Invariants
//   (1) every committed row stays, every other row goes; all columns of a table end equally long.
//   (2) idempotent: a second call, or a call on a file that was closed properly, changes nothing.
// Needs that no run is writing the file any more.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/record/sink.hpp"

namespace data {

struct Recovery {
    struct Table {
        std::string name;              ///< of the population or report
        std::uint64_t rows_kept = 0;
        std::uint64_t rows_dropped = 0;
    };
    std::vector<Table> tables;
    double until = 0;  ///< ms of simulated time that is kept
    sim::ExitState state = sim::ExitState::interrupted;
    bool was_open = false;  ///< the run had not closed it
};

/// Throws: BadFile if it was not written by Sharpwave, is damaged, or a run still holds it
Recovery recover(const std::filesystem::path& path);

}  // namespace data
