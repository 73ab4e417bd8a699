// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Gives recorded neurons the names and ids that files know them by
// (NeuronsSpec::recorded_as, recorded_ids).
//
// Populations that are recorded under one name become one, sorted by (time, id) again; so do the
// traces of one variable at one interval.
// Threads: as the sink behind.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/net/description.hpp"
#include "sim/record/sink.hpp"

namespace data {

class RecordedNames final : public sim::Sink {
public:
    /// Needs: `behind` outlives this one
    RecordedNames(const sim::Description& description, sim::Sink& behind);

    void begin(const sim::RecordingPlan& plan) override;
    void write(const sim::Batch& batch) override;
    void end(sim::ExitState state) override { behind_.end(state); }

private:
    struct Part {
        std::size_t index;               // in the plan of the caller
        std::vector<std::uint64_t> ids;  // file id of each neuron; empty: its number
    };
    struct TraceColumn {
        std::size_t trace;  // in the plan of the caller
        std::size_t column;
    };

    const sim::NeuronsSpec* spec_of(const std::string& population) const;
    void plan_population(const sim::RecordingPlan::Population& one, std::size_t index);
    void plan_trace(const sim::RecordingPlan::Trace& one, std::size_t index);
    void sort_columns(std::size_t trace);
    sim::SpikeColumn renamed(const std::vector<Part>& parts, const sim::Batch& batch) const;
    std::vector<float> renamed(const std::vector<TraceColumn>& columns,
                               const sim::Batch& batch) const;

    sim::Sink& behind_;
    std::map<std::string, sim::NeuronsSpec> renamed_;  // by name, without parameters
    sim::RecordingPlan plan_;
    std::vector<std::vector<Part>> parts_;           // by population of plan_
    std::vector<std::vector<TraceColumn>> columns_;  // by trace of plan_
    std::vector<std::vector<std::string>> members_;  // by trace of plan_: populations in it
    std::vector<std::size_t> widths_;                // by trace of the caller
};

}  // namespace data
