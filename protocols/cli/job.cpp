// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/job.hpp"

#include "data/formats/load_files.hpp"
#include "data/formats/sonata_circuit.hpp"
#include "protocols/cli/exit_code.hpp"
#include "protocols/cli/record_option.hpp"

namespace protocols::cli {

namespace fs = std::filesystem;

Job::Job(const JobRequest& request, const sim::Catalogue& catalogue, const ProtocolLibrary& library)
    : catalogue_(catalogue), overrides_(request.overrides), records_(request.records) {
    std::vector<sim::TraceSpec> traces;
    for (const auto& text : records_) traces.push_back(parse_record(text));
    read(request, library);
    if (resolved_.name.empty()) resolved_.name = fs::path(request.what).stem().string();
    first_record_ = resolved_.record.traces.size();
    for (auto& trace : traces) resolved_.record.traces.push_back(std::move(trace));
    load();
}

void Job::read(const JobRequest& request, const ProtocolLibrary& library) {
    const fs::path path = request.what;
    if (path.extension() == ".json") return read_circuit(path);
    if (path.extension() == ".toml" || path.has_parent_path()) return read_file(path);
    library.need(request.what);
    if (library.is_file(request.what)) return read_file(library.file(request.what));
    if (library.study(request.what) != nullptr)
        throw UsageError(request.what + ": is a study, not one network; it can only be run");
    experiment_ = library.experiment(request.what);
    resolved_ = experiment_->build(overrides_, catalogue_);
    source_ = {"", request.what};
}

void Job::read_file(const fs::path& file) {
    source_ = load_source(file);
    folder_ = fs::absolute(file).parent_path();
    resolved_ = read_protocol(source_, overrides_, catalogue_);
}

// Of a circuit only [run] can be set: as text, all of it would be large.
void Job::read_circuit(const fs::path& file) {
    auto circuit = data::read_sonata_circuit(file, catalogue_);
    source_ = {"", file.string()};
    folder_ = fs::absolute(file).parent_path();
    resolved_ = std::move(circuit.description);
    sim::Description run_only;
    run_only.run = resolved_.run;
    resolved_.run = read_protocol({write_protocol(run_only), file.string() + ", as a protocol"},
                                  overrides_, catalogue_)
                        .run;
    output_folder_ = circuit.output_dir;
    if (!circuit.spikes_file.empty()) spikes_file_ = circuit.spikes_file;
    may_overwrite_ = circuit.overwrite;
    notes_ = std::move(circuit.notes);
}

void Job::load() {
    loaded_ = resolved_;
    if (const auto lost = data::load_files(loaded_, folder_); !lost.empty())
        throw LostFiles(located(lost));
    if (const auto problems = sim::validate(loaded_, catalogue_); !problems.empty())
        throw sim::BadProtocol(located(problems));
}

std::string Job::protocol_text(const fs::path& folder) const {
    auto written = resolved_;
    data::move_paths(written, folder_, fs::absolute(folder));
    return write_protocol(written);
}

// The text begins with the path: "projections.NAME: what is wrong".
std::vector<std::string> Job::located(const sim::BadNetwork& error) const {
    const std::string text = error.what();
    const auto colon = text.find(": ");
    if (colon == text.npos || text.find(' ') < colon) return {text};
    const sim::Problem problem{text.substr(0, colon), "cannot be made: " + text.substr(colon + 2)};
    return located(std::vector{problem});
}

std::vector<std::string> Job::located(const std::vector<sim::Problem>& problems) const {
    std::vector<std::string> messages;
    std::vector<sim::Problem> others;
    const std::string traces = "record.traces.";
    for (const auto& problem : problems) {
        const auto number =
            problem.path.starts_with(traces) ? std::stoul(problem.path.substr(traces.size())) : 0;
        if (!problem.path.starts_with(traces) || number < first_record_) {
            others.push_back(problem);
            continue;
        }
        const auto& text = problem.text;
        messages.push_back("--record " + records_.at(number - first_record_) +
                           ": error: " + (text.starts_with("= ") ? text.substr(2) : text));
    }
    auto result = locate(source_, overrides_, others);
    result.insert(result.end(), messages.begin(), messages.end());
    return result;
}

}  // namespace protocols::cli
