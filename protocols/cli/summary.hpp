// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// summary.json: one object, the same keys at every moment; null for what is not known (yet).

#include <nlohmann/json.hpp>
#include <string>

#include "protocols/cli/output.hpp"
#include "sim/run/simulation.hpp"

namespace protocols::cli {

using Json = nlohmann::ordered_json;

class Summary {
public:
    /// State "running".
    Summary(const sim::Description& description, int threads);

    void set_network(const sim::Network& network, double build_s);
    void set_run(const sim::Network& network, const sim::Simulation& simulation, double simulate_s);

    /// After Output::end.
    void set_recorded(const Output& output);
    void set_results(Json results) { json_["results"] = std::move(results); }
    void set_end(sim::ExitState state);

    const Json& json() const { return json_; }
    std::string text() const { return json_.dump(2) + "\n"; }

private:
    Json json_;
};

/// A summary for people, several lines.
std::string shown_summary(const Json& summary);

}  // namespace protocols::cli
