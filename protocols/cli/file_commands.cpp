// SPDX-License-Identifier: BSD-3-Clause
// validate, info and recover: what files hold.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "data/formats/file_info.hpp"
#include "data/formats/recover.hpp"
#include "protocols/cli/commands.hpp"
#include "protocols/cli/format.hpp"
#include "protocols/cli/run_folder.hpp"
#include "protocols/cli/study_job.hpp"
#include "protocols/cli/summary.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {

namespace fs = std::filesystem;

namespace {

// A circuit may name its spikes as it likes, and users keep files of their own beside them.
bool is_recording(const fs::path& file) {
    if (file.extension() != ".h5") return false;
    if (file.stem() == "spikes" || file.stem() == "traces") return true;
    try {
        return data::file_info(file).state.has_value();
    } catch (const sim::BadFile&) {
        return false;
    }
}

std::vector<fs::path> recordings_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (is_recording(entry.path())) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<fs::path> recordings(const fs::path& path) {
    if (!fs::is_directory(path)) return {path};
    auto files = recordings_in(path);
    if (files.empty() && !fs::exists(path / "summary.json"))
        throw sim::BadFile(path.string() + ": is no run folder; it holds no summary and no files "
                                           "of recordings");
    return files;
}

/// Nothing if there is none.
std::optional<Json> read_summary(const fs::path& folder) {
    const fs::path file = folder / "summary.json";
    if (!fs::is_directory(folder) || !fs::exists(file)) return std::nullopt;
    auto summary = Json::parse(std::ifstream(file), nullptr, false);
    if (!summary.is_object() || !summary.contains("state"))
        throw sim::BadFile(file.string() + ": is no summary of a run");
    return summary;
}

std::string span(double from, double to) {
    return "from " + fixed(from, 3) + " to " + fixed(to, 3) + " ms";
}

std::string described(const data::FileInfo& file) {
    std::string text = file.path.string() + ": " + bytes(file.bytes);
    if (file.state) text += ", " + data::state_name(*file.state);
    if (file.until) text += ", recorded up to " + sim::number(*file.until) + " ms";
    text += "\n";
    std::vector<std::vector<std::string>> spikes;
    for (const auto& one : file.spikes)
        spikes.push_back({one.population.empty() ? "(no name)" : one.population,
                          counted(one.count, "spike"),
                          one.size ? "of " + counted(*one.size, "neuron") : "",
                          one.first ? span(*one.first, one.last.value_or(*one.first)) : "",
                          "sorting: " + data::sorting_name(one.sorting)});
    std::vector<std::vector<std::string>> traces;
    for (const auto& one : file.traces)
        traces.push_back({one.report,
                          one.variable + (one.unit.empty() ? "" : " (" + one.unit + ")"),
                          "of " + counted(one.neurons, "neuron"), counted(one.rows, "row"),
                          span(one.start, one.stop) + ", every " + sim::number(one.step) + " ms"});
    return text + aligned(spikes, "  ", "lrr") + aligned(traces, "  ", "llrr");
}

Json optional_json(const auto& value) { return value ? Json(*value) : Json(); }

Json file_json(const data::FileInfo& file) {
    Json json{{"path", file.path.string()}, {"bytes", file.bytes}};
    json["state"] = file.state ? Json(data::state_name(*file.state)) : Json();
    json["until_ms"] = optional_json(file.until);
    json["spikes"] = Json::array();
    for (const auto& one : file.spikes)
        json["spikes"].push_back({{"population", one.population},
                                  {"size", optional_json(one.size)},
                                  {"count", one.count},
                                  {"first_ms", optional_json(one.first)},
                                  {"last_ms", optional_json(one.last)},
                                  {"sorting", data::sorting_name(one.sorting)}});
    json["traces"] = Json::array();
    for (const auto& one : file.traces)
        json["traces"].push_back({{"report", one.report},
                                  {"population", one.population},
                                  {"variable", one.variable},
                                  {"unit", one.unit},
                                  {"neurons", one.neurons},
                                  {"rows", one.rows},
                                  {"start_ms", one.start},
                                  {"stop_ms", one.stop},
                                  {"step_ms", one.step}});
    json["provenance"] = file.provenance;
    return json;
}

// A run that was killed could not say that it has ended, nor when.
void mend_summary(const fs::path& folder, double until_ms) {
    auto summary = read_summary(folder);
    if (!summary || summary->value("state", Json()) != data::state_name(sim::ExitState::running))
        return;
    (*summary)["state"] = data::state_name(sim::ExitState::interrupted);
    if (summary->contains("duration_ms")) (*summary)["duration_ms"] = until_ms;
    Replacement(folder / "summary.json").write(summary->dump(2) + "\n");
    std::cout << (folder / "summary.json").string() << ": now says interrupted\n";
}

// What was being made when the run was killed, and holds nothing yet.
void remove_stubs(const fs::path& folder) {
    if (!fs::is_directory(folder)) return;
    std::vector<fs::path> stubs;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".partial") stubs.push_back(entry.path());
    for (const auto& stub : stubs) fs::remove(stub);
}

std::string described(const fs::path& file, const data::Recovery& report) {
    std::string text = file.string() + ": ";
    text += report.was_open ? "mended" : "was whole";
    text += ", " + data::state_name(report.state) + ", recorded up to " +
            sim::number(report.until) + " ms\n";
    std::vector<std::vector<std::string>> rows;
    for (const auto& table : report.tables)
        rows.push_back({table.name, counted(table.rows_kept, "row") + " kept",
                        grouped(table.rows_dropped) + " never acknowledged, dropped"});
    return text + aligned(rows, "  ", "lrr");
}

}  // namespace

void validate(const JobRequest& request, const sim::Catalogue& catalogue,
              const ProtocolLibrary& library) {
    if (const auto study = find_study(request, catalogue, library)) {
        const auto& table = study->table;
        std::cout << request.what << ": valid, a study with "
                  << counted(table.texts.size() + table.numbers.size(), "parameter") << "\n";
        return;
    }
    const Job job(request, catalogue, library);
    const auto& d = job.description();
    for (const auto& note : job.notes()) std::cerr << "note: " << note << "\n";
    std::uint64_t neurons = 0;
    for (const auto& population : d.neurons) neurons += population.size;
    std::cout << request.what << ": valid, " << counted(neurons, "neuron") << " in "
              << counted(d.neurons.size(), "population") << ", "
              << counted(d.sources.size(), "source") << ", "
              << counted(d.projections.size(), "projection") << ", " << sim::number(d.run.duration)
              << " ms\n";
}

void info(const std::string& path, bool as_json) {
    Json json;
    if (const auto summary = read_summary(path)) {
        json["summary"] = *summary;
        if (!as_json) std::cout << shown_summary(*summary);
    }
    json["files"] = Json::array();
    for (const auto& file : recordings(path)) {
        const auto found = data::file_info(file);
        json["files"].push_back(file_json(found));
        if (!as_json) std::cout << described(found);
    }
    if (as_json) std::cout << json.dump(2) << "\n";
}

void recover(const std::string& path) {
    double until_ms = 0;
    remove_stubs(path);
    for (const auto& file : recordings(path)) {
        const auto report = data::recover(file);
        until_ms = std::max(until_ms, report.until);
        std::cout << described(file, report);
    }
    mend_summary(path, until_ms);
}

}  // namespace protocols::cli
