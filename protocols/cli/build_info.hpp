// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What this program was built from, filled in by the build.

#include <array>
#include <string_view>

namespace protocols::cli {

struct Dependency {
    std::string_view name;
    std::string_view version;
};

struct BuildInfo {
    std::string_view version;
    std::string_view compiler;
    std::string_view build_type;
    std::string_view flags;
    std::array<Dependency, 9> dependencies;
};

extern const BuildInfo build_info;

/// The commit, "-dirty" behind it if files were changed; "unknown" outside of git.
extern const std::string_view revision;

}  // namespace protocols::cli
