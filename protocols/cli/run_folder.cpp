// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/run_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "protocols/cli/provenance.hpp"
#include "sim/core/error.hpp"

namespace protocols::cli {

namespace fs = std::filesystem;

namespace {

constexpr off_t reserved_bytes = 64 << 10;

bool is_plain(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos;
}

// What the run that is replaced says it has added.
std::vector<std::string> added_before(const fs::path& summary) {
    const auto json = Json::parse(std::ifstream(summary), nullptr, false);
    std::vector<std::string> names;
    if (json.is_object() && json.contains("files") && json["files"].is_array())
        for (const auto& one : json["files"])
            if (one.is_string() && is_plain(one.get<std::string>())) names.push_back(one);
    return names;
}

bool is_no_room(int number) { return number == ENOSPC || number == EDQUOT || number == EFBIG; }

}  // namespace

Replacement::Replacement(fs::path path) : path_(std::move(path)), next_(path_) {
    next_ += ".partial";
    descriptor_ = open(next_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("create", reserved_bytes);
    // Where nothing can be promised, the write will tell.
    (void)fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, reserved_bytes);
}

Replacement::~Replacement() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(next_.c_str());
}

void Replacement::write(const std::string& text) {
    write_all(text);
    // Gives back what was claimed and not used.
    if (ftruncate(descriptor_, static_cast<off_t>(text.size())) != 0 || fsync(descriptor_) != 0 ||
        rename(next_.c_str(), path_.c_str()) != 0)
        fail("write", text.size());
    close(descriptor_);
    descriptor_ = -1;
}

void Replacement::write_all(const std::string& text) const {
    std::size_t done = 0;
    while (done < text.size()) {
        const auto wrote =
            pwrite(descriptor_, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (wrote < 0 && errno != EINTR) fail("write", text.size());
        if (wrote > 0) done += static_cast<std::size_t>(wrote);
    }
}

void Replacement::fail(const std::string& what, std::uint64_t bytes) const {
    const int number = errno;
    const std::string text = path_.string() + ": cannot " + what + ": " + std::strerror(number);
    if (is_no_room(number))
        throw sim::DiskFull(
            text + ", " + std::to_string(bytes) + " bytes needed; make room or write elsewhere",
            path_.string(), bytes);
    throw sim::BadFile(text);
}

RunFolder::RunFolder(fs::path path, const RunFolderOptions& options)
    : path_(std::move(path)), spikes_file_(options.spikes_file) {
    for (const auto& other : {traces(), protocol(), summary()})
        if (spikes() == other)
            throw sim::BadFile(spikes().string() + ": the run needs this name; name the spikes "
                                                   "otherwise");
    std::error_code bad;
    was_there_ = fs::is_directory(path_, bad);
    if (!was_there_ && fs::exists(path_, bad))
        throw sim::BadFile(path_.string() + ": is no folder; choose another --out");
    if (was_there_ && !options.overwrite && !fs::is_empty(path_, bad))
        throw sim::BadFile(path_.string() +
                           ": is there already and not empty; choose another --out, or replace "
                           "the run in it with --force");
    fs::create_directories(path_, bad);
    if (bad) throw sim::BadFile(path_.string() + ": cannot make the folder: " + bad.message());
    for (const auto& name : added_before(summary())) fs::remove(path_ / name, bad);
    for (const auto& file : {spikes(), traces(), protocol(), summary()}) fs::remove(file, bad);
}

fs::path RunFolder::add(const std::string& name) {
    const auto file = path_ / name;
    if (!is_plain(name))
        throw sim::BadFile(file.string() + ": is no name of a file in the run folder");
    for (const auto& own : {spikes(), traces(), protocol(), summary()})
        if (file == own)
            throw sim::BadFile(file.string() + ": the run needs this name; take another");
    if (std::find(added_.begin(), added_.end(), name) == added_.end()) added_.push_back(name);
    return file;
}

void RunFolder::discard() noexcept {
    std::error_code ignored;
    for (const auto& name : added_) fs::remove(path_ / name, ignored);
    for (const auto& file : {spikes(), traces(), protocol(), summary()}) fs::remove(file, ignored);
    if (!was_there_ && fs::is_empty(path_, ignored)) fs::remove(path_, ignored);
}

fs::path fresh_folder(const std::string& protocol) {
    std::string name = protocol + "-" + utc_time();
    std::erase(name, ':');
    std::replace(name.begin(), name.end(), '/', '_');
    fs::path path = fs::path("runs") / name;
    for (int i = 2; fs::exists(path); ++i)
        path = fs::path("runs") / (name + "-" + std::to_string(i));
    return path;
}

}  // namespace protocols::cli
