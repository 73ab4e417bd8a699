// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Traces in the form of SONATA reports, written while the run goes on.
//
//   /report/<name>/data                    f32 [rows][neurons]
//   /report/<name>/mapping/node_ids        u64 [neurons]
//   /report/<name>/mapping/index_pointers  u64 [neurons + 1]
//   /report/<name>/mapping/element_ids     u32 [neurons]
//   /report/<name>/mapping/time            f64 start, stop (excluded), step in ms
// SONATA has one variable per report: <name> is the population when one variable of it is
// recorded, and <population>.<variable> otherwise. Attributes `population` and `variable` tell.
//
// Invariants: those of append_file.hpp.
// Threads: one at a time.

#include <filesystem>
#include <string>
#include <vector>

#include "data/formats/append_file.hpp"
#include "sim/record/sink.hpp"

namespace data {

class TraceFile final : public sim::Sink {
public:
    TraceFile(std::filesystem::path path, FileOptions options)
        : file_(std::move(path), std::move(options)) {}

    void begin(const sim::RecordingPlan& plan) override;

    /// Throws: DiskFull, BadFile when the file system refuses, after which the file is closed and
    ///         holds all that was committed; Error when a row is not whole
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override { file_.finish(state); }

    /// Rows of a planned trace that no crash can take.
    std::uint64_t committed(std::size_t trace) const { return file_.committed_rows(trace); }

private:
    AppendFile file_;
    std::vector<std::string> names_;
    std::vector<std::size_t> widths_;
};

/// The report name of each planned trace.
std::vector<std::string> report_names(const sim::RecordingPlan& plan);

}  // namespace data
