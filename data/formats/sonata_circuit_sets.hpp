// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Node sets: names for some of the nodes of a circuit.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/formats/sonata_circuit_nodes.hpp"

namespace data::circuit {

/// Is a node chosen?
/// Shape: [population][row of its Items]
using Selection = std::vector<std::vector<bool>>;

class NodeSets {
public:
    NodeSets(const Nodes& nodes, Mistakes& mistakes);

    /// Adds the sets of a node sets file; later ones replace earlier ones of the same name.
    void add(const Entry& file);

    /// The nodes that an entry asks for: the name of a set or a population, "all", a list of such
    /// names (their union), or an object of rules that all must hold. Nothing after a mistake,
    /// which includes that no node is chosen.
    std::optional<Selection> find(const Entry& wanted);

private:
    Selection none() const;
    bool add_named(const std::string& name, const Entry& user, Selection& chosen);
    bool add_wanted(const Entry& wanted, Selection& chosen);
    bool add_by_rules(const Entry& rules, Selection& chosen);
    bool keep_matching(const std::string& name, const Entry& rule, Selection& kept) const;
    std::optional<Words> attribute(const NodePopulation& population, const std::string& name) const;
    std::optional<std::set<std::string>> values_of(const Entry& rule) const;

    const Nodes& nodes_;
    Mistakes& mistakes_;
    std::map<std::string, Entry> sets_;
    std::set<std::string> open_;  // being resolved
};

}  // namespace data::circuit
