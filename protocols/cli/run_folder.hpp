// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The folder that a run leaves.
//
//   spikes.h5      recorded spikes
//   traces.h5      recorded state variables, if there are any
//   weights.h5     weights of plastic projections at the end, as edges; weight_traces.h5 samples of
//                  some of them, weights_PHASE.h5 those at the end of a phase, where asked for
//   protocol.toml  the fully resolved protocol; running it again gives the same bits
//   summary.json   what came out, and where it came from; lists the files that a study added
//
// Invariants
//   (1) a run that was there is replaced only if that was asked for, and only its files.
//   (2) summary.json is whole at any moment; it says "running" until the run has ended.
//   (3) its last version has room on the disk before the run begins, where the file system can
//       promise it: a full disk does not keep a run from saying so.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace protocols::cli {

/// The next version of a small file, which replaces the one before as a whole.
class Replacement {
public:
    /// Claims room for it.
    /// Throws: BadFile, DiskFull
    explicit Replacement(std::filesystem::path path);
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    /// Once.
    /// Throws: BadFile, DiskFull; the version before is then still there
    void write(const std::string& text);

private:
    void write_all(const std::string& text) const;
    [[noreturn]] void fail(const std::string& what, std::uint64_t bytes) const;

    std::filesystem::path path_;
    std::filesystem::path next_;
    int descriptor_ = -1;
};

struct RunFolderOptions {
    std::string spikes_file = "spikes.h5";
    bool overwrite = false;
};

class RunFolder {
public:
    /// Makes the folder, and all above it.
    /// Throws: BadFile if it holds something and may not be overwritten
    RunFolder(std::filesystem::path path, const RunFolderOptions& options);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path spikes() const { return path_ / spikes_file_; }
    std::filesystem::path traces() const { return path_ / "traces.h5"; }
    std::filesystem::path protocol() const { return path_ / "protocol.toml"; }
    std::filesystem::path summary() const { return path_ / "summary.json"; }

    /// A further file of the run, to be created by whoever asks; the same name again is the same file.
    /// Throws: BadFile if the run needs the name itself, or it leads elsewhere
    std::filesystem::path add(const std::string& name);
    const std::vector<std::string>& added() const { return added_; }

    /// Takes the files of this run away, and the folder if it was made for it and is empty.
    void discard() noexcept;

private:
    std::filesystem::path path_;
    std::string spikes_file_;
    bool was_there_ = false;
    std::vector<std::string> added_;
};

/// runs/NAME-TIME, not there yet.
std::filesystem::path fresh_folder(const std::string& protocol);

}  // namespace protocols::cli
