// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Weights in files: samples of some synapses while the run goes on, and all edges at one moment.
//
//   samples    /weights/<projection>/time     f64 [rows] ms
//              /weights/<projection>/synapse  u32 [rows], index into source and target
//              /weights/<projection>/weight   f64 [rows]
//              /weights/<projection>/source, target   u64 [synapses], inside their populations
//              attributes `interval` (ms) and `changed_only` (1: no row for a weight that is as it was)
//   edges      SONATA: /edges/<projection>/source_node_id, target_node_id, edge_type_id,
//              edge_group_id, edge_group_index, 0/syn_weight, 0/delay (ms), and 0/<member> of what
//              a rule keeps besides. Such a file can be the `path` of a projection.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/formats/append_file.hpp"
#include "sim/record/sink.hpp"

namespace data {

/// Invariants: those of append_file.hpp. Threads: one at a time.
class WeightFile final : public sim::Sink {
public:
    WeightFile(std::filesystem::path path, FileOptions options)
        : file_(std::move(path), std::move(options)) {}

    void begin(const sim::RecordingPlan& plan) override;
    /// Throws: DiskFull, BadFile; the file then holds all that was committed
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override { file_.finish(state); }

private:
    AppendFile file_;
};

struct EdgePopulation {
    std::string name;
    std::string source, target;  ///< populations
    std::vector<std::uint64_t> sources, targets;
    std::map<std::string, std::vector<double>> values;  ///< by name, one for each edge
};

/// Writes beside the file and puts it in place when it is whole.
/// Throws: DiskFull, BadFile
void write_edges(const std::filesystem::path& path, const std::vector<EdgePopulation>& edges,
                 const std::map<std::string, std::string>& provenance);

}  // namespace data
