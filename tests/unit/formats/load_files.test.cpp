// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/load_files.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/formats/recordings.hpp"

using Catch::Matchers::Contains;
using recordings::Folder;

namespace {

sim::Description with_files(const std::string& trains, const std::string& edges) {
    sim::Description d;
    auto& source = d.sources.emplace_back();
    source.name = "in";
    source.path = trains;
    auto& projection = d.projections.emplace_back();
    projection.name = "wires";
    projection.path = edges;
    projection.weight = sim::Value::of(7);
    return d;
}

}  // namespace

TEST_CASE("files named by a description are loaded into it", "[unit][formats]") {
    const Folder folder;
    std::ofstream(folder / "trains.csv") << "2.5 1\n1.0 3\n0.5 1\n";
    std::ofstream(folder / "edges.csv") << "source,target,delay\n0,1,2\n3,0,4\n";
    auto d = with_files("trains.csv", "edges.csv");
    CHECK(data::load_files(d, folder / "").empty());
    const auto& source = d.sources[0];
    CHECK(source.size == 4);
    REQUIRE(source.trains != nullptr);
    CHECK(source.trains->times == std::vector<std::vector<double>>{{}, {0.5, 2.5}, {}, {1.0}});
    const auto& projection = d.projections[0];
    CHECK(projection.edges->source == std::vector<std::uint64_t>{0, 3});
    CHECK(projection.edges->target == std::vector<std::uint64_t>{1, 0});
    CHECK(*projection.delay.list == std::vector{2.0, 4.0});
    CHECK(projection.weight.a == 7);  // the file says nothing of it
}

TEST_CASE("a size that is given holds for the file", "[unit][formats]") {
    const Folder folder;
    std::ofstream(folder / "trains.csv") << "1 3\n";
    auto d = with_files("trains.csv", "");
    d.sources[0].size = 10;
    CHECK(data::load_files(d, folder / "").empty());
    CHECK(d.sources[0].trains->times.size() == 10);
    auto small = with_files("trains.csv", "");
    small.sources[0].size = 2;
    const auto problems = data::load_files(small, folder / "");
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0].text, Contains("id 3 in a population of 2"));
}

TEST_CASE("what is in the description already is not read", "[unit][formats]") {
    const Folder folder;
    auto d = with_files("nowhere", "nowhere");
    d.sources[0].trains = std::make_shared<const sim::SpikeTrains>();
    d.projections[0].edges = std::make_shared<const sim::EdgeList>();
    CHECK(data::load_files(d, folder / "").empty());
}

TEST_CASE("every file that cannot be used is reported by its path", "[unit][formats]") {
    const Folder folder;
    auto d = with_files("a.csv", "b.csv#x");
    const auto problems = data::load_files(d, folder / "");
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].path == "sources.in.path");
    CHECK_THAT(problems[0].text, Contains("a.csv: No such file"));
    CHECK(problems[1].path == "projections.wires.path");
    CHECK_THAT(problems[1].text, Contains("b.csv: No such file"));
}

TEST_CASE("a mark picks a population unless the file is named so", "[unit][formats]") {
    const Folder folder;
    std::ofstream(folder / "all.csv") << "time,id,population\n1,0,exc\n2,0,inh\n3,1,inh\n";
    std::ofstream(folder / "odd#inh") << "5 0\n";
    auto d = with_files("all.csv#inh", "");
    CHECK(data::load_files(d, folder / "").empty());
    CHECK(d.sources[0].trains->times == std::vector<std::vector<double>>{{2}, {3}});
    auto odd = with_files("odd#inh", "");
    CHECK(data::load_files(odd, folder / "").empty());
    CHECK(odd.sources[0].trains->times == std::vector<std::vector<double>>{{5}});
}

TEST_CASE("relative paths move with the folder they start from", "[unit][formats]") {
    auto d = with_files("in/trains.csv", "/abs/edges.csv");
    data::move_paths(d, "/home/protocols", "/home/runs/a");
    CHECK(d.sources[0].path == "../../protocols/in/trains.csv");
    CHECK(d.projections[0].path == "/abs/edges.csv");
}
