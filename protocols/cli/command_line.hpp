// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The arguments of the program: what there is, and what it calls.

#include <string>
#include <vector>

#include "protocols/cli/exit_code.hpp"

namespace protocols::cli {

/// Does what the arguments (without the name of the program) ask for.
/// Throws: UsageError, and what the command throws
ExitCode run_command_line(const std::vector<std::string>& arguments);

}  // namespace protocols::cli
