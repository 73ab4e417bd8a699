// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// summary.json: one object, the same keys at every moment; null for what is not known (yet).

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "protocols/cli/output.hpp"
#include "protocols/cli/progress.hpp"
#include "sim/run/simulation.hpp"

namespace protocols::cli {

using Json = nlohmann::ordered_json;

class Summary {
public:
    /// State "running".
    Summary(const sim::Description& description, int threads);

    /// Of a study, which has its own, shorter list of keys.
    Summary(const std::string& study, std::uint64_t seed, int threads);

    void set_network(const sim::Network& network, double build_s);
    void set_run(const sim::Network& network, const sim::Simulation& simulation, double simulate_s);

    /// After Output::end.
    void set_recorded(const Output& output);
    void set_results(Json results) { json_["results"] = std::move(results); }

    /// files: what the study added to the folder
    void set_study(double elapsed_s, const std::vector<std::string>& files);
    void set_end(sim::ExitState state);

    const Json& json() const { return json_; }
    std::string text() const { return json_.dump(2) + "\n"; }

private:
    void begin(const std::string& name, std::uint64_t seed, int threads);
    void add_provenance();

    Json json_;
};

/// A summary for people, several lines, the results in a table.
std::string shown_summary(const Json& summary);

/// The last words of a run, on standard output.
void report_end(ProgressMode mode, const Json& summary, const std::filesystem::path& folder);

}  // namespace protocols::cli
