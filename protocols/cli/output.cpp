// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/output.hpp"

namespace protocols::cli {

Output::Output(RunFolder& folder, const sim::Description& description,
               const sim::RecordingPlan& plan, const OutputOptions& options)
    : statistics_(sim::recorded_stretches(description)) {
    data::FileOptions file_options;
    file_options.overwrite = true;  // the folder was cleared, or it is meant
    file_options.provenance = options.provenance;
    // Files first: what they refuse is counted nowhere.
    std::vector<sim::Sink*> sinks;
    const auto add_file = [&](sim::Sink& file) {
        names_.push_back(std::make_unique<data::RecordedNames>(description, file));
        sinks.push_back(names_.back().get());
    };
    if (!plan.populations.empty()) {
        spikes_ = std::make_unique<data::SpikeFile>(folder.spikes(), file_options);
        add_file(*spikes_);
    }
    if (!plan.traces.empty()) {
        traces_ = std::make_unique<data::TraceFile>(folder.traces(), file_options);
        add_file(*traces_);
    }
    if (!plan.weights.empty()) {
        weights_ =
            std::make_unique<data::WeightFile>(folder.add("weight_traces.h5"), file_options);
        sinks.push_back(weights_.get());
    }
    sinks.push_back(&hash_);
    sinks.push_back(&statistics_);
    if (options.keep_in_memory) sinks.push_back(&memory_);
    tee_ = std::make_unique<data::TeeSink>(std::move(sinks));
    queue_ = std::make_unique<data::AsyncSink>(*tee_, data::AsyncSink::Options{});
}

void Output::end(sim::ExitState state) {
    try {
        queue_->end(state);
    } catch (...) {
        // A run that has failed already says why.
        if (state != sim::ExitState::failed) throw;
    }
}

}  // namespace protocols::cli
