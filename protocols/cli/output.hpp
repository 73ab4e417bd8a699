// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Everything that takes the recordings of a run: files, hash and statistics, on a thread of their
// own behind a bounded queue.
//
// Threads: one caller; `bytes_written` may be asked while the run goes on, the rest after `end`.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/formats/async_sink.hpp"
#include "data/formats/recorded_names.hpp"
#include "data/formats/spike_file.hpp"
#include "data/formats/spike_hash.hpp"
#include "data/formats/trace_file.hpp"
#include "data/formats/weight_file.hpp"
#include "protocols/cli/run_folder.hpp"
#include "sim/net/description.hpp"
#include "sim/record/memory_sink.hpp"
#include "sim/record/statistics.hpp"

namespace protocols::cli {

struct OutputOptions {
    std::map<std::string, std::string> provenance;  ///< for the files
    bool keep_in_memory = false;
};

class Output {
public:
    /// Creates the files.
    /// Throws: BadFile, DiskFull
    Output(RunFolder& folder, const sim::Description& description,
           const sim::RecordingPlan& plan, const OutputOptions& options);

    sim::Sink& sink() { return *queue_; }

    /// Waits for all writing; with `failed`, nothing is thrown.
    void end(sim::ExitState state);

    std::uint64_t bytes_written() const { return queue_->bytes_written(); }
    const data::SpikeHash& hash() const { return hash_; }
    const sim::Statistics& statistics() const { return statistics_; }
    const sim::MemorySink& memory() const { return memory_; }

private:
    std::unique_ptr<data::SpikeFile> spikes_;
    std::unique_ptr<data::TraceFile> traces_;
    std::unique_ptr<data::WeightFile> weights_;
    std::vector<std::unique_ptr<data::RecordedNames>> names_;  // in front of the files
    data::SpikeHash hash_;
    sim::Statistics statistics_;
    sim::MemorySink memory_;
    std::unique_ptr<data::TeeSink> tee_;
    std::unique_ptr<data::AsyncSink> queue_;  // last: stops before what it writes to goes
};

}  // namespace protocols::cli
