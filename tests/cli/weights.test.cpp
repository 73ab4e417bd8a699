// SPDX-License-Identifier: BSD-3-Clause
// Weights of plastic projections in the run folder.
#include <catch2/catch.hpp>

#include "data/formats/edge_reader.hpp"
#include "data/formats/hdf5.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

const std::string learner = R"(
[run]
resolution = "0.1 ms"
[neurons.post]
model = "lif_exp"
size = 8
[sources.pre]
model = "poisson"
rate = "60 Hz"
size = 12
[projections.learn]
from = "pre"
to = "post"
connector = "all_to_all"
weight = "400 pA"
delay = "1.5 ms"
synapse = "stdp_pair"
w_max = 800
[record]
spikes = true
snapshots = "phases"
[[record.weights]]
projection = "learn"
interval = "20 ms"
count = 5
[[record.weights]]
projection = "learn"
interval = "20 ms"
synapses = [[3, 4], [0, 0]]
changed_only = true
[[phases]]
name = "train"
duration = "100 ms"
repeat = 2
[[phases]]
name = "test"
duration = "50 ms"
frozen = "learn"
)";

template <class T>
std::vector<T> column(const std::filesystem::path& file, const std::string& name, hid_t type) {
    data::hdf5::Scope scope;
    const data::hdf5::Place place{file.string()};
    const auto root = data::hdf5::open_file(place);
    const auto set = data::hdf5::open_object(root, name, place);
    std::vector<T> values(data::hdf5::row_count(set, place));
    data::hdf5::read_rows(set, type, 0, values.size(), values.data(), place);
    return values;
}

}  // namespace

TEST_CASE("a run leaves the weights of plastic projections as edges", "[cli]") {
    const Bench bench;
    bench.write("learn.toml", learner);
    const auto result = bench.run({"run", "learn.toml", "--out", "a"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    const auto at = [&](const std::string& name) {
        return data::read_edges({bench / ("a/" + name), "learn"});
    };
    const auto end = at("weights.h5");
    REQUIRE(end.sources.size() == 96);
    CHECK(end.delays == std::vector<double>(96, 1.5));
    CHECK(at("weights_train_1.h5").weights != at("weights_train_2.h5").weights);
    // The last phase is frozen.
    CHECK(at("weights_train_2.h5").weights == end.weights);
    CHECK(at("weights_test.h5").weights == end.weights);
    CHECK(std::count(end.weights.begin(), end.weights.end(), 400.0) < 48);
}

TEST_CASE("samples of weights are those of the edges at that moment", "[cli]") {
    const Bench bench;
    bench.write("learn.toml", learner);
    REQUIRE(bench.run({"run", "learn.toml", "--out", "a"}).code == 0);
    const auto file = bench / "a/weight_traces.h5";
    const auto times = column<double>(file, "weights/learn/time", H5T_NATIVE_DOUBLE);
    const auto synapses = column<std::uint32_t>(file, "weights/learn/synapse", H5T_NATIVE_UINT32);
    const auto weights = column<double>(file, "weights/learn/weight", H5T_NATIVE_DOUBLE);
    const auto sources = column<std::uint64_t>(file, "weights/learn/source", H5T_NATIVE_UINT64);
    const auto targets = column<std::uint64_t>(file, "weights/learn/target", H5T_NATIVE_UINT64);
    REQUIRE(sources.size() == 5);
    CHECK(times.size() == 5 * 13);  // 0, 20, ... 240 ms
    const auto edges = data::read_edges({bench / "a/weights_train_1.h5", "learn"});
    std::size_t compared = 0;
    for (std::size_t i = 0; i < times.size(); ++i)
        for (std::size_t e = 0; e < edges.sources.size() && times[i] == 100; ++e)
            if (edges.sources[e] == sources[synapses[i]] && edges.targets[e] == targets[synapses[i]]) {
                CHECK(edges.weights[e] == weights[i]);
                ++compared;
            }
    CHECK(compared == 5);
    const auto changes = column<double>(file, "weights/learn.2/weight", H5T_NATIVE_DOUBLE);
    const auto whose = column<std::uint32_t>(file, "weights/learn.2/synapse", H5T_NATIVE_UINT32);
    CHECK(changes.size() < 2 * 13);
    for (const std::uint32_t synapse : {0U, 1U}) {
        double last = -1;
        for (std::size_t i = 0; i < changes.size(); ++i)
            if (whose[i] == synapse) {
                CHECK(changes[i] != last);
                last = changes[i];
            }
        CHECK(last > 0);
    }
}

TEST_CASE("a trained network is the input of another run", "[cli]") {
    const Bench bench;
    bench.write("learn.toml", learner);
    REQUIRE(bench.run({"run", "learn.toml", "--out", "a"}).code == 0);
    bench.write("use.toml", R"(
[run]
duration = "50 ms"
[neurons.post]
model = "lif_exp"
size = 8
[sources.pre]
model = "poisson"
rate = "60 Hz"
size = 12
[projections.learn]
from = "pre"
to = "post"
connector = "edge_list"
path = "a/weights.h5#learn"
synapse = "stdp_pair"
lambda = 0
w_max = 800
)");
    const auto result = bench.run({"run", "use.toml", "--out", "b"});
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    const auto before = data::read_edges({bench / "a/weights.h5", "learn"});
    const auto after = data::read_edges({bench / "b/weights.h5", "learn"});
    CHECK(before.weights == after.weights);
    CHECK(before.sources == after.sources);
    CHECK(before.targets == after.targets);
}

TEST_CASE("mistakes in what concerns learning are located in the file", "[cli]") {
    const Bench bench;
    auto wrong = learner;
    wrong.replace(wrong.find("frozen = \"learn\""), 16, "frozen = \"lean\"");
    wrong.replace(wrong.find("w_max = 800"), 11, "w_max = 300");
    bench.write("wrong.toml", wrong);
    const auto result = bench.run({"run", "wrong.toml", "--out", "a"});
    CHECK(result.code != 0);
    CHECK_THAT(result.err, Contains("wrong.toml:") && Contains("did you mean 'learn'"));
    wrong.replace(wrong.find("frozen = \"lean\""), 15, "frozen = \"learn\"");
    bench.write("wrong.toml", wrong);
    const auto bound = bench.run({"run", "wrong.toml", "--out", "a"});
    CHECK(bound.code != 0);
    CHECK_THAT(bound.err, Contains("400") && Contains("300") && Contains("stdp_pair"));
}
