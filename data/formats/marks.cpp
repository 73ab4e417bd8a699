// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/marks.hpp"

#include <algorithm>

#include "sim/core/error.hpp"

namespace data {

using hdf5::check;
using hdf5::Handle;
using hdf5::Place;

namespace {

constexpr const char* committed_path = "sharpwave/committed";
constexpr const char* until_path = "sharpwave/until";
constexpr const char* state_path = "sharpwave/state";
constexpr std::uint64_t most_tables = 1U << 20;

void overwrite(hid_t file, const char* path, hid_t type, const void* values, const Place& place) {
    const Handle set = hdf5::open_object(file, path, place);
    check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), place, "write");
}

Handle open_list(hid_t file, const char* path, std::uint64_t size, const Place& place) {
    Handle set = hdf5::open_object(file, path, place);
    if (!hdf5::is_dataset(set) || hdf5::row_count(set, place) != size)
        throw sim::BadFile(place.path + ": '" + path + "' is damaged");
    return set;
}

}  // namespace

void create_marks(hid_t file, const Marks& marks, const Place& place) {
    const Handle root = hdf5::open_object(file, "/", place);
    const Handle own = hdf5::create_group(root, "sharpwave", place);
    for (const auto& [name, text] : marks.provenance)
        hdf5::write_attribute(own, name, text, place);
    const std::vector<std::uint64_t> counts(marks.groups.size(), 0);
    hdf5::write_dataset(own, "committed", H5T_STD_U64LE, H5T_NATIVE_UINT64, {counts.size()},
                        counts.data(), place);
    const double until = 0;
    hdf5::write_dataset(own, "until", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {1}, &until, place);
    const unsigned char state = 0;
    hdf5::write_dataset(own, "state", H5T_STD_U8LE, H5T_NATIVE_UCHAR, {1}, &state, place);
    const Handle until_set = hdf5::open_object(file, until_path, place);
    hdf5::write_attribute(until_set, "units", "ms", place);
    const Handle committed = hdf5::open_object(file, committed_path, place);
    hdf5::write_attribute(committed, "groups", marks.groups, place);
}

std::optional<Marks> read_marks(hid_t file, const Place& place) {
    if (!hdf5::exists(file, committed_path) || !hdf5::exists(file, state_path)) return std::nullopt;
    Marks marks;
    const Handle own = hdf5::open_object(file, "sharpwave", place);
    for (const auto& name : hdf5::attribute_names(own))
        if (auto text = hdf5::read_text(own, name)) marks.provenance[name] = std::move(*text);
    Handle set = hdf5::open_object(file, committed_path, place);
    const auto groups = hdf5::read_texts(set, "groups");
    if (!groups || groups->size() > most_tables)
        throw sim::BadFile(place.path + ": '" + committed_path + "' is damaged");
    marks.groups = *groups;
    marks.committed.resize(groups->size());
    set = open_list(file, committed_path, groups->size(), place);
    hdf5::read_rows(set, H5T_NATIVE_UINT64, 0, groups->size(), marks.committed.data(), place);
    set = open_list(file, until_path, 1, place);
    hdf5::read_rows(set, H5T_NATIVE_DOUBLE, 0, 1, &marks.until, place);
    unsigned char state = 0;
    set = open_list(file, state_path, 1, place);
    hdf5::read_rows(set, H5T_NATIVE_UCHAR, 0, 1, &state, place);
    if (state > 3) throw sim::BadFile(place.path + ": '" + state_path + "' is damaged");
    marks.state = static_cast<sim::ExitState>(state);
    return marks;
}

void write_counts(hid_t file, const std::vector<std::uint64_t>& committed, double until,
                  const Place& place) {
    if (!committed.empty())
        overwrite(file, committed_path, H5T_NATIVE_UINT64, committed.data(), place);
    overwrite(file, until_path, H5T_NATIVE_DOUBLE, &until, place);
}

void write_state(hid_t file, sim::ExitState state, const Place& place) {
    const auto value = static_cast<unsigned char>(state);
    overwrite(file, state_path, H5T_NATIVE_UCHAR, &value, place);
}

std::vector<std::string> growing_columns(hid_t file, const std::string& group,
                                         const Place& place) {
    const Handle table = hdf5::open_object(file, group, place);
    std::vector<std::string> found;
    for (const auto& name : hdf5::names(table, place)) {
        const Handle object = hdf5::open_object(table, name, place);
        if (!hdf5::is_dataset(object)) continue;
        const Handle space(check(H5Dget_space(object), place, "read a shape"));
        hsize_t most[H5S_MAX_RANK] = {};
        check(H5Sget_simple_extent_dims(space, nullptr, most), place, "read a shape");
        if (most[0] == H5S_UNLIMITED) found.push_back(group + "/" + name);
    }
    return found;
}

void resize(hid_t dataset, std::uint64_t rows, const Place& place) {
    auto extent = hdf5::shape(dataset, place);
    extent[0] = rows;
    check(H5Dset_extent(dataset, extent.data()), place, "resize");
}

std::uint64_t cut_table(hid_t file, const std::string& group, std::uint64_t rows,
                        const Place& place) {
    std::uint64_t most = rows;
    for (const auto& path : growing_columns(file, group, place)) {
        const Handle set = hdf5::open_object(file, path, place);
        const std::uint64_t now = hdf5::shape(set, place)[0];
        if (now < rows)
            throw sim::BadFile(place.path + ": '" + path + "' has " + std::to_string(now) +
                               " of " + std::to_string(rows) + " committed rows; it is damaged");
        most = std::max(most, now);
        if (now > rows) resize(set, rows, place);
    }
    note_stop(file, group, rows, place);
    return most;
}

void note_stop(hid_t file, const std::string& group, std::uint64_t rows, const Place& place) {
    const std::string path = group + "/mapping/time";
    if (!hdf5::exists(file, path)) return;
    double time[3] = {};
    const Handle set = open_list(file, path.c_str(), 3, place);
    hdf5::read_rows(set, H5T_NATIVE_DOUBLE, 0, 3, time, place);
    time[1] = time[0] + static_cast<double>(rows) * time[2];
    overwrite(file, path.c_str(), H5T_NATIVE_DOUBLE, time, place);
}

}  // namespace data
