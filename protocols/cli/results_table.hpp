// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The results of a protocol for people: a line each, lists of one length side by side.

#include <nlohmann/json.hpp>
#include <string>

namespace protocols::cli {

/// Several lines, indented; empty if there are no results. Long lists are cut and say so.
std::string shown_results(const nlohmann::ordered_json& results);

}  // namespace protocols::cli
