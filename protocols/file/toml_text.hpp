// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Values as TOML writes them.

#include <cstdint>
#include <string>

namespace protocols {

/// A number that reads back to the same double.
std::string real(double x);

/// A text in quotes, whatever is in it.
std::string quoted(const std::string& text);

/// A whole number, in quotes where TOML has no integers that large.
std::string whole(std::uint64_t x);

}  // namespace protocols
