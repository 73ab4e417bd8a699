// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Spikes in SONATA form, written while the run goes on.
//
//   /spikes/<population>/timestamps  f64, ms    /spikes/<population>/node_ids  u64
// sorted by (time, id); attributes `sorting` (by_time), `size` and `first_id` of the population.
//
// Invariants: those of append_file.hpp; what is waiting never exceeds one commit.
// Threads: one at a time.

#include <filesystem>
#include <vector>

#include "data/formats/append_file.hpp"
#include "sim/record/sink.hpp"

namespace data {

class SpikeFile final : public sim::Sink {
public:
    SpikeFile(std::filesystem::path path, FileOptions options)
        : file_(std::move(path), std::move(options)) {}

    void begin(const sim::RecordingPlan& plan) override;

    /// Throws: DiskFull, BadFile when the file system refuses, after which the file is closed and
    ///         holds all that was committed; Error when spikes come out of order
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override { file_.finish(state); }

    /// Spikes of a planned population that no crash can take.
    std::uint64_t committed(std::size_t population) const {
        return file_.committed_rows(population);
    }

private:
    struct Last {
        double time;
        std::uint64_t id;
    };

    AppendFile file_;
    std::vector<std::string> names_;
    std::vector<Last> last_;
};

}  // namespace data
