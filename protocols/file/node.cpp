// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/node.hpp"

#include <charconv>

#include "sim/core/text.hpp"

namespace protocols {

const Node* Node::find(std::string_view name) const {
    if (is_list()) {
        std::size_t index = 0;
        const auto* end = name.data() + name.size();
        const auto [stop, problem] = std::from_chars(name.data(), end, index);
        if (problem != std::errc{} || stop != end || index >= children.size()) return nullptr;
        return &children[index];
    }
    if (!is_table()) return nullptr;
    for (const Node& child : children)
        if (child.key == name) return &child;
    return nullptr;
}

Node* Node::find(std::string_view name) {
    return const_cast<Node*>(static_cast<const Node*>(this)->find(name));
}

std::vector<std::string> Node::keys() const {
    std::vector<std::string> result;
    if (is_list())
        for (std::size_t i = 0; i < children.size(); ++i) result.push_back(std::to_string(i));
    else
        for (const Node& child : children) result.push_back(child.key);
    return result;
}

std::string Node::shown() const {
    switch (kind) {
        case Kind::text: return text;
        case Kind::whole: return std::to_string(whole);
        case Kind::real: return sim::number(real);
        case Kind::flag: return whole != 0 ? "true" : "false";
        case Kind::table: return "{...}";
        case Kind::list: return "[...]";
    }
    return {};
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const auto dot = path.find('.', begin);
        parts.emplace_back(path.substr(begin, dot - begin));
        if (dot == path.npos) return parts;
        begin = dot + 1;
    }
}

const Node& deepest(const Node& root, std::string_view path) {
    const Node* node = &root;
    for (const auto& part : split_path(path)) {
        const Node* next = node->find(part);
        if (next == nullptr) break;
        node = next;
    }
    return *node;
}

namespace {

void collect(const Node& node, const std::string& prefix, std::vector<std::string>& paths) {
    const auto keys = node.keys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Node& child = node.children[i];
        if (node.is_list() && !child.is_table()) return;
        const std::string path = prefix.empty() ? keys[i] : prefix + "." + keys[i];
        paths.push_back(path);
        collect(child, path, paths);
    }
}

}  // namespace

std::vector<std::string> all_paths(const Node& root) {
    std::vector<std::string> paths;
    collect(root, "", paths);
    return paths;
}

}  // namespace protocols
