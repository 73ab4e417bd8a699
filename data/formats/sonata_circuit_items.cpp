// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_items.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/core/units.hpp"

namespace data::circuit {
namespace {

constexpr double not_given = std::numeric_limits<double>::quiet_NaN();

std::optional<double> to_number(const std::string& text) {
    const auto quantity = sim::parse_quantity(text);
    if (!quantity || !quantity->unit_text.empty() || !std::isfinite(quantity->value))
        return std::nullopt;
    return quantity->value;
}

}  // namespace

std::string plain(const std::string& text) {
    const auto number = to_number(text);
    return number ? sim::number(*number) : text;
}

std::uint32_t Words::number(const std::string& word) {
    const auto [at, is_new] = number_.emplace(word, static_cast<std::uint32_t>(words_.size()));
    if (is_new) words_.push_back(word);
    return at->second;
}

Items::Items(Origin origin, Mistakes& mistakes) : origin_(std::move(origin)), mistakes_(&mistakes) {
    read_groups();
    if (origin_.types) read_types();
}

std::string Items::place(const std::string& name) const {
    return file().at(name.empty() ? origin_.group : path(name));
}

// Writers leave out the groups when there is only one.
void Items::read_groups() {
    const std::string id = origin_.noun + "_group_id";
    const std::string index = origin_.noun + "_group_index";
    const auto count = column_length(file(), path(origin_.noun + "_type_id"));
    std::vector<std::uint64_t> ids(count, 0);
    if (file().has(path(id))) ids = read_naturals(file(), path(id));
    index_of_.resize(count);
    std::iota(index_of_.begin(), index_of_.end(), std::uint64_t{0});
    if (file().has(path(index))) index_of_ = read_naturals(file(), path(index));
    for (const auto& [name, length] : {std::pair{id, ids.size()}, {index, index_of_.size()}})
        if (length != count)
            throw sim::BadFile(place(name) + ": has " + std::to_string(length) +
                               " entries, but there are " + std::to_string(count) + " " +
                               origin_.noun + "s");
    std::map<std::uint64_t, std::uint32_t> known;
    group_of_.reserve(count);
    for (const auto one : ids) {
        const auto [at, is_new] = known.emplace(one, static_cast<std::uint32_t>(groups_.size()));
        if (is_new) groups_.push_back(path(std::to_string(one)));
        group_of_.push_back(at->second);
    }
}

std::map<std::uint64_t, const CsvTable::Row*> Items::rows_by_id() const {
    const CsvTable& table = *origin_.types;
    const std::string name = origin_.noun + "_type_id";
    const auto column = table.column(name);
    if (!column) throw sim::BadFile(table.path.string() + ": has no column '" + name + "'");
    std::map<std::uint64_t, const CsvTable::Row*> rows;
    for (const auto& row : table.rows) {
        const std::string population = field(row, "population");
        if (!population.empty() && population != origin_.population) continue;
        const auto id = to_number(row.fields[*column]);
        const std::string start = table.place(row) + ": " + name + " " + row.fields[*column];
        if (!id || *id < 0 || std::floor(*id) != *id)
            throw sim::BadFile(start + " is no natural number");
        if (!rows.emplace(static_cast<std::uint64_t>(*id), &row).second)
            throw sim::BadFile(start + " is there twice");
    }
    return rows;
}

void Items::read_types() {
    const auto rows = rows_by_id();
    const std::string column = path(origin_.noun + "_type_id");
    std::map<std::uint64_t, std::uint32_t> known;
    for (const auto id : read_naturals(file(), column)) {
        const auto [at, is_new] = known.emplace(id, static_cast<std::uint32_t>(types_.size()));
        type_of_.push_back(at->second);
        if (!is_new) continue;
        const auto row = rows.find(id);
        if (row == rows.end())
            throw sim::BadFile(file().at(column) + ": no type " + std::to_string(id) + " in " +
                               origin_.types->path.string());
        types_.push_back({row->second});
        read_parameters(types_.back());
    }
}

void Items::read_parameters(Type& type) const {
    const std::string name = field(*type.row, "dynamics_params");
    if (name.empty()) return;
    type.file = (origin_.dynamics_folder / name).lexically_normal();
    mistakes_->attempt([&] {
        auto found = read_json(type.file);
        if (!found.is_object())
            throw sim::BadFile(type.file.string() + ": must be an object {\"name\": value}");
        type.parameters = std::move(found);
    });
}

std::string Items::field(const CsvTable::Row& row, const std::string& column) const {
    const auto at = origin_.types->column(column);
    if (!at || row.fields[*at] == "NULL") return {};
    return row.fields[*at];
}

template <class Column, class Set>
void Items::spread(std::uint32_t g, const Column& column, const std::string& path, Set set) const {
    for (std::size_t i = 0; i < size(); ++i) {
        if (group_of_[i] != g) continue;
        if (index_of_[i] >= column.size())
            throw sim::BadFile(file().at(path) + ": has " + std::to_string(column.size()) +
                               " entries, but " + origin_.noun + " " + std::to_string(i) +
                               " has index " + std::to_string(index_of_[i]));
        set(i, column[index_of_[i]]);
    }
}

std::optional<Numbers> Items::stored(const std::string& name) const {
    std::optional<Numbers> found;
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
        const std::string column = groups_[g] + "/" + name;
        if (!file().has(column)) continue;
        if (!found) found = {std::vector<double>(size(), not_given), file().at(column)};
        spread(g, read_reals(file(), column), column,
               [&](std::size_t i, double x) { found->values[i] = x; });
    }
    return found;
}

std::optional<Numbers> Items::typed(const std::string& name) const {
    std::optional<Numbers> found;
    std::vector<double> of_type;
    for (const auto& type : types_) {
        of_type.push_back(not_given);
        const std::string text = field(*type.row, name);
        if (text.empty()) continue;
        const std::string at = origin_.types->place(*type.row) + ": " + name;
        if (const auto number = to_number(text)) of_type.back() = *number;
        else mistakes_->add(at, "= " + text + ": must be a number");
        if (!found) found = {std::vector<double>(size(), not_given), at};
    }
    for (std::size_t i = 0; found && i < size(); ++i) found->values[i] = of_type[type_of_[i]];
    return found;
}

Words Items::words(const std::string& name) const {
    Words words(size());
    std::vector<std::uint32_t> of_type;
    for (const auto& type : types_) of_type.push_back(words.number(plain(field(*type.row, name))));
    for (std::size_t i = 0; i < type_of_.size(); ++i) words.set(i, of_type[type_of_[i]]);
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
        const std::string column = groups_[g] + "/" + name;
        if (!file().has(column)) continue;
        if (!hdf5::is_dataset(hdf5::open_object(file().handle, column, file().place))) continue;
        spread(g, read_words(file(), column), column,
               [&](std::size_t i, const std::string& word) { words.set(i, words.number(word)); });
    }
    return words;
}

std::vector<std::string> Items::dynamics() const {
    std::set<std::string> names;
    for (const auto& type : types_)
        for (const auto& [name, value] : type.parameters.items()) names.insert(name);
    for (const auto& group : groups_)
        if (file().has(group + "/dynamics_params"))
            for (auto& name : file().children(group + "/dynamics_params"))
                names.insert(std::move(name));
    return {names.begin(), names.end()};
}

std::string Items::dynamics_place(const std::string& name) const {
    for (const auto& group : groups_)
        if (const auto at = group + "/dynamics_params/" + name; file().has(at))
            return file().at(at);
    for (const auto& type : types_)
        if (type.parameters.contains(name)) return type.file.string() + ": " + name;
    return place("dynamics_params/" + name);
}

bool Items::has_dynamics(const std::string& name, const std::vector<std::uint64_t>& items) const {
    std::vector<bool> in_group;
    for (const auto& group : groups_)
        in_group.push_back(file().has(group + "/dynamics_params/" + name));
    return std::any_of(items.begin(), items.end(), [&](auto i) {
        return in_group[group_of_[i]] ||
               (!types_.empty() && types_[type_of_[i]].parameters.contains(name));
    });
}

std::optional<Numbers> Items::dynamics(const std::string& name) const {
    auto found = stored("dynamics_params/" + name);
    std::vector<double> of_type;
    for (const auto& type : types_) {
        of_type.push_back(not_given);
        const auto given = type.parameters.find(name);
        if (given == type.parameters.end()) continue;
        const std::string at = type.file.string() + ": " + name;
        if (given->is_boolean()) of_type.back() = given->get<bool>() ? 1 : 0;
        else if (given->is_number()) of_type.back() = given->get<double>();
        else mistakes_->add(at, "must be a number");
        if (!found) found = {std::vector<double>(size(), not_given), at};
    }
    for (std::size_t i = 0; found && i < type_of_.size(); ++i)
        if (std::isnan(found->values[i])) found->values[i] = of_type[type_of_[i]];
    return found;
}

}  // namespace data::circuit
