// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The nodes of a SONATA circuit, sorted into populations of a description.
//
// Invariants
//   (1) the nodes of a part are in ascending order of their ids.
//   (2) every node is in one part, and a part has one model or is virtual.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "data/formats/sonata_circuit_items.hpp"
#include "data/formats/sonata_circuit_models.hpp"
#include "sim/net/description.hpp"

namespace data::circuit {

/// Where a node is in the description.
struct NodeHome {
    std::size_t part;
    std::uint64_t index;
};

/// A population of the description: nodes of one SONATA population that share a model.
struct NodePart {
    std::string name;
    const ModelMap* model = nullptr;  ///< null: virtual nodes
    std::vector<std::uint64_t> rows;  ///< of Items
    std::vector<std::uint64_t> ids;   ///< as the files name the nodes

    bool is_virtual() const { return model == nullptr; }
    bool counts_from_zero() const { return ids.empty() || ids.back() == ids.size() - 1; }
};

class NodePopulation {
public:
    /// Throws: BadFile; what is wrong with single nodes becomes mistakes
    NodePopulation(Items::Origin origin, Mistakes& mistakes);

    const std::string& name() const { return items_.population(); }
    const Items& items() const { return items_; }
    const std::vector<NodePart>& parts() const { return parts_; }
    std::vector<NodePart>& parts() { return parts_; }

    const std::vector<std::uint64_t>& ids() const { return ids_; }  ///< by row
    std::optional<std::uint64_t> row(std::uint64_t id) const;
    std::optional<NodeHome> home(std::uint64_t id) const;  ///< nothing: refused, or no such node

    /// True if a part could not be mapped: what refers to it need not be reported again.
    bool is_incomplete() const { return is_incomplete_; }

private:
    void read_ids();
    void sort_into_parts(Mistakes& mistakes);

    Items items_;
    std::vector<std::uint64_t> ids_;              // by row
    std::vector<std::uint64_t> order_;            // rows by ascending id
    std::vector<std::optional<NodeHome>> homes_;  // by row
    std::vector<NodePart> parts_;
    bool is_incomplete_ = false;
};

/// Populations in the order of the configuration; pointers to them stay valid.
using Nodes = std::deque<NodePopulation>;

const NodePopulation* find_population(const Nodes& nodes, const std::string& name);

/// Where a path of the description comes from in the files, to locate what `validate` finds.
using Places = std::map<std::string, std::string>;

/// The neurons of a part with all their parameters; `v_init` where they state no potential.
sim::NeuronsSpec neurons_of(const NodePopulation& population, const NodePart& part,
                            std::optional<double> v_init, Places& places, Mistakes& mistakes,
                            std::vector<std::string>& notes);

/// Gives the parts of all populations names that are valid and distinct.
void name_parts(Nodes& nodes);

/// `name` with the characters replaced that the names of a description do not have.
std::string valid_name(const std::string& name);

/// One number if all are equal, else a list.
sim::Value to_value(std::vector<double> values);

}  // namespace data::circuit
