// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/tracked_recording.hpp"

#include <catch2/catch.hpp>

#include "data/formats/hdf5.hpp"
#include "data/formats/sonata_circuit_columns.hpp"
#include "sim/core/error.hpp"
#include "tests/unit/formats/recordings.hpp"

using namespace data;
using Catch::Matchers::Contains;

namespace {

struct Columns {
    std::vector<double> spike_times{3, 1, 2}, units{7, 0, 4};
    std::vector<double> times{10, 12, 11}, x{1, 3, 2}, y{4, 6, 5};
};

void write(const std::filesystem::path& path, const Columns& c, bool with_position = true) {
    const hdf5::Scope scope;
    const hdf5::Place place{path.string(), 0};
    const auto file = hdf5::create_file(place, {.overwrite = true});
    const auto column = [&](hid_t group, const char* name, const std::vector<double>& values,
                            hid_t type) {
        hdf5::write_dataset(group, name, type, H5T_NATIVE_DOUBLE, {values.size()}, values.data(),
                            place);
    };
    const auto spikes = hdf5::create_group(file, "spikes", place);
    column(spikes, "time_s", c.spike_times, H5T_IEEE_F64LE);
    column(spikes, "unit", c.units, H5T_STD_I32LE);
    if (!with_position) return;
    const auto position = hdf5::create_group(file, "position", place);
    column(position, "time_s", c.times, H5T_IEEE_F64LE);
    column(position, "x_px", c.x, H5T_IEEE_F32LE);
    column(position, "y_px", c.y, H5T_STD_I16LE);
}

}  // namespace

TEST_CASE("a recording with a position is read in the order of time") {
    const recordings::Folder folder;
    write(folder / "r.h5", {});
    const auto read = read_tracked_recording(folder / "r.h5");
    CHECK(read.spike_times_s == std::vector<double>{1, 2, 3});
    CHECK(read.units == std::vector<std::uint64_t>{0, 4, 7});
    CHECK(read.position_times_s == std::vector<double>{10, 11, 12});
    CHECK(read.x_px == std::vector<double>{1, 2, 3});
    CHECK(read.y_px == std::vector<double>{4, 5, 6});
    write(folder / "r.h5", {}, false);
    CHECK(read_tracked_recording(folder / "r.h5").position_times_s.empty());
}

TEST_CASE("mistakes in a recording are named with their place") {
    const recordings::Folder folder;
    const auto path = folder / "r.h5";
    const auto message = [&](const Columns& columns) {
        write(path, columns);
        try {
            read_tracked_recording(path);
        } catch (const sim::BadFile& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    Columns few, negative, endless, short_track;
    few.units.pop_back();
    negative.units[1] = -1;
    endless.spike_times[0] = std::numeric_limits<double>::infinity();
    short_track.x.pop_back();
    CHECK_THAT(message(few), Contains("r.h5: spikes/unit has 2 rows, time_s 3"));
    CHECK_THAT(message(negative), Contains("spikes/unit = -1 in entry 1: must be >= 0"));
    CHECK_THAT(message(endless), Contains("spikes/time_s") && Contains("finite"));
    CHECK_THAT(message(short_track), Contains("position/x_px has 2 rows, time_s 3"));
    CHECK_THROWS_AS(read_tracked_recording(folder / "gone.h5"), sim::BadFile);
}

TEST_CASE("events of replay are written one a row, with units") {
    const recordings::Folder folder;
    const auto path = folder / "replay.h5";
    write_replay_file(path, {{1.5, 1.7, 1, 0.6, 0.01}, {2.5, 2.6, -1, 0.3, 0.5}});
    const hdf5::Scope scope;
    circuit::OpenFile file{{path.string()}, {}};
    file.handle = hdf5::open_file(file.place);
    CHECK(read_reals(file, "replay/start") == std::vector<double>{1.5, 2.5});
    CHECK(read_reals(file, "replay/stop") == std::vector<double>{1.7, 2.6});
    CHECK(read_reals(file, "replay/direction") == std::vector<double>{1, -1});
    CHECK(read_reals(file, "replay/score") == std::vector<double>{0.6, 0.3});
    CHECK(read_reals(file, "replay/p") == std::vector<double>{0.01, 0.5});
    const auto start = hdf5::open_object(file.handle, "replay/start", file.place);
    CHECK(hdf5::read_text(start, "units") == "s");
    write_replay_file(path, {});
}
