// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/results_table.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "protocols/cli/format.hpp"

namespace protocols::cli {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t most_rows = 30;
constexpr std::size_t widest = 100;
constexpr const char* indent = "  ";

// Six significant digits are as many as people read.
std::string six_digits(double x) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x,
                                   std::chars_format::general, 6);
    return {buffer.data(), end.ptr};
}

std::string cell(const Json& value) {
    if (value.is_null()) return "-";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return six_digits(value.get<double>());
    if (value.is_array() && !value.empty() && value.front().is_array())
        return std::to_string(value.size()) + " lists, in summary.json";
    if (value.is_array()) return counted(value.size(), "number") + ", in summary.json";
    return value.is_object() ? "in summary.json" : value.dump();
}

bool is_column(const Json& value) {
    if (!value.is_array() || value.empty()) return false;
    for (const auto& one : value)
        if (one.is_structured()) return false;
    return true;
}

std::vector<std::string> column(const std::string& name, const Json& values) {
    std::vector<std::string> cells{name};
    for (const auto& value : values) {
        if (cells.size() > most_rows) break;
        cells.push_back(cell(value));
    }
    return cells;
}

std::size_t width(const std::vector<std::string>& cells) {
    std::size_t most = 0;
    for (const auto& one : cells) most = std::max(most, one.size() + 2);
    return most;
}

// Lists of one length, one below the other until they are shown.
class Columns {
public:
    void add(const std::string& name, const Json& values) {
        auto cells = column(name, values);
        const bool has_room = width_ + width(cells) <= widest;
        if (!columns_.empty() && (values.size() != length_ || !has_room)) flush();
        length_ = values.size();
        width_ += width(cells);
        columns_.push_back(std::move(cells));
    }

    void flush() {
        if (columns_.empty()) return;
        Rows rows(columns_.front().size());
        for (const auto& one : columns_)
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(one[i]);
        text_ += aligned(rows, indent, std::string(columns_.size(), 'r'));
        if (length_ > most_rows)
            text_ += indent + ("... " + grouped(length_ - most_rows)) + " more in summary.json\n";
        columns_.clear();
        width_ = 0;
    }

    const std::string& text() const { return text_; }

private:
    Rows columns_;
    std::size_t length_ = 0;
    std::size_t width_ = 0;
    std::string text_;
};

}  // namespace

std::string shown_results(const Json& results) {
    if (!results.is_object()) return "";
    Rows single;
    Columns columns;
    for (const auto& [name, value] : results.items()) {
        if (is_column(value)) columns.add(name, value);
        else single.push_back({name, cell(value)});
    }
    columns.flush();
    return aligned(single, indent, "") + columns.text();
}

}  // namespace protocols::cli
