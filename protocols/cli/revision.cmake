# SPDX-License-Identifier: BSD-3-Clause
# Run at every build with SOURCE and OUTPUT: writes the commit into OUTPUT if it has changed.
cmake_policy(VERSION 3.25)
find_program(GIT git)
set(revision "")
if(GIT)
  execute_process(
    COMMAND "${GIT}" -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision)
  set(revision "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT
"#include \"protocols/cli/build_info.hpp\"

const std::string_view protocols::cli::revision = \"@revision@\";
")
