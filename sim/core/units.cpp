// SPDX-License-Identifier: BSD-3-Clause
#include "sim/core/units.hpp"

#include <array>
#include <charconv>

namespace sim {
namespace {

struct Named {
    std::string_view text;
    Unit unit;
    double factor;
};

// The first entry of a unit is its house symbol.
constexpr std::array table{
    Named{"ms", Unit::ms, 1},        Named{"s", Unit::ms, 1e3},
    Named{"us", Unit::ms, 1e-3},     Named{"ns", Unit::ms, 1e-6},
    Named{"min", Unit::ms, 6e4},     Named{"mV", Unit::mV, 1},
    Named{"V", Unit::mV, 1e3},       Named{"uV", Unit::mV, 1e-3},
    Named{"pA", Unit::pA, 1},        Named{"nA", Unit::pA, 1e3},
    Named{"uA", Unit::pA, 1e6},      Named{"fA", Unit::pA, 1e-3},
    Named{"pF", Unit::pF, 1},        Named{"nF", Unit::pF, 1e3},
    Named{"uF", Unit::pF, 1e6},      Named{"nS", Unit::nS, 1},
    Named{"uS", Unit::nS, 1e3},      Named{"mS", Unit::nS, 1e6},
    Named{"pS", Unit::nS, 1e-3},     Named{"Hz", Unit::hz, 1},
    Named{"kHz", Unit::hz, 1e3},     Named{"1/s", Unit::hz, 1},
    Named{"um", Unit::um, 1},        Named{"mm", Unit::um, 1e3},
    Named{"nm", Unit::um, 1e-3},     Named{"1/ms", Unit::per_ms, 1},
    Named{"1/mV", Unit::per_mV, 1},  Named{"pA/ms", Unit::pA_per_ms, 1},
};

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::string_view symbol(Unit unit) {
    for (const auto& entry : table)
        if (entry.unit == unit) return entry.text;
    return "";
}

std::optional<Quantity> parse_quantity(std::string_view text) {
    text = trimmed(text);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    Quantity result{0, {}};
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), result.value);
    if (problem != std::errc{}) return std::nullopt;
    result.unit_text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    return result;
}

std::optional<double> conversion(std::string_view unit_text, Unit unit) {
    if (unit_text.empty()) return 1.0;
    for (const auto& entry : table)
        if (entry.unit == unit && entry.text == unit_text) return entry.factor;
    return std::nullopt;
}

}  // namespace sim
