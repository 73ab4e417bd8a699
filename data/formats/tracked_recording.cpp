// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/tracked_recording.hpp"

#include <algorithm>
#include <numeric>

#include "data/formats/hdf5.hpp"
#include "data/formats/sonata_circuit_columns.hpp"
#include "data/formats/spike_reader.hpp"
#include "sim/core/error.hpp"

namespace data {
namespace {

void check_equal(const circuit::OpenFile& file, const std::string& path, std::size_t size,
                 const std::string& other, std::size_t wanted) {
    if (size != wanted)
        throw sim::BadFile(file.at(path) + " has " + std::to_string(size) + " rows, " + other +
                           " " + std::to_string(wanted) + "; write as many of both");
}

// Rows in the order of time, rows of equal times as they come.
std::vector<std::size_t> order_of(const std::vector<double>& times) {
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    return order;
}

template <class T>
void sort_by(const std::vector<std::size_t>& order, std::vector<T>& values) {
    std::vector<T> sorted;
    sorted.reserve(values.size());
    for (const auto i : order) sorted.push_back(values[i]);
    values = std::move(sorted);
}

void sort_spikes(TrackedRecording& recording) {
    const auto order = order_of(recording.spike_times_s);
    sort_by(order, recording.spike_times_s);
    sort_by(order, recording.units);
}

void read_position(const circuit::OpenFile& file, TrackedRecording& recording) {
    recording.position_times_s = read_reals(file, "position/time_s");
    recording.x_px = read_reals(file, "position/x_px");
    recording.y_px = read_reals(file, "position/y_px");
    const std::size_t rows = recording.position_times_s.size();
    check_equal(file, "position/x_px", recording.x_px.size(), "time_s", rows);
    check_equal(file, "position/y_px", recording.y_px.size(), "time_s", rows);
    const auto order = order_of(recording.position_times_s);
    sort_by(order, recording.position_times_s);
    sort_by(order, recording.x_px);
    sort_by(order, recording.y_px);
}

}  // namespace

TrackedRecording read_tracked_recording(const std::filesystem::path& path) {
    TrackedRecording recording;
    bool is_flat = false;
    {
        const hdf5::Scope scope;
        circuit::OpenFile file{{path.string()}, {}};
        file.handle = hdf5::open_file(file.place);
        is_flat = file.has("spikes/time_s");
        if (is_flat) {
            recording.spike_times_s = read_reals(file, "spikes/time_s");
            recording.units = read_naturals(file, "spikes/unit");
            check_equal(file, "spikes/unit", recording.units.size(), "time_s",
                        recording.spike_times_s.size());
            if (file.has("position/time_s")) read_position(file, recording);
        }
    }
    if (!is_flat) {
        auto spikes = read_spikes({path, ""});
        recording.units = std::move(spikes.ids);
        for (const double ms : spikes.times) recording.spike_times_s.push_back(ms / 1000);
    }
    sort_spikes(recording);
    return recording;
}

void write_replay_file(const std::filesystem::path& path, const std::vector<ReplayRow>& rows) {
    const hdf5::Scope scope;
    const hdf5::Place place{path.string(), rows.size() * sizeof(ReplayRow) + 65536};
    const auto file = hdf5::create_file(place, {.overwrite = true});
    const auto group = hdf5::create_group(file, "replay", place);
    const std::vector<hsize_t> shape{rows.size()};
    const auto write = [&](const std::string& name, const std::string& unit, auto member) {
        std::vector<double> column;
        for (const auto& row : rows) column.push_back(static_cast<double>(row.*member));
        const bool is_whole = name == "direction";
        hdf5::write_dataset(group, name, is_whole ? H5T_STD_I8LE : H5T_IEEE_F64LE,
                            H5T_NATIVE_DOUBLE, shape, column.data(), place);
        hdf5::write_attribute(hdf5::open_object(group, name, place), "units", unit, place);
    };
    write("start", "s", &ReplayRow::start_s);
    write("stop", "s", &ReplayRow::stop_s);
    write("direction", "1 forward, -1 reverse, 0 undecided", &ReplayRow::direction);
    write("score", "mean posterior along the best line", &ReplayRow::score);
    write("p", "of the score, against shuffles", &ReplayRow::p);
    hdf5::flush(file, place);
}

}  // namespace data
