// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// One table of a protocol file, read key by key; what nobody asked for is unknown.

#include <string>
#include <vector>

#include "protocols/file/evaluator.hpp"

namespace protocols {

class Section {
public:
    Section(const Node& node, std::string path, Evaluator& evaluator, Diagnostics& diagnostics)
        : node_(node), path_(std::move(path)), evaluator_(evaluator), diagnostics_(diagnostics) {}

    /// The value of a key, and that the key is known.
    const Node* field(const std::string& key);
    /// The same, and a mistake if it is missing.
    const Node* required(const std::string& key, const std::string& hint);

    void read(const std::string& key, std::string& out);
    void read(const std::string& key, std::uint64_t& out);
    void read(const std::string& key, bool& out);
    void read(const std::string& key, sim::Unit unit, double& out);
    void read(const std::string& key, std::optional<sim::Unit> unit, sim::Value& out);
    void read(const std::string& key, std::map<std::string, sim::Value>& out, sim::Unit unit);
    /// One text or a list of them.
    void read(const std::string& key, std::vector<std::string>& out);
    void read(const std::string& key, std::vector<std::uint64_t>& out);

    /// Reports the keys that nobody asked for.
    void finish() const;

    std::string at(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
    const Node& node() const { return node_; }
    Evaluator& evaluator() const { return evaluator_; }
    void error(const Node& where, const std::string& key, const std::string& text) const {
        diagnostics_.error(where.location, at(key), text);
    }

private:
    const Node& node_;
    std::string path_;
    Evaluator& evaluator_;
    Diagnostics& diagnostics_;
    std::vector<std::string> known_;
};

}  // namespace protocols
