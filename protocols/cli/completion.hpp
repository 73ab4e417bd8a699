// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A completion script for bash, made from the table of commands and options itself.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace protocols::cli {

std::string bash_completion(const CLI::App& app);

/// The long options of a command, "--seed".
std::vector<std::string> long_options(const CLI::App& command);

/// The names of all commands.
std::vector<std::string> command_names(const CLI::App& app);

}  // namespace protocols::cli
