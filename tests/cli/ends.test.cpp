// SPDX-License-Identifier: BSD-3-Clause
// How runs end before their time: signals, kills, full disks.
#include <catch2/catch.hpp>

#include "data/formats/file_info.hpp"
#include "data/formats/spike_reader.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

// Long enough that no test sees its end.
std::vector<std::string> endless(const std::string& out) {
    return {"run", "small.toml", "--out", out, "--duration", "1e7", "--progress", "none"};
}

std::vector<std::string> lasting(const std::string& out, const std::string& duration) {
    return {"run", "small.toml", "--out", out, "--duration", duration, "--progress", "none"};
}

bool has_spikes(const std::filesystem::path& file) {
    try {
        return std::filesystem::exists(file) && data::read_spikes({file, "exc"}).times.size() > 100;
    } catch (const std::exception&) {
        return false;  // just being created
    }
}

/// The first spikes of a run of the same protocol that was left in peace.
bool is_prefix(const std::filesystem::path& part, const std::filesystem::path& whole) {
    for (const char* population : {"exc", "inh"})
        if (!recordings::is_prefix(data::read_spikes({part, population}),
                                   data::read_spikes({whole, population})))
            return false;
    return true;
}

}  // namespace

TEST_CASE("a signal ends a run with whole files", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const int number = GENERATE(SIGINT, SIGTERM);
    const auto child = bench.start(endless("a"));
    REQUIRE(wait_until([&] { return has_spikes(bench / "a/spikes.h5"); }));
    kill(child, number);
    const auto result = bench.wait(child);
    CAPTURE(result.err);
    CHECK(result.code == 130);
    CHECK_THAT(result.out, Contains("small (interrupted)"));
    const auto summary = bench.summary("a");
    CHECK(summary["state"] == "interrupted");
    const auto file = data::file_info(bench / "a/spikes.h5");
    CHECK(file.state == sim::ExitState::interrupted);
    CHECK(file.until == summary["duration_ms"].get<double>());
    CHECK(file.spikes.at(0).count == summary["populations"]["exc"]["spikes"]);
    CHECK(data::file_info(bench / "a/traces.h5").until == file.until);
    CHECK(!std::filesystem::exists(bench / "a/summary.json.partial"));
    const auto whole = bench.run(lasting("whole", std::to_string(*file.until)));
    REQUIRE(whole.code == 0);
    CHECK(bench.summary("whole")["spikes_sha256"] == summary["spikes_sha256"]);
}

TEST_CASE("a second signal ends a run at once", "[cli]") {
    const Bench bench;
    bench.write("huge.toml", with("size = 10\n\n[neurons.inh]", "size = 3000\n\n[neurons.inh]"));
    // All to all among 3,000 neurons takes a moment to build, during which no window ends.
    bench.write("huge.toml", contents(bench / "huge.toml") + R"(
[projections.all]
from = "exc"
to = "exc"
connector = "all_to_all"
weight = 0
delay = "1.5 ms"
)");
    const auto child = bench.start({"run", "huge.toml", "--out", "a", "--duration", "1e7"});
    REQUIRE(wait_until([&] { return std::filesystem::exists(bench / "a/summary.json"); }));
    kill(child, SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(child, SIGINT);
    const int code = bench.wait(child).code;
    // The first signal is enough if the building was quick.
    CHECK((code == 1000 + SIGINT || code == 130));
}

TEST_CASE("a killed run is mended to what it had acknowledged", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run(lasting("whole", "20s")).code == 0);
    std::mt19937 random(3);
    for (int round = 0; round < 12; ++round) {
        const std::string out = "killed" + std::to_string(round);
        const auto child = bench.start(endless(out));
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
        kill(child, SIGKILL);
        REQUIRE(bench.wait(child).code == 1000 + SIGKILL);
        if (!std::filesystem::exists(bench / out)) continue;
        const auto result = bench.run({"recover", out});
        CAPTURE(round, result.out, result.err);
        if (!std::filesystem::exists(bench / (out + "/spikes.h5"))) continue;
        CHECK(result.code == 0);
        const auto file = data::file_info(bench / (out + "/spikes.h5"));
        CHECK(file.state == sim::ExitState::interrupted);
        CHECK(bench.summary(out)["state"] == "interrupted");
        CHECK(bench.summary(out)["duration_ms"] == file.until);
        CHECK((*file.until > 20'000 ||
               is_prefix(bench / (out + "/spikes.h5"), bench / "whole/spikes.h5")));
        CHECK(bench.run({"info", out}).code == 0);
        CHECK_THAT(bench.run({"recover", out}).out, Contains("was whole"));
    }
}

TEST_CASE("a disk that fills up stops a run with its own code", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    REQUIRE(bench.run(lasting("whole", "50s")).code == 0);
    for (const rlim_t bytes : {30'000U, 150'000U, 400'000U}) {
        const std::string out = "full" + std::to_string(bytes);
        const auto result = bench.run(endless(out), [bytes] {
            const rlimit limit{bytes, bytes};
            setrlimit(RLIMIT_FSIZE, &limit);
        });
        CAPTURE(bytes, result.err);
        CHECK(result.code == 5);
        CHECK_THAT(result.err, Contains(out + "/") && Contains("bytes needed"));
        if (!std::filesystem::exists(bench / out)) continue;  // no room for the first bytes
        CHECK(bench.summary(out)["state"] == "failed");
        const auto spikes = bench / (out + "/spikes.h5");
        CHECK(data::file_info(spikes).state == sim::ExitState::failed);
        CHECK(is_prefix(spikes, bench / "whole/spikes.h5"));
    }
}

TEST_CASE("a neuron that cannot be simulated ends a run with its time, and the files whole",
          "[cli]") {
    const Bench bench;
    // Held far above threshold, the model would spike without end.
    const auto result =
        bench.run({"run", "single_neuron", "--set", "model=hodgkin_huxley", "--set", "i_max=1e8",
                   "--set", "neurons=1", "--duration", "60", "--out", "a", "--progress", "none"});
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Contains("hodgkin_huxley: neuron 0 at 50."));
    CHECK(bench.summary("a")["state"] == "failed");
    CHECK(data::file_info(bench / "a/spikes.h5").state == sim::ExitState::failed);
}

TEST_CASE("a run goes on when nobody reads its progress any more", "[cli]") {
    const Bench bench;
    bench.write("small.toml", small_protocol);
    const auto result = bench.run({"run", "small.toml", "--out", "a", "--progress", "json"}, [] {
        int ends[2];
        if (pipe(ends) == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
        }
    });
    CHECK(result.code == 4);
    CHECK(bench.summary("a")["state"] == "complete");
}

TEST_CASE("standard output that takes nothing is an error", "[cli]") {
    const Bench bench;
    const auto result =
        bench.run({"list"}, [] { dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO); });
    CHECK(result.code == 4);
    CHECK_THAT(result.err, Contains("standard output"));
}
