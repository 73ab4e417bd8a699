// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/ca3_files.hpp"

#include "data/formats/spike_file.hpp"
#include "data/formats/tracked_recording.hpp"

namespace protocols::ca3 {

std::string file_name(const std::string& what, std::size_t number) {
    return what + (number == 0 ? "" : "_" + std::to_string(number + 1)) + ".h5";
}

void write_spikes(const sim::MemorySink& spikes, std::size_t number, StudyContext& context) {
    for (std::size_t i = 0; i < spikes.spikes().size(); ++i) {
        sim::RecordingPlan plan;
        plan.populations = {spikes.plan().populations[i]};
        plan.resolution = spikes.plan().resolution;
        data::SpikeFile file(context.file(file_name(plan.populations[0].name, number)),
                             {.overwrite = true});
        file.begin(plan);
        file.write({spikes.until(), {spikes.spikes()[i]}, {}});
        file.end(sim::ExitState::complete);
    }
}

void write_events(const std::vector<ReplayEvent>& events, std::size_t number,
                  StudyContext& context) {
    std::vector<data::ReplayRow> rows;
    for (const auto& event : events)
        rows.push_back(
            {event.burst.start_s, event.burst.stop_s, event.direction, event.line.score, event.p});
    data::write_replay_file(context.file(file_name("replay", number)), rows);
}

}  // namespace protocols::ca3
