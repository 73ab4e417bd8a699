// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_reader.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "data/formats/file_info.hpp"
#include "data/formats/hdf5.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using Catch::Matchers::Contains;
using data::hdf5::Handle;
using data::hdf5::Place;
using recordings::Folder;

namespace {

// A spike file as another program might write it.
struct Foreign {
    std::vector<double> times{3, 1, 2};
    std::vector<std::int64_t> ids{0, 1, 1};
    std::string unit = "ms";
    std::vector<std::string> populations{"exc"};
    bool has_ids = true;
};

void write(const std::filesystem::path& path, const Foreign& what) {
    data::hdf5::Scope scope;
    const Place place{path.string()};
    const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const Handle spikes = data::hdf5::create_group(file, "spikes", place);
    for (const auto& name : what.populations) {
        const Handle group = data::hdf5::create_group(spikes, name, place);
        data::hdf5::write_dataset(group, "timestamps", H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE,
                                  {what.times.size()}, what.times.data(), place);
        const Handle times = data::hdf5::open_object(group, "timestamps", place);
        if (!what.unit.empty()) data::hdf5::write_attribute(times, "units", what.unit, place);
        if (what.has_ids)
            data::hdf5::write_dataset(group, "node_ids", H5T_STD_I64LE, H5T_NATIVE_INT64,
                                      {what.ids.size()}, what.ids.data(), place);
    }
}

sim::SpikeColumn read_text(const Folder& folder, const std::string& text,
                           const std::string& population = "") {
    std::ofstream(folder / "spikes.csv", std::ios::binary) << text;
    return data::read_spikes({folder / "spikes.csv", population});
}

}  // namespace

TEST_CASE("spikes of another program become sorted trains in ms", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "spikes.h5";
    write(path, {});
    const auto trains = data::read_trains({path, ""}, 3);
    CHECK(trains.times == std::vector<std::vector<double>>{{3}, {1, 2}, {}});
    write(path, {.unit = "s"});
    CHECK(data::read_spikes({path, "exc"}).times == std::vector<double>{3000, 1000, 2000});
    write(path, {.unit = ""});
    CHECK(data::read_spikes({path, "exc"}).times == std::vector<double>{3, 1, 2});
    const auto info = data::file_info(path);
    CHECK_FALSE(info.state);
    CHECK(info.spikes[0].sorting == data::Sorting::none);
    CHECK(info.spikes[0].first == 1.0);
    CHECK(info.spikes[0].last == 3.0);
}

TEST_CASE("a population has to be named when there are several", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "spikes.h5";
    write(path, {.populations = {"cache", "consolidator"}});
    CHECK(data::spike_populations(path) == std::vector<std::string>{"cache", "consolidator"});
    CHECK_THROWS_WITH(data::read_spikes({path, ""}), Contains("cache, consolidator"));
    CHECK_THROWS_WITH(data::read_spikes({path, "cahce"}), Contains("did you mean 'cache'"));
    write(path, {.populations = {}});
    CHECK_THROWS_WITH(data::read_spikes({path, ""}), Contains("no population"));
}

TEST_CASE("a damaged spike file is refused with its name", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "spikes.h5";
    const auto check = [&](const Foreign& what, const std::string& text) {
        write(path, what);
        CHECK_THROWS_WITH(data::read_trains({path, ""}, 2),
                          Contains(path.string()) && Contains(text));
    };
    check({.times = {1}, .ids = {1, 2}}, "1 timestamps but 2 node_ids");
    check({.times = {1}, .ids = {-1}}, "id -1 is negative");
    check({.times = {1}, .ids = {2}}, "id 2 in a population of 2");
    check({.times = {1, NAN}, .ids = {0, 0}}, "time of spike 1 is not a number");
    check({.unit = "mV"}, "a time unit is wanted");
    check({.has_ids = false}, "no 'node_ids'");
    std::filesystem::resize_file(path, 100);
    CHECK_THROWS_WITH(data::read_spikes({path, ""}), Contains(path.string()));
    CHECK_THROWS_WITH(data::read_spikes({folder / "none.h5", ""}), Contains("No such file"));
    CHECK_THROWS_WITH(data::read_spikes({folder / "", ""}), Contains("is a folder"));
}

TEST_CASE("a header that claims more rows than the file holds is refused", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "spikes.h5";
    {
        data::hdf5::Scope scope;
        const Place place{path.string()};
        const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
        const Handle spikes = data::hdf5::create_group(file, "spikes", place);
        const Handle group = data::hdf5::create_group(spikes, "exc", place);
        const hsize_t rows = hsize_t{1} << 50, chunk = 1024;
        const Handle space(H5Screate_simple(1, &rows, nullptr));
        const Handle plain(H5Pcreate(H5P_DATASET_CREATE));
        H5Pset_chunk(plain, 1, &chunk);
        for (const char* name : {"timestamps", "node_ids"})
            const Handle set(H5Dcreate2(group, name, H5T_NATIVE_UINT64, space, H5P_DEFAULT, plain,
                                        H5P_DEFAULT));
    }
    CHECK_THROWS_WITH(data::read_spikes({path, "exc"}), Contains("it is damaged"));
    CHECK_THROWS_WITH(data::file_info(path), Contains("it is damaged"));
}

TEST_CASE("ids without a size may not ask for boundless memory", "[unit][formats]") {
    CHECK(data::to_trains({{1, 2}, {4, 0}}, 0, "x").times.size() == 5);
    CHECK(data::to_trains({}, 0, "x").times.empty());
    CHECK_THROWS_WITH(data::to_trains({{1}, {UINT64_MAX}}, 0, "x"), Contains("give the size"));
    CHECK_THROWS_WITH(data::to_trains({{1}, {7}}, 7, "x"), Contains("x: id 7 in a population of 7"));
}

TEST_CASE("a text table reads with any separator", "[unit][formats]") {
    const Folder folder;
    for (const std::string text : {"0.5,1\n2,0\n", "0.5 1\n2 0", "0.5;1\r\n2;0\r\n", "0.5\t1\n2\t0\n",
                                   " 0.5 , 1\n\n 2, 0 # two\n", "# made by hand\n0.5   1\n+2 0\n",
                                   "\xEF\xBB\xBFtime,id\n0.5,1\n2,0\n", "id t\n1 5e-1\n0 2\n",
                                   "Neuron;Time_s\n1;0.0005\n0;.002\n"}) {
        INFO(text);
        const auto spikes = read_text(folder, text);
        CHECK(spikes.times == std::vector<double>{0.5, 2});
        CHECK(spikes.ids == std::vector<std::uint64_t>{1, 0});
    }
    CHECK(read_text(folder, "").times.empty());
    CHECK(read_text(folder, "time,id\n").times.empty());
}

TEST_CASE("a text table may hold several populations", "[unit][formats]") {
    const Folder folder;
    const std::string text = "timestamps population node_ids\n1 exc 0\n2 inh 4\n3 exc 1\n";
    CHECK(read_text(folder, text, "exc").ids == std::vector<std::uint64_t>{0, 1});
    CHECK(read_text(folder, text, "inh").times == std::vector<double>{2});
    CHECK_THROWS_WITH(read_text(folder, text), Contains(":3: a second population 'inh'"));
    CHECK_THROWS_WITH(read_text(folder, "1,2\n", "exc"), Contains(":1: no column 'population'"));
}

TEST_CASE("a malformed line is named by file and line", "[unit][formats]") {
    const Folder folder;
    const auto check = [&](const std::string& text, const std::string& message) {
        INFO(text);
        CHECK_THROWS_WITH(read_text(folder, text), Contains("spikes.csv:" + message));
    };
    check("1,2\nx,3\n", "2: time 'x' is not a number");
    check("1,2\n1,-3\n", "2: id '-3' is not a natural number");
    check("1,2\n1,3.5\n", "2: id '3.5' is not a natural number");
    check("1,2\n1\n", "2: 1 columns, 2 before");
    check("1,2\n\n1,2,3\n", "3: 3 columns, 2 before");
    check("1,2,3\n", "1: 3 columns; time and id are wanted");
    check("when,who\n1,2\n", "1: the header must name the columns");
    check("1,2\nnan,3\n", "2: time 'nan' is not a number");
    check("1,2\n,3\n", "2: time '' is not a number");
    check("1,99999999999999999999\n", "1: id '99999999999999999999' is not a natural number");
    check(std::string("\x01\x02\x7f", 3) + std::string(100, 'z'), "1: ");
}
