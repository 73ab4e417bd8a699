// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From what the user names to a study and all its settings.

#include <optional>
#include <string>

#include "protocols/cli/job.hpp"
#include "protocols/cli/library.hpp"
#include "protocols/studies/study.hpp"

namespace protocols::cli {

struct StudyJob {
    std::string name;
    const Study* study = nullptr;
    ParameterTable table;
    StudySettings settings;

    std::string protocol_text() const { return write_study(name, table, settings); }
};

/// Nothing if what is named is no study, or nothing at all.
/// Throws: BadFile, BadProtocol with every mistake, each located
std::optional<StudyJob> find_study(const JobRequest& request, const sim::Catalogue& catalogue,
                                   const ProtocolLibrary& library);

}  // namespace protocols::cli
