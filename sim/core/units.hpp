// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// House units and their text form.
//
// Every quantity inside the program is a plain double in the house unit of its dimension:
// ms, mV, pA, pF, nS, Hz, um (closed: pF mV / ms = nS mV = pA). Other units exist only in text.

#include <optional>
#include <string>
#include <string_view>

namespace sim {

enum class Unit { none, ms, mV, pA, pF, nS, hz, um, per_ms, per_mV, pA_per_ms };

/// The symbol of a house unit ("ms"; "" for none).
std::string_view symbol(Unit unit);

/// A parsed quantity: a number and, when the text named one, its unit's text.
struct Quantity {
    double value;           ///< in the unit named by `unit_text`
    std::string unit_text;  ///< "" when the text was a bare number
};

/// Splits "20 ms", "1e-3s", "-0.5" into number and unit; nothing when it is not of that form.
std::optional<Quantity> parse_quantity(std::string_view text);

/// The factor that turns a value in `unit_text` into the house unit `unit`; nothing when the
/// dimension differs ("mV" where a time is wanted). A bare number ("") has factor 1.
std::optional<double> conversion(std::string_view unit_text, Unit unit);

}  // namespace sim
