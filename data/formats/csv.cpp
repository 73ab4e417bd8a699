// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/csv.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "sim/core/error.hpp"

namespace data {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string place_of(const std::filesystem::path& path, std::size_t line) {
    return path.string() + ":" + std::to_string(line);
}

// Takes the field at the start of `rest` away; nothing if its quotes do not close.
std::optional<std::string> quoted_field(std::string_view& rest) {
    std::string field;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != '"') {
            field += rest[i];
        } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
            field += rest[++i];
        } else {
            rest.remove_prefix(i + 1);
            return field;
        }
    }
    return std::nullopt;
}

std::vector<std::string> fields_of(std::string_view line, const std::string& place) {
    std::vector<std::string> fields;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        if (line.empty()) return fields;
        if (line.front() == '"') {
            auto field = quoted_field(line);
            if (!field) throw sim::BadFile(place + ": a quote is not closed");
            fields.push_back(std::move(*field));
        } else {
            const auto end = std::min(line.find_first_of(blanks), line.size());
            fields.emplace_back(line.substr(0, end));
            line.remove_prefix(end);
        }
    }
}

void need_distinct(const CsvTable& table, const std::string& place) {
    for (auto name = table.columns.begin(); name != table.columns.end(); ++name)
        if (std::find(table.columns.begin(), name, *name) != name)
            throw sim::BadFile(place + ": column '" + *name + "' is there twice");
}

}  // namespace

std::optional<std::size_t> CsvTable::column(const std::string& name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

std::string CsvTable::place(const Row& row) const { return place_of(path, row.line); }

CsvTable read_csv(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw sim::BadFile(path.string() + ": " + std::strerror(errno));
    CsvTable table{path, {}, {}};
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        const std::string place = place_of(path, number);
        std::string_view text(line);
        if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        auto fields = fields_of(text, place);
        if (fields.empty()) continue;
        if (table.columns.empty()) {
            table.columns = std::move(fields);
            need_distinct(table, place);
        } else if (fields.size() == table.columns.size()) {
            table.rows.push_back({number, std::move(fields)});
        } else {
            throw sim::BadFile(place + ": " + std::to_string(fields.size()) + " fields, but " +
                               std::to_string(table.columns.size()) +
                               " columns; quote fields with blanks, write NULL for empty ones");
        }
    }
    if (in.bad()) throw sim::BadFile(path.string() + ": cannot be read to its end");
    if (table.columns.empty()) throw sim::BadFile(path.string() + ": names no columns");
    return table;
}

}  // namespace data
