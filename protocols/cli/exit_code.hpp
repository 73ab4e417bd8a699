// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the program says to its caller.

#include <stdexcept>

namespace protocols::cli {

enum ExitCode {
    ok = 0,
    failure = 1,       ///< anything else, such as a solver that cannot go on
    usage = 2,         ///< arguments that make no sense
    bad_protocol = 3,  ///< a protocol with mistakes
    input_output = 4,  ///< a file that cannot be read or written
    disk_full = 5,
    interrupted = 130  ///< by SIGINT or SIGTERM, with whole files
};

/// Arguments that make no sense.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace protocols::cli
