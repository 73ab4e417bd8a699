// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From what the user names (a protocol, a file, a circuit) to what is to be simulated.

#include <filesystem>
#include <string>
#include <vector>

#include "protocols/cli/library.hpp"
#include "protocols/file/protocol_file.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/net/description.hpp"

namespace protocols::cli {

/// Files that a protocol names and that cannot be read, one located message each.
struct LostFiles : sim::BadFile {
    explicit LostFiles(const std::vector<std::string>& all)
        : BadFile(sim::join(all, "\n")), messages(all) {}
    std::vector<std::string> messages;
};

struct JobRequest {
    std::string what;                  ///< name of a protocol, FILE.toml or simulation_config.json
    std::vector<Override> overrides;   ///< --set and the options that stand for one
    std::vector<std::string> records;  ///< --record
};

class Job {
public:
    /// Throws: UsageError, BadFile, LostFiles, BadProtocol with every mistake, each located
    Job(const JobRequest& request, const sim::Catalogue& catalogue, const ProtocolLibrary& library);

    /// With all files loaded; valid.
    const sim::Description& description() const { return loaded_; }

    /// The fully resolved protocol for a file in `folder`, which paths in it start from.
    std::string protocol_text(const std::filesystem::path& folder) const;

    const Experiment* experiment() const { return experiment_; }

    /// A mistake that only shows when the network is built, with its place.
    std::vector<std::string> located(const sim::BadNetwork& error) const;

    // What a circuit says about its output.
    const std::filesystem::path& output_folder() const { return output_folder_; }
    const std::string& spikes_file() const { return spikes_file_; }
    bool may_overwrite() const { return may_overwrite_; }
    const std::vector<std::string>& notes() const { return notes_; }

private:
    void read(const JobRequest& request, const ProtocolLibrary& library);
    void read_file(const std::filesystem::path& file);
    void read_circuit(const std::filesystem::path& file);
    void load();
    std::vector<std::string> located(const std::vector<sim::Problem>& problems) const;

    const sim::Catalogue& catalogue_;
    std::vector<Override> overrides_;
    std::vector<std::string> records_;
    std::size_t first_record_ = 0;  // number of the first trace that --record asked for
    Source source_;
    std::filesystem::path folder_;  // relative paths of the description start here
    sim::Description resolved_;     // files named but not loaded
    sim::Description loaded_;
    const Experiment* experiment_ = nullptr;
    std::filesystem::path output_folder_;
    std::string spikes_file_ = "spikes.h5";
    bool may_overwrite_ = false;
    std::vector<std::string> notes_;
};

}  // namespace protocols::cli
