// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the program can do, one function per command. Results go to standard output; mistakes leave
// as exceptions, which main turns into a message and an exit code.

#include <optional>
#include <string>
#include <vector>

#include "protocols/cli/exit_code.hpp"
#include "protocols/cli/job.hpp"
#include "protocols/cli/library.hpp"
#include "protocols/cli/progress.hpp"
#include "protocols/cli/study_job.hpp"
#include "sim/core/catalogue.hpp"

namespace protocols::cli {

struct RunOptions {
    JobRequest job;
    int threads = 1;
    std::string out;  ///< empty: where the circuit says, or runs/NAME-TIME
    bool overwrite = false;
    ProgressMode progress = ProgressMode::plain;
};

ExitCode run(const RunOptions& options, const sim::Catalogue& catalogue,
             const ProtocolLibrary& library);

/// The same for a study.
ExitCode run_study(const RunOptions& options, const StudyJob& job, const sim::Catalogue& catalogue);

constexpr int most_threads = 4096;

struct BenchOptions {
    std::vector<std::string> networks;  ///< empty: all standard ones
    std::string threads;                ///< "1,2"; empty: the cores
    int repeats = 0;                    ///< 0: the usual number
    std::string duration;               ///< "500ms"; empty: that of the network
    std::vector<std::string> sets;      ///< path=value
    std::string sweep;                  ///< "neurons=0.5,1"; empty: none
    std::string json;                   ///< file; empty: none
    bool quick = false;
    bool list = false;  ///< only say what there is
    bool once = false;  ///< one run in this process, as JSON
    ProgressMode progress = ProgressMode::plain;
};

/// Measures networks, or says which there are.
ExitCode bench(const BenchOptions& options, const sim::Catalogue& catalogue,
               const ProtocolLibrary& library);

/// All kinds, or one of them ("models", "sources", ...); only the names, one a line, for scripts.
/// Throws: UsageError
void list(const std::string& kind, bool only_names, const sim::Catalogue& catalogue,
          const ProtocolLibrary& library);

/// Throws: UsageError with the nearest name if nothing has this one
void show(const std::string& name, const sim::Catalogue& catalogue, const ProtocolLibrary& library);

void validate(const JobRequest& request, const sim::Catalogue& catalogue,
              const ProtocolLibrary& library);

/// A run folder, a spike file or a trace file.
void info(const std::string& path, bool as_json);
void recover(const std::string& path);

void version(bool as_json);

}  // namespace protocols::cli
