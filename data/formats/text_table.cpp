// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/text_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "sim/core/error.hpp"

namespace data {
namespace {

// Fields between separators; blanks around a comma, semicolon or tab belong to it.
std::vector<std::string_view> split(std::string_view line) {
    constexpr std::string_view blanks = " \r";
    const auto mark = line.find_first_of(",;\t");
    const std::string_view separators =
        mark == std::string_view::npos ? blanks : line.substr(mark, 1);
    std::vector<std::string_view> fields;
    while (true) {
        const auto end = line.find_first_of(separators);
        auto field = line.substr(0, end);
        field.remove_prefix(std::min(field.find_first_not_of(blanks), field.size()));
        field = field.substr(0, field.find_last_not_of(blanks) + 1);
        if (!field.empty() || mark != std::string_view::npos) fields.push_back(field);
        if (end == std::string_view::npos) return fields;
        line.remove_prefix(end + 1);
    }
}

template <typename Number>
std::optional<Number> parse(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number value{};
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

bool TextTable::next() {
    while (std::getline(in_, line_)) {
        std::string_view rest(line_);
        if (++number_ == 1 && rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
        rest = rest.substr(0, rest.find('#'));
        if (rest.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        fields_ = split(rest);
        is_first_ = !has_begun_;
        is_header_ = is_first_ && !parse<double>(fields_[0]);
        has_begun_ = true;
        return true;
    }
    if (in_.bad()) throw sim::BadFile(path_.string() + ": cannot be read to its end");
    return false;
}

std::string TextTable::name(std::string_view field) {
    std::string text;
    for (const char c : field)
        if (c != '"') text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

void TextTable::need_fields(std::size_t count) const {
    if (fields_.size() != count)
        fail(std::to_string(fields_.size()) + " columns, " + std::to_string(count) + " before");
}

double TextTable::number(std::size_t field, std::string_view what) const {
    const auto value = parse<double>(fields_[field]);
    if (!value || !std::isfinite(*value))
        fail(std::string(what) + " " + quoted(fields_[field]) + " is not a number");
    return *value;
}

std::uint64_t TextTable::natural(std::size_t field, std::string_view what) const {
    const auto value = parse<std::uint64_t>(fields_[field]);
    if (!value) fail(std::string(what) + " " + quoted(fields_[field]) + " is not a natural number");
    return *value;
}

void TextTable::fail(const std::string& text) const {
    throw sim::BadFile(path_.string() + ":" + std::to_string(number_) + ": " + text);
}

std::string TextTable::quoted(std::string_view field) {
    constexpr std::size_t most = 40;
    std::string shown;
    for (const char c : field.substr(0, most)) shown += c >= ' ' && c < 127 ? c : '?';
    return "'" + shown + (field.size() > most ? "...'" : "'");
}

}  // namespace data
