// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/file/section.hpp"

#include <algorithm>

#include "sim/core/text.hpp"

namespace protocols {

const Node* Section::field(const std::string& key) {
    known_.push_back(key);
    return node_.find(key);
}

const Node* Section::required(const std::string& key, const std::string& hint) {
    const Node* found = field(key);
    if (found == nullptr) {
        const Location here = node_.key_location.line > 0 ? node_.key_location : node_.location;
        diagnostics_.error(here, at(key), "is missing; " + hint);
    }
    return found;
}

void Section::read(const std::string& key, std::string& out) {
    if (const Node* found = field(key)) out = evaluator_.text(*found, at(key));
}

void Section::read(const std::string& key, std::uint64_t& out) {
    if (const Node* found = field(key)) out = evaluator_.count(*found, at(key)).value_or(out);
}

void Section::read(const std::string& key, bool& out) {
    const Node* found = field(key);
    if (found == nullptr) return;
    if (found->kind == Node::Kind::flag) out = found->whole != 0;
    else error(*found, key, "= " + found->shown() + ": must be true or false");
}

void Section::read(const std::string& key, sim::Unit unit, double& out) {
    if (const Node* found = field(key)) out = evaluator_.number(*found, at(key), unit);
}

void Section::read(const std::string& key, std::optional<sim::Unit> unit, sim::Value& out) {
    if (const Node* found = field(key)) out = evaluator_.value(*found, at(key), unit);
}

void Section::read(const std::string& key, std::map<std::string, sim::Value>& out,
                   sim::Unit unit) {
    if (const Node* found = field(key)) out[key] = evaluator_.value(*found, at(key), unit);
}

void Section::read(const std::string& key, std::vector<std::string>& out) {
    const Node* found = field(key);
    if (found == nullptr) return;
    if (!found->is_list()) return out.push_back(evaluator_.text(*found, at(key)));
    for (const Node& child : found->children) out.push_back(evaluator_.text(child, at(key)));
}

void Section::read(const std::string& key, std::vector<std::uint64_t>& out) {
    const Node* found = field(key);
    if (found == nullptr) return;
    if (!found->is_list()) return error(*found, key, "= " + found->shown() + ": must be a list");
    for (const Node& child : found->children)
        out.push_back(evaluator_.count(child, at(key)).value_or(0));
}

void Section::finish() const {
    for (const Node& child : node_.children)
        if (std::find(known_.begin(), known_.end(), child.key) == known_.end()) {
            diagnostics_.error(child.key_location,
                               "unknown key '" + child.key + "'" +
                                   (path_.empty() ? "" : " in [" + path_ + "]") +
                                   sim::suggestion(child.key, known_));
            diagnostics_.mark_bad(at(child.key));
        }
}

}  // namespace protocols
