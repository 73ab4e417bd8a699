// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/spike_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "data/formats/file_info.hpp"
#include "data/formats/spike_reader.hpp"
#include "recordings.hpp"
#include "sim/core/error.hpp"

using Catch::Matchers::Contains;
using recordings::Folder;

namespace {

void write_run(const std::filesystem::path& path, data::FileOptions options, std::size_t batches,
               std::size_t spikes) {
    data::SpikeFile file(path, std::move(options));
    file.begin(recordings::plan());
    for (std::size_t i = 0; i < batches; ++i) file.write(recordings::batch(i, spikes));
    file.end(sim::ExitState::complete);
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("spikes read back as they were written", "[unit][formats]") {
    const Folder folder;
    write_run(folder / "spikes.h5", {}, 40, 2000);
    for (std::size_t p = 0; p < 2; ++p) {
        const auto read = data::read_spikes({folder / "spikes.h5", p == 0 ? "exc" : "inh"});
        const auto written = recordings::all_spikes(p, 40, 2000);
        CHECK(read.times == written.times);
        CHECK(read.ids == written.ids);
    }
}

TEST_CASE("a population without spikes stays in the file", "[unit][formats]") {
    const Folder folder;
    write_run(folder / "spikes.h5", {}, 2, 10);
    CHECK(data::spike_populations(folder / "spikes.h5") ==
          std::vector<std::string>{"exc", "inh", "silent"});
    CHECK(data::read_spikes({folder / "spikes.h5", "silent"}).times.empty());
    CHECK(data::read_trains({folder / "spikes.h5", "silent"}, 10).times.size() == 10);
}

TEST_CASE("a run without any batch leaves a file that opens", "[unit][formats]") {
    const Folder folder;
    write_run(folder / "spikes.h5", {}, 0, 0);
    CHECK(data::read_spikes({folder / "spikes.h5", "exc"}).ids.empty());
}

TEST_CASE("a recording of no population leaves a file that opens", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {});
    file.begin({});
    file.write({.until = 1, .spikes = {}, .traces = {}});
    file.end(sim::ExitState::complete);
    CHECK(data::file_info(folder / "spikes.h5").spikes.empty());
}

TEST_CASE("a finished file tells what it holds", "[unit][formats]") {
    const Folder folder;
    const std::string config(300'000, 'x');
    write_run(folder / "spikes.h5", {.provenance = {{"config", config}, {"seed", "7"}}}, 10, 100);
    const auto info = data::file_info(folder / "spikes.h5");
    const auto written = recordings::all_spikes(0, 10, 100);
    CHECK(info.state == sim::ExitState::complete);
    CHECK(info.until == 10.0);
    CHECK(info.provenance.at("config") == config);
    CHECK(info.provenance.at("seed") == "7");
    REQUIRE(info.spikes.size() == 3);
    CHECK(info.spikes[0].population == "exc");
    CHECK(info.spikes[0].size == 800U);
    CHECK(info.spikes[0].count == written.times.size());
    CHECK(info.spikes[0].first == written.times.front());
    CHECK(info.spikes[0].last == written.times.back());
    CHECK(info.spikes[0].sorting == data::Sorting::by_time);
    CHECK(info.spikes[0].unit == "ms");
    CHECK(info.committed.at("/spikes/exc") == written.times.size());
    CHECK_FALSE(info.spikes[2].first);
}

TEST_CASE("an existing file is kept unless overwriting is asked for", "[unit][formats]") {
    const Folder folder;
    write_run(folder / "spikes.h5", {}, 3, 100);
    const auto before = bytes_of(folder / "spikes.h5");
    CHECK_THROWS_AS(data::SpikeFile(folder / "spikes.h5", {}), sim::BadFile);
    CHECK_THROWS_WITH(data::SpikeFile(folder / "spikes.h5", {}), Contains("exists"));
    CHECK(bytes_of(folder / "spikes.h5") == before);
    write_run(folder / "spikes.h5", {.overwrite = true}, 1, 100);
    CHECK(data::file_info(folder / "spikes.h5").until == 1.0);
}

TEST_CASE("a file in a missing folder names the path", "[unit][formats]") {
    CHECK_THROWS_WITH(data::SpikeFile("/no/such/folder/spikes.h5", {}),
                      Contains("/no/such/folder/spikes.h5") && Contains("No such file"));
}

TEST_CASE("the same spikes give the same bytes", "[unit][formats]") {
    const Folder folder;
    const data::FileOptions options{.commit_after_s = 1e9};
    write_run(folder / "a.h5", options, 20, 3000);
    write_run(folder / "b.h5", options, 20, 3000);
    CHECK(bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5"));
}

TEST_CASE("a file under way shows its committed spikes to a reader", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {.commit_bytes = 1});
    file.begin(recordings::plan());
    for (std::size_t i = 0; i < 5; ++i) {
        file.write(recordings::batch(i, 500));
        const auto info = data::file_info(folder / "spikes.h5");
        CHECK(info.state == sim::ExitState::running);
        CHECK(info.until == static_cast<double>(i + 1));
        const auto read = data::read_spikes({folder / "spikes.h5", "exc"});
        CHECK(read.times == recordings::all_spikes(0, i + 1, 500).times);
    }
    file.end(sim::ExitState::interrupted);
    CHECK(data::file_info(folder / "spikes.h5").state == sim::ExitState::interrupted);
}

TEST_CASE("few spikes wait in memory until they are due", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {.commit_after_s = 1e9, .commit_bytes = 1U << 20});
    file.begin(recordings::plan());
    file.write(recordings::batch(0, 500));
    CHECK(file.committed(0) == 0);
    for (std::size_t i = 1; i < 200; ++i) file.write(recordings::batch(i, 2000));
    CHECK(file.committed(0) > 0);
    file.end(sim::ExitState::complete);
    CHECK(file.committed(0) == recordings::all_spikes(0, 1, 500).ids.size() +
                                   recordings::all_spikes(0, 200, 2000).ids.size() -
                                   recordings::all_spikes(0, 1, 2000).ids.size());
}

TEST_CASE("spikes out of order are refused", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {});
    sim::RecordingPlan plan;
    plan.populations = {{"exc", 10, 0}};
    file.begin(plan);
    file.write({.until = 1, .spikes = {{{0.5, 0.5}, {1, 2}}}, .traces = {}});
    CHECK_THROWS_WITH(file.write({.until = 2, .spikes = {{{0.4}, {1}}}, .traces = {}}),
                      Contains("not sorted"));
    CHECK_THROWS_WITH(file.write({.until = 2, .spikes = {{{1.5, 1.5}, {2, 1}}}, .traces = {}}),
                      Contains("not sorted"));
    CHECK_THROWS_WITH(file.write({.until = 2, .spikes = {{{1.5}, {}}}, .traces = {}}),
                      Contains("as many times as ids"));
    CHECK_THROWS_WITH(file.write({.until = 2, .spikes = {}, .traces = {}}), Contains("planned"));
}

TEST_CASE("a population whose name is a path is refused", "[unit][formats]") {
    const Folder folder;
    data::SpikeFile file(folder / "spikes.h5", {});
    sim::RecordingPlan plan;
    plan.populations = {{"a/b", 10, 0}};
    CHECK_THROWS_WITH(file.begin(plan), Contains("'a/b' cannot name a group"));
}

TEST_CASE("a sink that never began leaves no file", "[unit][formats]") {
    const Folder folder;
    { const data::SpikeFile file(folder / "spikes.h5", {}); }
    CHECK_FALSE(std::filesystem::exists(folder / "spikes.h5"));
}

TEST_CASE("a sink destroyed before its end keeps what it was given", "[unit][formats]") {
    const Folder folder;
    {
        data::SpikeFile file(folder / "spikes.h5", {});
        file.begin(recordings::plan());
        file.write(recordings::batch(0, 500));
    }
    CHECK(data::file_info(folder / "spikes.h5").state == sim::ExitState::interrupted);
    CHECK(data::read_spikes({folder / "spikes.h5", "exc"}).times ==
          recordings::all_spikes(0, 1, 500).times);
}
