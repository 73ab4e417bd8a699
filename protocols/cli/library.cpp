// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/library.hpp"

#include <algorithm>

#include "protocols/cli/exit_code.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {

namespace fs = std::filesystem;

namespace {

fs::path shared_folder() {
    std::error_code bad;
    const fs::path program = fs::read_symlink("/proc/self/exe", bad);
    return program.parent_path().parent_path() / "share" / "sharpwave" / "protocols";
}

}  // namespace

ProtocolLibrary::ProtocolLibrary(const sim::Catalogue& catalogue)
    : catalogue_(catalogue), folder_(shared_folder()) {
    std::error_code bad;
    for (const auto& entry : fs::directory_iterator(folder_, bad))
        if (entry.path().extension() == ".toml") files_.push_back(entry.path().stem().string());
}

std::vector<std::string> ProtocolLibrary::names() const {
    auto all = catalogue_.names(sim::PartKind::protocol);
    all.insert(all.end(), files_.begin(), files_.end());
    std::sort(all.begin(), all.end());
    return all;
}

bool ProtocolLibrary::is_file(const std::string& name) const {
    return std::find(files_.begin(), files_.end(), name) != files_.end();
}

const Experiment* ProtocolLibrary::experiment(const std::string& name) const {
    return catalogue_.find_factory<Experiment>(sim::PartKind::protocol, name);
}

const Study* ProtocolLibrary::study(const std::string& name) const {
    return catalogue_.find_factory<Study>(sim::PartKind::protocol, name);
}

fs::path ProtocolLibrary::file(const std::string& name) const { return folder_ / (name + ".toml"); }

void ProtocolLibrary::need(const std::string& name) const {
    if (is_file(name) || catalogue_.find(sim::PartKind::protocol, name) != nullptr) return;
    const std::string lost =
        files_.empty() ? "; no protocol files in " + folder_.string() + ", install them" : "";
    throw UsageError("unknown protocol '" + name + "'" + sim::suggestion(name, names()) + lost);
}

ProtocolInfo ProtocolLibrary::info(const std::string& name) const {
    need(name);
    const auto describe = [&](const auto& found) {
        return describe_protocol(catalogue_.info(sim::PartKind::protocol, name),
                                 found.parameters(catalogue_));
    };
    if (const auto* found = experiment(name)) return describe(*found);
    if (const auto* found = study(name)) return describe(*found);
    return describe_protocol(load_source(file(name)));
}

std::vector<std::string> ProtocolLibrary::notes(const std::string& name) const {
    const auto* part = catalogue_.find(sim::PartKind::protocol, name);
    return part == nullptr ? std::vector<std::string>{} : part->notes;
}

}  // namespace protocols::cli
