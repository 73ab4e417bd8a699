// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Nodes or edges of a SONATA population with their attributes, wherever these are stored.
//
// Invariants
//   (1) what the HDF5 group of an item holds overrides what the table of its type says; of the
//       parameters of models, HDF5 overrides the JSON file that the type names.
//   (2) numbers are finite; NaN stands for "not given".
// Threads: inside an hdf5::Scope.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/formats/csv.hpp"
#include "data/formats/sonata_circuit_columns.hpp"
#include "data/formats/sonata_circuit_json.hpp"

namespace data::circuit {

/// A number of every item, and where the first of them stands.
struct Numbers {
    std::vector<double> values;
    std::string place;
};

/// A text of every item; "" means "not given".
class Words {
public:
    explicit Words(std::size_t items) : of_(items, 0) {}

    std::uint32_t number(const std::string& word);  ///< of a word, new or not
    void set(std::size_t item, std::uint32_t word) { of_[item] = word; }
    const std::string& operator[](std::size_t item) const { return words_[of_[item]]; }

private:
    std::vector<std::string> words_{""};
    std::map<std::string, std::uint32_t> number_{{"", 0}};
    std::vector<std::uint32_t> of_;
};

/// A text as attributes are compared: numbers in their shortest form.
std::string plain(const std::string& text);

class Items {
public:
    struct Origin {
        std::shared_ptr<const OpenFile> file;
        std::string group;                      ///< "nodes/net"
        std::string population;                 ///< "net"
        std::string noun;                       ///< "node" or "edge"
        std::shared_ptr<const CsvTable> types;  ///< null: everything is in the HDF5 file
        std::filesystem::path dynamics_folder;  ///< of the JSON files that types name
    };

    /// Throws: BadFile
    Items(Origin origin, Mistakes& mistakes);

    std::uint64_t size() const { return group_of_.size(); }
    const OpenFile& file() const { return *origin_.file; }
    const std::string& population() const { return origin_.population; }
    std::string path(const std::string& name) const { return origin_.group + "/" + name; }
    std::string place(const std::string& name = {}) const;  ///< "file: nodes/net/name"

    std::optional<Numbers> stored(const std::string& name) const;  ///< HDF5 only
    std::optional<Numbers> typed(const std::string& name) const;   ///< table of types only
    Words words(const std::string& name) const;  ///< of either; numbers in their shortest form

    /// Names of all parameters of models that are given for any item.
    std::vector<std::string> dynamics() const;
    std::optional<Numbers> dynamics(const std::string& name) const;
    std::string dynamics_place(const std::string& name) const;
    /// Is it given, as anything, for one of these items?
    bool has_dynamics(const std::string& name, const std::vector<std::uint64_t>& items) const;

private:
    struct Type {
        const CsvTable::Row* row;
        std::filesystem::path file{};  // of `parameters`; empty: none
        Json parameters = Json::object();
    };

    void read_groups();
    std::map<std::uint64_t, const CsvTable::Row*> rows_by_id() const;
    void read_types();
    void read_parameters(Type& type) const;
    std::string field(const CsvTable::Row& row, const std::string& column) const;

    /// Calls set(item, entry of its group's column) for the items of group `g`.
    template <class Column, class Set>
    void spread(std::uint32_t g, const Column& column, const std::string& path, Set set) const;

    Origin origin_;
    Mistakes* mistakes_;
    std::vector<Type> types_;              // those that items have
    std::vector<std::uint32_t> type_of_;   // item -> types_; empty without a table
    std::vector<std::string> groups_;      // "nodes/net/0"
    std::vector<std::uint32_t> group_of_;  // item -> groups_
    std::vector<std::uint64_t> index_of_;  // item -> row of its group
};

}  // namespace data::circuit
