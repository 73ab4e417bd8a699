// SPDX-License-Identifier: BSD-3-Clause
#include <set>

#include "protocols/file/layers.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

void fill(Node& node, const Node& from) {
    for (const Node& child : from.children) {
        Node* own = node.find(child.key);
        if (own == nullptr) node.children.push_back(child);
        else if (own->is_table() && child.is_table() && !is_distribution(*own) &&
                 !is_distribution(child))
            fill(*own, child);
    }
}

// The other table may be like a third one; `open` holds those on the way.
void resolve(Node& section, Node& node, std::set<std::string> open, Diagnostics& diagnostics) {
    const Node* given = node.find("like");
    if (given == nullptr) return;
    const Node like = *given;
    std::erase_if(node.children, [](const Node& child) { return child.key == "like"; });
    const std::string path = section.key + "." + node.key + ".like";
    Node* other = section.find(like.text);
    open.insert(node.key);
    if (open.contains(like.text))
        return diagnostics.error(like.location, path, "= " + like.text + ": goes in a circle");
    if (other == nullptr || !other->is_table())
        return diagnostics.error(like.location, path,
                                 "= " + like.shown() + ": there is none in " + section.key +
                                     sim::suggestion(like.shown(), section.keys()));
    resolve(section, *other, open, diagnostics);
    fill(node, *other);
}

}  // namespace

void resolve_likes(Node& root, Diagnostics& diagnostics) {
    for (const char* key : {"neurons", "sources", "projections", "credit"})
        if (Node* section = root.find(key); section != nullptr && section->is_table())
            for (Node& node : section->children)
                if (node.is_table()) resolve(*section, node, {}, diagnostics);
}

}  // namespace protocols
