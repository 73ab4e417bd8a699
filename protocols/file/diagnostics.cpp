// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/diagnostics.hpp"

#include <algorithm>
#include <tuple>

#include "sim/core/error.hpp"

namespace protocols {
namespace {

std::string sentence(const std::string& path, const std::string& text) {
    if (path.empty()) return text;
    return path + " " + text;
}

// What follows "--set path=value: error: " need not repeat path and value.
std::string rule_of(const std::string& text, const std::string& value) {
    const std::string start = "= " + value;
    const auto colon = text.find(": ", start.size());
    if (text.starts_with(start + ": ") || (text.starts_with(start + " ") && colon != text.npos))
        return text.substr(colon + 2);
    return text.starts_with("= ") ? text.substr(2) : text;
}

unsigned order(Location location) {
    return location.origin == Location::file ? 0 : static_cast<unsigned>(location.origin) + 1;
}

}  // namespace

Diagnostics::Diagnostics(const Source& source, const std::vector<Override>& overrides)
    : file_name_(source.name), overrides_(overrides) {
    std::string line;
    for (const char c : source.text) {
        if (c == '\n') {
            lines_.push_back(line);
            line.clear();
        } else if (c != '\r') {
            line += c;
        }
    }
    lines_.push_back(line);
}

void Diagnostics::error(Location location, const std::string& path, const std::string& text) {
    // What several tables share (`like`) is one mistake.
    const auto is_same = [&](const Mistake& mistake) {
        return location.line > 0 && mistake.text == text && mistake.location == location;
    };
    if (!is_bad(path) && std::none_of(mistakes_.begin(), mistakes_.end(), is_same))
        mistakes_.push_back({location, path, text});
    if (!path.empty()) bad_.insert(path);
}

void Diagnostics::error(Location location, const std::string& text) {
    error(location, "", text);
}

bool Diagnostics::is_bad(const std::string& path) const {
    for (auto end = path.size();; end = path.rfind('.', end - 1)) {
        if (bad_.contains(path.substr(0, end))) return true;
        if (end == 0 || path.rfind('.', end - 1) == path.npos) return false;
    }
}

std::vector<std::string> Diagnostics::messages() const {
    auto sorted = mistakes_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Mistake& a, const Mistake& b) {
        return std::tuple(order(a.location), a.location.line, a.location.column) <
               std::tuple(order(b.location), b.location.line, b.location.column);
    });
    std::vector<std::string> result;
    for (const auto& mistake : sorted) result.push_back(message(mistake));
    return result;
}

void Diagnostics::check() const {
    if (!empty()) throw sim::BadProtocol(messages());
}

std::string Diagnostics::message(const Mistake& mistake) const {
    const auto& [location, path, text] = mistake;
    if (location.origin != Location::file) {
        const auto& set = overrides_[static_cast<std::size_t>(location.origin)];
        const bool same = path == set.path || path == "parameters." + set.path;
        return (set.shown.empty() ? "--set " + set.path + "=" + set.value : set.shown) +
               ": error: " + (same ? rule_of(text, set.value) : sentence(path, text));
    }
    if (location.line == 0) return file_name_ + ": error: " + sentence(path, text);
    return file_name_ + ":" + std::to_string(location.line) + ":" +
           std::to_string(location.column) + ": error: " + sentence(path, text) +
           excerpt(location);
}

// The caret stands below the character: tabs stay tabs, a UTF-8 sequence is one column.
std::string Diagnostics::excerpt(Location location) const {
    if (location.line > lines_.size()) return {};
    constexpr std::size_t widest = 160;
    const std::string& line = lines_[location.line - 1];
    std::string blanks;
    unsigned column = 1;
    for (const char c : line) {
        if ((c & '\xC0') == '\x80') continue;
        if (column++ >= location.column) break;
        blanks += c == '\t' ? '\t' : ' ';
    }
    if (blanks.size() > widest) return {};
    const std::string shown = line.size() > 2 * widest ? line.substr(0, 2 * widest) + "..." : line;
    return "\n  " + shown + "\n  " + blanks + "^";
}

}  // namespace protocols
