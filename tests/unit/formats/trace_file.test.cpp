// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/trace_file.hpp"

#include <catch2/catch.hpp>

#include "data/formats/file_info.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using Catch::Matchers::Contains;
using recordings::Folder;

namespace {

template <typename Number>
std::vector<Number> read_all(const std::filesystem::path& path, const std::string& name,
                             hid_t type) {
    data::hdf5::Scope scope;
    const data::hdf5::Place place{path.string()};
    const auto file = data::hdf5::open_file(place);
    const auto set = data::hdf5::open_object(file, name, place);
    std::size_t count = 1;
    for (const auto extent : data::hdf5::shape(set, place)) count *= extent;
    std::vector<Number> values(count);
    H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    return values;
}

}  // namespace

TEST_CASE("traces read back as they were written", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "traces.h5";
    data::TraceFile file(path, {.commit_bytes = 100, .chunk_bytes = 64});
    file.begin(recordings::plan());
    std::vector<float> v, g;
    for (std::size_t i = 0; i < 50; ++i) {
        const auto batch = recordings::batch(i, 0);
        file.write(batch);
        v.insert(v.end(), batch.traces[0].begin(), batch.traces[0].end());
        g.insert(g.end(), batch.traces[1].begin(), batch.traces[1].end());
    }
    file.end(sim::ExitState::complete);
    CHECK(read_all<float>(path, "report/exc.v/data", H5T_NATIVE_FLOAT) == v);
    CHECK(read_all<float>(path, "report/exc.g/data", H5T_NATIVE_FLOAT) == g);
    CHECK(read_all<double>(path, "report/exc.v/mapping/time", H5T_NATIVE_DOUBLE) ==
          std::vector<double>{0, 50, 0.5});
    CHECK(read_all<std::uint64_t>(path, "report/exc.v/mapping/node_ids", H5T_NATIVE_UINT64) ==
          std::vector<std::uint64_t>{0, 3, 7});
    CHECK(read_all<std::uint64_t>(path, "report/exc.v/mapping/index_pointers",
                                  H5T_NATIVE_UINT64) == std::vector<std::uint64_t>{0, 1, 2, 3});
    CHECK(read_all<std::uint32_t>(path, "report/exc.v/mapping/element_ids", H5T_NATIVE_UINT32) ==
          std::vector<std::uint32_t>{0, 0, 0});
}

TEST_CASE("a trace file tells what it holds", "[unit][formats]") {
    const Folder folder;
    data::TraceFile file(folder / "traces.h5", {});
    file.begin(recordings::plan());
    for (std::size_t i = 0; i < 4; ++i) file.write(recordings::batch(i, 0));
    file.end(sim::ExitState::complete);
    const auto info = data::file_info(folder / "traces.h5");
    REQUIRE(info.traces.size() == 3);
    const auto& inh = info.traces[2];
    CHECK(inh.report == "inh");
    CHECK(inh.variable == "v");
    CHECK(inh.unit == "mV");
    CHECK(inh.neurons == 1);
    CHECK(inh.rows == 4);
    CHECK(inh.stop == 4.0);
    CHECK(info.traces[0].report == "exc.g");
    CHECK(info.traces[0].population == "exc");
    CHECK(info.traces[0].unit == "nS");
}

TEST_CASE("a report is named after its population, and its variable when there are several",
          "[unit][formats]") {
    sim::RecordingPlan plan;
    const auto add = [&](const char* population, const char* variable) {
        plan.traces.push_back({population, variable, sim::Unit::none, {}, 0, 1});
    };
    add("exc", "v");
    CHECK(data::report_names(plan) == std::vector<std::string>{"exc"});
    add("exc", "w");
    add("inh", "v");
    add("exc", "v");
    CHECK(data::report_names(plan) == std::vector<std::string>{"exc.v", "exc.w", "inh", "exc.v.2"});
}

TEST_CASE("a trace of more neurons than a chunk holds reads back", "[unit][formats]") {
    const Folder folder;
    sim::RecordingPlan plan;
    plan.traces = {{"exc", "v", sim::Unit::mV, {}, 0, 1}, {"none", "v", sim::Unit::none, {}, 0, 1}};
    std::vector<float> row;
    for (unsigned i = 0; i < 1000; ++i) {
        plan.traces[0].neurons.push_back(i);
        row.push_back(static_cast<float>(i));
    }
    data::TraceFile file(folder / "traces.h5", {.commit_bytes = 1, .chunk_bytes = 1024});
    file.begin(plan);
    std::vector<float> all;
    for (int i = 0; i < 7; ++i) {
        file.write({.until = i + 1.0, .spikes = {}, .traces = {row, {}}});
        all.insert(all.end(), row.begin(), row.end());
    }
    file.end(sim::ExitState::complete);
    CHECK(read_all<float>(folder / "traces.h5", "report/exc/data", H5T_NATIVE_FLOAT) == all);
    CHECK(data::file_info(folder / "traces.h5").traces[1].neurons == 0);
}

TEST_CASE("part of a row is refused", "[unit][formats]") {
    const Folder folder;
    sim::RecordingPlan plan;
    plan.traces = {{"exc", "v", sim::Unit::mV, {0, 1}, 0, 1}};
    data::TraceFile file(folder / "traces.h5", {});
    file.begin(plan);
    CHECK_THROWS_WITH(file.write({.until = 1, .spikes = {}, .traces = {{1, 2, 3}}}),
                      Contains("rows of 2 values"));
    CHECK_THROWS_WITH(file.write({.until = 1, .spikes = {}, .traces = {}}), Contains("planned"));
}
