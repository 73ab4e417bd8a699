// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The tree of a protocol file: what was written, and where.
//
// Paths are keys joined by dots; items of a list are numbered from 0 ("record.traces.0.interval").

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace protocols {

/// Where something was written: in the file, or in the override number `origin`.
struct Location {
    static constexpr int file = -1;
    int origin = file;
    unsigned line = 0;  ///< from 1; 0: nowhere
    unsigned column = 0;
    bool operator==(const Location&) const = default;
};

struct Node {
    enum class Kind { text, whole, real, flag, table, list };

    Kind kind = Kind::table;
    std::string key;        ///< within a table
    Location key_location;
    Location location;      ///< of the value
    std::string text;       ///< text only
    double real = 0;        ///< real; whole, flag: the same as a double
    std::int64_t whole = 0;
    std::vector<Node> children;  ///< members of a table in file order, items of a list

    bool is_table() const { return kind == Kind::table; }
    bool is_list() const { return kind == Kind::list; }
    bool is_text() const { return kind == Kind::text; }
    bool is_number() const { return kind == Kind::whole || kind == Kind::real; }

    /// The member of a table or, by number, the item of a list; null if there is none.
    const Node* find(std::string_view name) const;
    Node* find(std::string_view name);
    std::vector<std::string> keys() const;

    /// The value as text: "lif_exp", "4.5", "true"; "[...]" and "{...}" for lists and tables.
    std::string shown() const;
};

std::vector<std::string> split_path(std::string_view path);

/// The deepest node on the way along `path` that exists.
const Node& deepest(const Node& root, std::string_view path);

/// Every path of the tree, tables included.
std::vector<std::string> all_paths(const Node& root);

/// A syntax error of TOML, as the parser reports it.
struct SyntaxError {
    Location location;
    std::string text;
};

/// Outside strings and comments TOML is ASCII; the library's test for blanks is undefined there
/// for other characters (3.3.0), so they are refused before it sees them.
/// Throws: SyntaxError
void check_plain(std::string_view text);

/// Reads TOML; the only function that knows the TOML library.
/// Throws: SyntaxError
Node parse_toml(std::string_view text);

}  // namespace protocols
