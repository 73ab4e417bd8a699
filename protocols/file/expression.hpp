// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Arithmetic over parameters: "=eta * theta / (J * tau_m)", without the leading "=".
//
// + - * / ^ and parentheses; sqrt exp log min max abs round floor ceil total_number; pi, e; numbers,
// also with a unit ("1.5 ms", "2 kHz"), which count in house units. Names are looked up when they
// are met.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/units.hpp"

namespace protocols {

struct ExpressionError {
    std::size_t offset;  ///< into the text, in bytes
    std::string text;    ///< empty: the cause was reported elsewhere
};

using Lookup = std::function<double(std::string_view name, std::size_t offset)>;

/// Throws: ExpressionError, also for results that are not finite
double evaluate(std::string_view text, const Lookup& lookup);

/// Names of functions and constants, for suggestions.
std::vector<std::string> expression_names();

/// The house unit that a unit's text converts to.
std::optional<sim::Unit> unit_named(std::string_view text);

/// True for "20 ms", "-3", ".5"; false for "info", which from_chars would take for infinity.
bool looks_like_quantity(std::string_view text);

}  // namespace protocols
