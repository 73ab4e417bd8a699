// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// SIGINT and SIGTERM ask a run to end well; the second one ends it at once. A reader of its
// progress that goes away does not end it.

namespace protocols::cli {

/// From here on the first signal is noted instead of ending the program.
void catch_interrupts();

bool is_interrupted();

}  // namespace protocols::cli
