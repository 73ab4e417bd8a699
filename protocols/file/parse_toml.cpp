// SPDX-License-Identifier: BSD-3-Clause
#define TOML_EXCEPTIONS 1
// "[.x]" fails an assertion of the library (3.3.0), but the code behind it reports the mistake.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

#include "protocols/file/node.hpp"

namespace protocols {
namespace {

Location location_of(const toml::source_position& position) {
    return {Location::file, static_cast<unsigned>(position.line),
            static_cast<unsigned>(position.column)};
}

Node converted(const toml::node& source);

std::vector<Node> members(const toml::table& table) {
    std::vector<Node> result;
    for (const auto& [key, value] : table) {
        Node child = converted(value);
        child.key = std::string(key.str());
        child.key_location = location_of(key.source().begin);
        result.push_back(std::move(child));
    }
    // The library sorts by name, but the order in the file gives neurons their numbers.
    std::stable_sort(result.begin(), result.end(), [](const Node& a, const Node& b) {
        return std::tie(a.key_location.line, a.key_location.column) <
               std::tie(b.key_location.line, b.key_location.column);
    });
    return result;
}

Node converted(const toml::node& source) {
    Node node;
    node.location = location_of(source.source().begin);
    if (const auto* table = source.as_table()) {
        node.children = members(*table);
    } else if (const auto* array = source.as_array()) {
        node.kind = Node::Kind::list;
        node.children.reserve(array->size());
        for (const auto& item : *array) node.children.push_back(converted(item));
    } else if (const auto* text = source.as_string()) {
        node.kind = Node::Kind::text;
        node.text = text->get();
    } else if (const auto* whole = source.as_integer()) {
        node.kind = Node::Kind::whole;
        node.whole = whole->get();
        node.real = static_cast<double>(node.whole);
    } else if (const auto* real = source.as_floating_point()) {
        node.kind = Node::Kind::real;
        node.real = real->get();
    } else if (const auto* flag = source.as_boolean()) {
        node.kind = Node::Kind::flag;
        node.whole = flag->get() ? 1 : 0;
        node.real = static_cast<double>(node.whole);
    } else {
        throw SyntaxError{node.location, "dates and times have no meaning here; write a string"};
    }
    return node;
}

}  // namespace

Node parse_toml(std::string_view text) {
    check_plain(text);
    try {
        return converted(toml::parse(text));
    } catch (const toml::parse_error& error) {
        throw SyntaxError{location_of(error.source().begin), std::string(error.description())};
    }
}

}  // namespace protocols
