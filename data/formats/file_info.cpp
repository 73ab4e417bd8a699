// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/file_info.hpp"

#include <algorithm>

#include "data/formats/hdf5.hpp"
#include "data/formats/marks.hpp"
#include "data/formats/spike_reader.hpp"
#include "sim/core/error.hpp"
#include "sim/core/units.hpp"

namespace data {

using hdf5::Handle;
using hdf5::Place;

namespace {

// Rows of a group that may be read: all, or of a file under way those committed.
std::uint64_t readable(const FileInfo& info, const std::string& group, std::uint64_t rows) {
    const auto found = info.committed.find(group);
    const bool is_running = info.state == sim::ExitState::running;
    return is_running && found != info.committed.end() ? std::min(found->second, rows) : rows;
}

void add_span(SpikesInfo& one, hid_t times, const Place& place) {
    constexpr std::uint64_t short_enough = 1U << 20;
    if (one.count == 0 || (one.sorting != Sorting::by_time && one.count > short_enough)) return;
    std::vector<double> found;
    if (one.sorting == Sorting::by_time) {
        found.resize(2);
        hdf5::read_rows(times, H5T_NATIVE_DOUBLE, 0, 1, &found[0], place);
        hdf5::read_rows(times, H5T_NATIVE_DOUBLE, one.count - 1, 1, &found[1], place);
    } else {
        found.resize(one.count);
        hdf5::read_rows(times, H5T_NATIVE_DOUBLE, 0, one.count, found.data(), place);
    }
    const double factor = sim::conversion(one.unit, sim::Unit::ms).value_or(1.0);
    const auto [low, high] = std::minmax_element(found.begin(), found.end());
    one.first = *low * factor;
    one.last = *high * factor;
}

void add_spikes(FileInfo& info, hid_t file, const Place& place) {
    const Handle top = hdf5::open_object(file, "spikes", place);
    for (const auto& name : hdf5::names(top, place)) {
        if (!hdf5::exists(top, name + "/timestamps")) continue;
        const Handle group = hdf5::open_object(top, name, place);
        const Handle times = hdf5::open_object(group, "timestamps", place);
        SpikesInfo one;
        one.population = name;
        one.size = hdf5::read_count(group, "size");
        one.count = readable(info, "/spikes/" + name, hdf5::row_count(times, place));
        one.sorting = read_sorting(group);
        one.unit = hdf5::read_text(times, "units").value_or("ms");
        add_span(one, times, place);
        info.spikes.push_back(std::move(one));
    }
}

void add_traces(FileInfo& info, hid_t file, const Place& place) {
    const Handle top = hdf5::open_object(file, "report", place);
    for (const auto& name : hdf5::names(top, place)) {
        if (!hdf5::exists(top, name + "/data") || !hdf5::exists(top, name + "/mapping/time"))
            continue;
        const Handle group = hdf5::open_object(top, name, place);
        const Handle values = hdf5::open_object(group, "data", place);
        const auto extent = hdf5::shape(values, place);
        const Handle times = hdf5::open_object(group, "mapping/time", place);
        if (extent.size() != 2 || hdf5::row_count(times, place) != 3)
            throw sim::BadFile(place.path + ": report '" + name + "' is damaged");
        double time[3] = {};
        hdf5::read_rows(times, H5T_NATIVE_DOUBLE, 0, 3, time, place);
        TraceInfo one;
        one.report = name;
        one.population = hdf5::read_text(group, "population").value_or(name);
        one.variable = hdf5::read_text(group, "variable").value_or("");
        one.unit = hdf5::read_text(values, "units").value_or("");
        one.rows = readable(info, "/report/" + name, extent[0]);
        one.neurons = extent[1];
        one.start = time[0];
        one.stop = time[0] + static_cast<double>(one.rows) * time[2];
        one.step = time[2];
        info.traces.push_back(std::move(one));
    }
}

FileInfo table_info(const std::filesystem::path& path) {
    FileInfo info;
    info.path = path;
    info.bytes = std::filesystem::file_size(path);
    const auto spikes = read_spike_table({path, ""});
    SpikesInfo one;
    one.count = spikes.times.size();
    one.unit = "ms";
    if (one.count > 0) {
        const auto [low, high] = std::minmax_element(spikes.times.begin(), spikes.times.end());
        one.first = *low;
        one.last = *high;
    }
    info.spikes.push_back(one);
    return info;
}

}  // namespace

FileInfo file_info(const std::filesystem::path& path) {
    if (!hdf5::is_hdf5(path.string())) return table_info(path);
    hdf5::Scope scope;
    const Place place{path.string()};
    const Handle file = hdf5::open_file(place);
    FileInfo info;
    info.path = path;
    info.bytes = std::filesystem::file_size(path);
    if (auto marks = read_marks(file, place)) {
        info.state = marks->state;
        info.until = marks->until;
        info.provenance = std::move(marks->provenance);
        for (std::size_t i = 0; i < marks->groups.size(); ++i)
            info.committed[marks->groups[i]] = marks->committed[i];
    }
    const bool has_spikes = hdf5::exists(file, "spikes");
    const bool has_traces = hdf5::exists(file, "report");
    if (!has_spikes && !has_traces)
        throw sim::BadFile(place.path + ": has neither /spikes nor /report; it is no SONATA output");
    if (has_spikes) add_spikes(info, file, place);
    if (has_traces) add_traces(info, file, place);
    return info;
}

std::string state_name(sim::ExitState state) {
    constexpr const char* names[] = {"running", "complete", "interrupted", "failed"};
    return names[static_cast<int>(state)];
}

std::string sorting_name(Sorting sorting) {
    constexpr const char* names[] = {"none", "by_id", "by_time"};
    return names[static_cast<int>(sorting)];
}

}  // namespace data
