// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/format.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace protocols::cli {
namespace {

// Three significant digits where the number is below 1000.
std::string three_digits(double x) { return fixed(x, x < 10 ? 2 : x < 100 ? 1 : 0); }

std::string padded(const std::string& cell, std::size_t width, bool to_right) {
    const std::string blanks(width - std::min(width, cell.size()), ' ');
    return to_right ? blanks + cell : cell + blanks;
}

}  // namespace

std::string fixed(double x, int digits) {
    std::array<char, 400> buffer{};  // the largest double has 309 digits
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x,
                                   std::chars_format::fixed, digits);
    return {buffer.data(), end.ptr};
}

std::string grouped(std::uint64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

std::string scaled(double x) {
    constexpr std::array units{"", " k", " M", " G", " T"};
    std::size_t unit = 0;
    while (x >= 999.5 && unit + 1 < units.size()) {
        x /= 1000;
        ++unit;
    }
    return three_digits(x) + units[unit];
}

std::string bytes(std::uint64_t n) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto x = static_cast<double>(n);
    std::size_t unit = 0;
    while (x >= 999.5 && unit + 1 < units.size()) {
        x /= 1024;
        ++unit;
    }
    return (unit == 0 ? std::to_string(n) : three_digits(x)) + " " + units[unit];
}

std::string clock_time(double seconds) {
    constexpr double longest = 1e9;
    if (!(seconds < longest)) return "-";
    const auto whole = static_cast<std::uint64_t>(std::llround(std::max(seconds, 0.0)));
    const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const std::uint64_t hours = whole / 3600;
    const std::uint64_t minutes = whole / 60 % 60;
    const std::string end = ":" + two(whole % 60);
    return hours > 0 ? std::to_string(hours) + ":" + two(minutes) + end
                     : std::to_string(minutes) + end;
}

std::string counted(std::uint64_t n, std::string_view noun) {
    return grouped(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view indent,
                    std::string_view alignment) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line(indent);
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths[i] == 0) continue;
            line += padded(row[i], widths[i], i < alignment.size() && alignment[i] == 'r') + "  ";
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

Style Style::of(int descriptor) {
    const char* no_color = std::getenv("NO_COLOR");
    return Style(is_terminal(descriptor) && (no_color == nullptr || *no_color == '\0'));
}

std::string Style::wrapped(std::string_view text, std::string_view code) const {
    if (!is_on_) return std::string(text);
    return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

bool is_terminal(int descriptor) {
    const char* kind = std::getenv("TERM");
    return isatty(descriptor) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace protocols::cli
