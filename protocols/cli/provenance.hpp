// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Where results come from: program, build, machine and time, for summaries and file attributes.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace protocols::cli {

using Json = nlohmann::ordered_json;

/// Now, "2026-11-25T18:53:00Z".
std::string utc_time();

/// Version, revision, compiler, flags, libraries.
Json build_json();

/// The same and the machine, as short texts.
std::map<std::string, std::string> provenance_texts();

unsigned host_cores();
std::string processor();         ///< its name as the system gives it
std::uint64_t resident_bytes();  ///< memory in use now
std::uint64_t peak_resident_bytes();

}  // namespace protocols::cli
