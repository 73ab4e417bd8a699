// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/study_job.hpp"

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {
namespace {

std::vector<std::string> study_names(const ProtocolLibrary& library) {
    auto names = library.names();
    std::erase_if(names, [&](const auto& name) { return library.study(name) == nullptr; });
    return names;
}

// Files that are none of a study belong to somebody else, who will say what is wrong with them.
std::optional<Source> study_file(const std::filesystem::path& path) {
    const bool is_file =
        path.extension() == ".toml" || (path.has_parent_path() && path.extension() != ".json");
    if (!is_file || !std::filesystem::is_regular_file(path)) return std::nullopt;
    auto source = load_source(path);
    if (!study_of(source)) return std::nullopt;
    return source;
}

}  // namespace

std::optional<StudyJob> find_study(const JobRequest& request, const sim::Catalogue& catalogue,
                                   const ProtocolLibrary& library) {
    const auto file = study_file(request.what);
    StudyJob job;
    job.name = file ? *study_of(*file) : request.what;
    job.study = library.study(job.name);
    if (job.study == nullptr && file)
        throw sim::BadProtocol({file->name + ": error: study = " + job.name + ": is unknown" +
                                sim::suggestion(job.name, study_names(library))});
    if (job.study == nullptr) return std::nullopt;
    if (!request.records.empty())
        throw sim::BadProtocol(
            {"--record " + request.records.front() +
             ": error: a study has no populations to record from; leave it out"});
    job.table = job.study->parameters(catalogue);
    job.settings = read_study(job.table, file, request.overrides);
    return job;
}

}  // namespace protocols::cli
