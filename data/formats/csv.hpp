// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Tables of text in the dialect of SONATA: columns separated by blanks, fields with blanks in
// double quotes (a quote inside stands twice), the first line names the columns.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace data {

struct CsvTable {
    struct Row {
        std::size_t line = 0;  ///< in the file, from 1
        std::vector<std::string> fields;
    };

    std::filesystem::path path;
    std::vector<std::string> columns;
    std::vector<Row> rows;  ///< each with a field for every column

    std::optional<std::size_t> column(const std::string& name) const;

    /// "file:line"
    std::string place(const Row& row) const;
};

/// Throws: BadFile as "file:line: ..."
CsvTable read_csv(const std::filesystem::path& path);

}  // namespace data
