// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How a file of growing tables says what in it is safe: the group /sharpwave.
//
//   committed   u64 per table, attribute `groups` names them: rows that are in the file for good
//   until       f64, ms of simulated time that those rows cover
//   state       u8: 0 running, 1 complete, 2 interrupted, 3 failed
//   attributes  provenance, one text each
// All three datasets have a fixed size, so they can be rewritten while others read the file.
// Threads: inside an hdf5::Scope.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/formats/hdf5.hpp"
#include "sim/record/sink.hpp"

namespace data {

struct Marks {
    std::vector<std::string> groups;       ///< one per table, e.g. "/spikes/exc"
    std::vector<std::uint64_t> committed;  ///< rows, one per table
    double until = 0;                      ///< ms
    sim::ExitState state = sim::ExitState::running;
    std::map<std::string, std::string> provenance;
};

/// Adds the group with all counts 0.
/// Throws: DiskFull, BadFile
void create_marks(hid_t file, const Marks& marks, const hdf5::Place& place);

/// Nothing when the file has none: another program wrote it.
/// Throws: BadFile when they are there but damaged
std::optional<Marks> read_marks(hid_t file, const hdf5::Place& place);

void write_counts(hid_t file, const std::vector<std::uint64_t>& committed, double until,
                  const hdf5::Place& place);
void write_state(hid_t file, sim::ExitState state, const hdf5::Place& place);

/// The datasets of a table that grow, by path.
std::vector<std::string> growing_columns(hid_t file, const std::string& group,
                                         const hdf5::Place& place);

/// Gives a column another number of rows.
void resize(hid_t dataset, std::uint64_t rows, const hdf5::Place& place);

/// Shortens every growing column of a table to `rows`; returns the most rows a column had.
/// Throws: BadFile when a column holds fewer rows
std::uint64_t cut_table(hid_t file, const std::string& group, std::uint64_t rows,
                        const hdf5::Place& place);

/// A report states when its last row ends: start + rows * step. Other tables: no effect.
void note_stop(hid_t file, const std::string& group, std::uint64_t rows, const hdf5::Place& place);

}  // namespace data
