// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Lines of a text table, split into fields: comma, semicolon, tab or blanks between them, '#'
// before comments, an optional header of names in the first line.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace data {

class TextTable {
public:
    explicit TextTable(const std::filesystem::path& path) : path_(path), in_(path) {}

    /// Goes to the next line that holds something; false at the end of the file.
    /// Throws: BadFile
    bool next();

    /// Of the present line; valid until the next one.
    const std::vector<std::string_view>& fields() const { return fields_; }

    /// The first line, if it begins with no number.
    bool is_header() const { return is_header_; }
    bool is_first() const { return is_first_; }

    /// A field of a header as a name: lower case, without quotes.
    static std::string name(std::string_view field);

    /// Throws: BadFile unless the line has as many fields
    void need_fields(std::size_t count) const;

    /// Throws: BadFile if the field is no finite number / no natural number
    double number(std::size_t field, std::string_view what) const;
    std::uint64_t natural(std::size_t field, std::string_view what) const;

    /// Throws: BadFile "file:line: text"
    [[noreturn]] void fail(const std::string& text) const;

    /// A field as messages show it.
    static std::string quoted(std::string_view field);

private:
    std::filesystem::path path_;
    std::ifstream in_;
    std::string line_;
    std::size_t number_ = 0;
    std::vector<std::string_view> fields_;
    bool is_first_ = false;
    bool is_header_ = false;
    bool has_begun_ = false;
};

}  // namespace data
