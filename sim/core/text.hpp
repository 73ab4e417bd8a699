// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Small text helpers for messages.

#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// The known name nearest in edit distance; empty when none is near (more than a third differs).
std::string nearest(std::string_view name, const std::vector<std::string>& known);

/// " - did you mean 'x'?", or the list of what is known when nothing is near.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

/// The shortest text that reads back to the same double.
std::string number(double x);

/// "a, b, c"
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");

}  // namespace sim
