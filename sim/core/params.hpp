// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The one table behind every parameter: default, range, unit, meaning.
//
// A part writes `static constexpr auto params() { return std::array{Param<Params<>>{...}, ...}; }`.
// Checks, `--set`, `show`, protocol files and the metadata of output files all read this table.

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/units.hpp"

namespace sim {

/// A closed or half-open interval of valid values; prints its own rule. NaN is never inside.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool low_open = false;
    bool high_open = false;
    bool whole = false;  ///< only whole numbers

    constexpr bool contains(double x) const {
        if (!(low_open ? x > low : x >= low) || !(high_open ? x < high : x <= high)) return false;
        return !whole || std::floor(x) == x;
    }
    /// "> 0", ">= 0", "in [0, 1]", "any finite number"
    std::string text() const;
};

namespace range {
inline constexpr double huge = std::numeric_limits<double>::max();
inline constexpr Range finite{-huge, huge};
inline constexpr Range positive{0, huge, true};
inline constexpr Range non_negative{0, huge};
inline constexpr Range unit_interval{0, 1};
inline constexpr Range count{0, 9007199254740992.0, false, false, true};
inline constexpr Range flag{0, 1, false, false, true};
}  // namespace range

/// One row of a part's table.
template <class P>
struct Param {
    std::string_view name;
    double P::*member;
    Unit unit;
    Range range;
    std::string_view meaning;
};

/// The same row without its type, as the catalogue keeps it.
struct ParamInfo {
    std::string name;
    Unit unit;
    double default_value;
    Range range;
    std::string meaning;
};

/// Turns a part's typed table into rows; values are exchanged as doubles in table order.
template <class P, class Table>
std::vector<ParamInfo> describe(const Table& table) {
    const P defaults{};
    std::vector<ParamInfo> rows;
    for (const auto& row : table)
        rows.push_back({std::string(row.name), row.unit, defaults.*(row.member), row.range,
                        std::string(row.meaning)});
    return rows;
}

/// Builds a parameter struct from values in table order.
template <class P, class Table>
P assemble(const Table& table, const std::vector<double>& values) {
    P result{};
    std::size_t i = 0;
    for (const auto& row : table) result.*(row.member) = values[i++];
    return result;
}

}  // namespace sim
