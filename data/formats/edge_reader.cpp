// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/edge_reader.hpp"

#include <algorithm>
#include <array>

#include "data/formats/hdf5.hpp"
#include "data/formats/text_table.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data {

using hdf5::Handle;
using hdf5::Place;

namespace {

constexpr std::size_t absent = SIZE_MAX;
constexpr std::array column_names{"source", "target", "weight", "delay"};
using Columns = std::array<std::size_t, column_names.size()>;

Columns columns_of_header(const TextTable& table) {
    Columns columns;
    columns.fill(absent);
    for (std::size_t i = 0; i < table.fields().size(); ++i) {
        const auto name = TextTable::name(table.fields()[i]);
        const auto known = std::find(column_names.begin(), column_names.end(), name);
        if (known == column_names.end())
            table.fail("unknown column " + TextTable::quoted(table.fields()[i]) +
                       sim::suggestion(name, {column_names.begin(), column_names.end()}));
        columns[static_cast<std::size_t>(known - column_names.begin())] = i;
    }
    if (columns[0] == absent || columns[1] == absent)
        table.fail("the header must name the columns 'source' and 'target'");
    return columns;
}

Columns columns_without_header(const TextTable& table) {
    const std::size_t count = table.fields().size();
    if (count < 2 || count > column_names.size())
        table.fail(std::to_string(count) + " columns; source, target and perhaps weight and delay "
                                           "are wanted");
    Columns columns;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i < count ? i : absent;
    return columns;
}

EdgeTable read_text(const EdgeSource& source) {
    if (!source.population.empty())
        throw sim::BadFile(source.path.string() + ": a text table has no population '" +
                           source.population + "'; name the file alone");
    TextTable table(source.path);
    EdgeTable edges;
    Columns columns{};
    std::size_t count = 0;
    while (table.next()) {
        if (table.is_first()) {
            columns = table.is_header() ? columns_of_header(table) : columns_without_header(table);
            count = table.fields().size();
        }
        if (table.is_header()) continue;
        table.need_fields(count);
        edges.sources.push_back(table.natural(columns[0], "source"));
        edges.targets.push_back(table.natural(columns[1], "target"));
        if (columns[2] != absent) edges.weights.push_back(table.number(columns[2], "weight"));
        if (columns[3] != absent) edges.delays.push_back(table.number(columns[3], "delay"));
    }
    return edges;
}

std::string choose(const std::vector<std::string>& known, const EdgeSource& source) {
    const std::string path = source.path.string();
    const auto& wanted = source.population;
    if (wanted.empty() && known.size() == 1) return known.front();
    if (wanted.empty())
        throw sim::BadFile(path + ": holds " + std::to_string(known.size()) +
                           " edge populations; name one after '#': " + sim::join(known));
    if (std::find(known.begin(), known.end(), wanted) == known.end())
        throw sim::BadFile(path + ": no edge population '" + wanted + "'" +
                           sim::suggestion(wanted, known));
    return wanted;
}

Handle open_column(hid_t group, const std::string& name, const Place& place) {
    if (!hdf5::exists(group, name))
        throw sim::BadFile(place.path + ": the edge population has no '" + name + "'");
    return hdf5::open_object(group, name, place);
}

// HDF5 turns negative numbers into 0 when it is asked for unsigned ones.
std::vector<std::uint64_t> read_ids(hid_t group, const std::string& name, const Place& place) {
    const Handle column = open_column(group, name, place);
    std::vector<std::int64_t> raw(hdf5::row_count(column, place));
    hdf5::read_rows(column, H5T_NATIVE_INT64, 0, raw.size(), raw.data(), place);
    const auto negative = std::find_if(raw.begin(), raw.end(), [](auto id) { return id < 0; });
    if (negative != raw.end())
        throw sim::BadFile(place.path + ": " + name + " " + std::to_string(*negative) +
                           " is negative");
    return {raw.begin(), raw.end()};
}

std::vector<double> read_numbers(hid_t group, const std::string& name, std::size_t count,
                                 const Place& place) {
    if (!hdf5::exists(group, name)) return {};
    const Handle column = hdf5::open_object(group, name, place);
    std::vector<double> values(hdf5::row_count(column, place));
    hdf5::read_rows(column, H5T_NATIVE_DOUBLE, 0, values.size(), values.data(), place);
    if (values.size() != count)
        throw sim::BadFile(place.path + ": " + std::to_string(count) + " edges but " +
                           std::to_string(values.size()) + " values of '" + name + "'");
    return values;
}

EdgeTable read_sonata(const EdgeSource& source) {
    hdf5::Scope scope;
    const Place place{source.path.string()};
    const Handle file = hdf5::open_file(place);
    if (!hdf5::exists(file, "edges"))
        throw sim::BadFile(place.path + ": has no group /edges; it is no SONATA edge file");
    const Handle top = hdf5::open_object(file, "edges", place);
    const Handle group = hdf5::open_object(top, choose(hdf5::names(top, place), source), place);
    if (hdf5::exists(group, "1"))
        throw sim::BadFile(place.path + ": the edges are in several groups; one is wanted");
    EdgeTable edges;
    edges.sources = read_ids(group, "source_node_id", place);
    edges.targets = read_ids(group, "target_node_id", place);
    if (edges.sources.size() != edges.targets.size())
        throw sim::BadFile(place.path + ": " + std::to_string(edges.sources.size()) +
                           " sources but " + std::to_string(edges.targets.size()) + " targets");
    edges.weights = read_numbers(group, "0/syn_weight", edges.sources.size(), place);
    edges.delays = read_numbers(group, "0/delay", edges.sources.size(), place);
    return edges;
}

}  // namespace

EdgeTable read_edges(const EdgeSource& source) {
    return hdf5::is_hdf5(source.path.string()) ? read_sonata(source) : read_text(source);
}

}  // namespace data
