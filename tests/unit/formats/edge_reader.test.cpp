// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/edge_reader.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "sim/core/error.hpp"
#include "tests/unit/sonata/circuit.hpp"

using Catch::Matchers::Contains;
using circuits::Naturals;
using recordings::Folder;

namespace {

data::EdgeTable read_text(const std::string& text) {
    const Folder folder;
    std::ofstream(folder / "edges.csv") << text;
    return data::read_edges({folder / "edges.csv", ""});
}

// Two populations of edges, as other programs write them.
void write_sonata(const std::filesystem::path& path) {
    circuits::Hdf5Writer file(path);
    file.naturals("edges/a/source_node_id", {0, 1, 2});
    file.naturals("edges/a/target_node_id", {5, 4, 3});
    file.reals("edges/a/0/syn_weight", {1.5, -2, 3});
    file.reals("edges/a/0/delay", {1, 2, 3});
    file.integers("edges/b/source_node_id", {7, 8});
    file.integers("edges/b/target_node_id", {0, 0});
    file.integers("edges/negative/source_node_id", {7, -8});
    file.integers("edges/negative/target_node_id", {0, 0});
    file.naturals("edges/uneven/source_node_id", {7});
    file.naturals("edges/uneven/target_node_id", {0, 0});
    file.naturals("edges/bare/source_node_id", {7});
    file.naturals("edges/grouped/source_node_id", {7});
    file.naturals("edges/grouped/target_node_id", {7});
    file.group("edges/grouped/1");
    file.naturals("edges/short/source_node_id", {7, 7});
    file.naturals("edges/short/target_node_id", {7, 7});
    file.reals("edges/short/0/delay", {1});
}

}  // namespace

TEST_CASE("edges of a text table come in the order of the file", "[unit][formats]") {
    const auto plain = read_text("# edges\n0 3\n2,1\n");
    CHECK(plain.sources == Naturals{0, 2});
    CHECK(plain.targets == Naturals{3, 1});
    CHECK(plain.weights.empty());
    CHECK(plain.delays.empty());
    const auto full = read_text("0 3 1.5 2\n2 1 -4 0.5\n");
    CHECK(full.weights == std::vector{1.5, -4.0});
    CHECK(full.delays == std::vector{2.0, 0.5});
    const auto named = read_text("Delay;target;source\n2;1;0\n");
    CHECK(named.sources == Naturals{0});
    CHECK(named.targets == Naturals{1});
    CHECK(named.weights.empty());
    CHECK(named.delays == std::vector{2.0});
    CHECK(read_text("").sources.empty());
}

TEST_CASE("mistakes in a text table of edges name file and line", "[unit][formats]") {
    const auto mistake = [](const std::string& text) {
        try {
            read_text(text);
        } catch (const sim::BadFile& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK_THAT(mistake("0\n"), Contains("edges.csv:1: 1 columns; source, target"));
    CHECK_THAT(mistake("0 1 2 3 4\n"), Contains("edges.csv:1: 5 columns"));
    CHECK_THAT(mistake("0 1\n0 1 2\n"), Contains("edges.csv:2: 3 columns, 2 before"));
    CHECK_THAT(mistake("source target wieght\n"),
               Contains("unknown column 'wieght' - did you mean 'weight'?"));
    CHECK_THAT(mistake("source weight\n"), Contains("must name the columns 'source' and 'target'"));
    CHECK_THAT(mistake("0 -1\n"), Contains("edges.csv:1: target '-1' is not a natural number"));
    CHECK_THAT(mistake("0 1.5\n"), Contains("target '1.5'"));
    CHECK_THAT(mistake("0 1 nan\n"), Contains("weight 'nan' is not a number"));
    CHECK_THAT(mistake("0 1 2 soon\n"), Contains("delay 'soon' is not a number"));
}

TEST_CASE("edges of a SONATA file are read by population", "[unit][formats]") {
    const Folder folder;
    const auto path = folder / "edges.h5";
    write_sonata(path);
    const auto a = data::read_edges({path, "a"});
    CHECK(a.sources == Naturals{0, 1, 2});
    CHECK(a.targets == Naturals{5, 4, 3});
    CHECK(a.weights == std::vector{1.5, -2.0, 3.0});
    CHECK(a.delays == std::vector{1.0, 2.0, 3.0});
    const auto b = data::read_edges({path, "b"});
    CHECK(b.sources == Naturals{7, 8});
    CHECK(b.weights.empty());
    const auto mistake = [&](const std::string& population) {
        try {
            data::read_edges({path, population});
        } catch (const sim::BadFile& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK_THAT(mistake(""), Contains("holds 7 edge populations; name one after '#': a, b"));
    CHECK_THAT(mistake("barre"), Contains("no edge population 'barre' - did you mean 'bare'?"));
    CHECK_THAT(mistake("negative"), Contains("source_node_id -8 is negative"));
    CHECK_THAT(mistake("uneven"), Contains("1 sources but 2 targets"));
    CHECK_THAT(mistake("bare"), Contains("has no 'target_node_id'"));
    CHECK_THAT(mistake("grouped"), Contains("in several groups"));
    CHECK_THAT(mistake("short"), Contains("2 edges but 1 values of '0/delay'"));
}

TEST_CASE("files without edges are refused", "[unit][formats]") {
    const Folder folder;
    { circuits::Hdf5Writer(folder / "spikes.h5").group("spikes"); }
    CHECK_THROWS_WITH(data::read_edges({folder / "spikes.h5", ""}), Contains("no group /edges"));
    std::ofstream(folder / "edges.csv") << "0 1\n";
    CHECK_THROWS_WITH(data::read_edges({folder / "edges.csv", "a"}), Contains("no population 'a'"));
    CHECK_THROWS_WITH(data::read_edges({folder / "nowhere.csv", ""}), Contains("No such file"));
}
