// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/layers.hpp"

#include <algorithm>
#include <utility>

#include "protocols/file/expression.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

using Path = std::vector<std::string>;

void relocate(Node& node, Location location) {
    node.location = node.key_location = location;
    for (Node& child : node.children) relocate(child, location);
}

// "4.5", "[1, 2]", "true" as TOML; "15 ms" and "lif_delta" are no TOML and stay text.
Node parsed_value(const std::string& text, Location location) {
    Node value;
    value.kind = Node::Kind::text;
    value.text = text;
    try {
        if (Node table = parse_toml("v = " + text); table.children.size() == 1)
            value = std::move(table.children.front());
    } catch (const SyntaxError&) {
    }
    relocate(value, location);
    return value;
}

bool is_numeric(const Node& node) {
    if (node.is_text()) return node.text.starts_with('=') || looks_like_quantity(node.text);
    return node.is_number();
}

std::string joined(const Path& parts, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += (i > begin ? "." : "") + parts[i];
    return text;
}

// Tables that may be created because they need not be in the file.
bool may_create(const Path& parts, std::size_t depth) {
    const auto& name = parts[depth];
    if (depth == 0) return name == "run" || name == "record";
    return depth == 2 && parts[0] == "neurons" && (name == "initial" || name == "position");
}

Path resolved(const Node& root, const Override& set) {
    Path parts = split_path(set.path);
    const Node* parameters = root.find("parameters");
    if (parts.size() == 1 && parameters != nullptr && parameters->find(parts[0]) != nullptr)
        parts.insert(parts.begin(), "parameters");
    return parts;
}

bool is_parameter(const Node& root, const Path& parts) {
    const Node* parameters = root.find("parameters");
    return parts.size() == 2 && parts[0] == "parameters" && parameters != nullptr &&
           parameters->find(parts[1]) != nullptr;
}

void put(Node& parent, const std::string& key, Node value) {
    value.key = key;
    if (Node* old = parent.find(key)) *old = std::move(value);
    else parent.children.push_back(std::move(value));
}

class OverrideStep {
public:
    OverrideStep(Node& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

    void apply(const Override& set, std::size_t index) {
        const Path parts = resolved(root_, set);
        Node value = override_value(set, index);
        const Location location = value.location;
        if (is_parameter(root_, parts))
            return set_parameter(*root_.find("parameters")->find(parts[1]),
                                 joined(parts, 0, parts.size()), std::move(value), diagnostics_);
        Node* parent = &root_;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            if (parent->find(parts[i]) == nullptr && may_create(parts, i)) {
                Node table;
                relocate(table, location);
                put(*parent, parts[i], std::move(table));
            }
            Node* next = parent->find(parts[i]);
            if (next == nullptr) return nowhere(*parent, parts, i, location);
            parent = next;
        }
        const bool is_section = parts.size() == 1 || parent->is_list() || !parent->is_table() ||
                                (parts.size() == 2 && !may_create(parts, 0));
        if (is_section && parent->find(parts.back()) == nullptr)
            return nowhere(*parent, parts, parts.size() - 1, location);
        put(*parent, parts.back(), std::move(value));
    }

private:
    void nowhere(const Node& parent, const Path& parts, std::size_t depth, Location location) {
        auto known = parent.keys();
        if (depth == 0)
            if (const Node* parameters = root_.find("parameters"))
                for (auto& name : parameters->keys()) known.push_back(std::move(name));
        const std::string prefix = joined(parts, 0, depth);
        std::string hint = sim::nearest(parts[depth], known);
        if (hint.empty()) {
            hint = sim::suggestion(parts[depth], known);
        } else {
            const auto rest = joined(parts, depth + 1, parts.size());
            hint = " - did you mean '" + (prefix.empty() ? "" : prefix + ".") + hint +
                   (rest.empty() ? "" : "." + rest) + "'?";
        }
        diagnostics_.error(location, "leads nowhere: there is no '" + parts[depth] + "' in " +
                                         (prefix.empty() ? "the protocol" : prefix) + hint);
    }

    Node& root_;
    Diagnostics& diagnostics_;
};

}  // namespace

Node override_value(const Override& set, std::size_t index) {
    return parsed_value(set.value, {static_cast<int>(index), 1, 1});
}

void set_parameter(Node& parameter, const std::string& path, Node value, Diagnostics& diagnostics) {
    Node* target = parameter.is_table() ? parameter.find("default") : &parameter;
    if (target != nullptr && is_numeric(*target) && !is_numeric(value))
        return diagnostics.error(value.location, path, "= " + value.shown() + ": must be a number");
    value.key = parameter.key;
    if (!parameter.is_table()) parameter = std::move(value);
    else put(parameter, "default", std::move(value));
}

bool is_distribution(const Node& node) {
    if (!node.is_table()) return false;
    for (const char* kind : {"uniform", "normal", "lognormal", "exponential"})
        if (node.find(kind) != nullptr) return true;
    return false;
}

void apply_parameter_overrides(Node& root, Diagnostics& diagnostics) {
    OverrideStep step(root, diagnostics);
    const auto& all = diagnostics.overrides();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (is_parameter(root, resolved(root, all[i]))) step.apply(all[i], i);
}

void apply_overrides(Node& root, Diagnostics& diagnostics) {
    OverrideStep step(root, diagnostics);
    const auto& all = diagnostics.overrides();
    for (std::size_t i = 0; i < all.size(); ++i) step.apply(all[i], i);
}

namespace {

void merge(Node& base, const Node& over, bool in_parameters) {
    for (const Node& child : over.children) {
        Node* old = base.find(child.key);
        if (old == nullptr) {
            base.children.push_back(child);
        } else if (in_parameters && old->is_table() && !child.is_table()) {
            put(*old, "default", child);
        } else if (old->is_table() && child.is_table() && !is_distribution(*old) &&
                   !is_distribution(child)) {
            merge(*old, child, in_parameters || child.key == "parameters");
        } else {
            *old = child;
        }
    }
}

void remove(Node& root, const Node& entry, Diagnostics& diagnostics) {
    const std::string path = entry.shown();
    const auto dot = path.rfind('.');
    const std::string key = dot == path.npos ? path : path.substr(dot + 1);
    Node* parent = &root;
    if (dot != path.npos)
        for (const auto& part : split_path(path.substr(0, dot)))
            if (parent != nullptr) parent = parent->find(part);
    if (!entry.is_text() || parent == nullptr || parent->find(key) == nullptr)
        return diagnostics.error(entry.location, "remove: there is no '" + path + "'" +
                                                     sim::suggestion(path, all_paths(root)));
    const auto at = parent->find(key) - parent->children.data();
    parent->children.erase(parent->children.begin() + at);
}

void merge_variant(Node& root, Node variant, Diagnostics& diagnostics) {
    if (const Node* gone = variant.find("remove")) {
        const std::vector<Node> entries = gone->is_list() ? gone->children : std::vector{*gone};
        for (const Node& entry : entries) remove(root, entry, diagnostics);
        std::erase_if(variant.children, [](const Node& child) { return child.key == "remove"; });
    }
    merge(root, variant, false);
}

}  // namespace

void merge_variants(Node& root, const Choose& choose, Diagnostics& diagnostics) {
    const Node* found = root.find("variants");
    if (found == nullptr) return;
    const Node variants = *found;
    std::erase_if(root.children, [](const Node& child) { return child.key == "variants"; });
    if (!variants.is_table())
        return diagnostics.error(variants.location, "variants", "must be a table");
    const Node* parameters = root.find("parameters");
    const auto known = parameters == nullptr ? Path{} : parameters->keys();
    for (const Node& group : variants.children) {
        if (std::find(known.begin(), known.end(), group.key) == known.end()) {
            diagnostics.error(group.key_location, "variants of '" + group.key +
                                                      "', which is no parameter" +
                                                      sim::suggestion(group.key, known));
            continue;
        }
        const auto value = choose(group.key);
        for (const Node& variant : group.children) {
            if (!variant.is_table())
                diagnostics.error(variant.location, "variants." + group.key + "." + variant.key,
                                  "must be a table");
            else if (value && variant.key == *value) merge_variant(root, variant, diagnostics);
        }
    }
}

}  // namespace protocols
