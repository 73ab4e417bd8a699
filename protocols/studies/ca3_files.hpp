// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Files that studies of CA3 leave: those of the first seed by their names, those of others numbered
// from 2 on.

#include <string>
#include <vector>

#include "protocols/analysis/replay_events.hpp"
#include "protocols/studies/study.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols::ca3 {

std::string file_name(const std::string& what, std::size_t number);

/// Spikes of each recorded population in a file of its own, NAME.h5.
/// Throws: BadFile, DiskFull
void write_spikes(const sim::MemorySink& spikes, std::size_t number, StudyContext& context);

/// Events of replay, replay.h5.
/// Throws: BadFile, DiskFull
void write_events(const std::vector<ReplayEvent>& events, std::size_t number,
                  StudyContext& context);

}  // namespace protocols::ca3
