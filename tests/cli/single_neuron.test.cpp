// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "data/formats/file_info.hpp"
#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using Numbers = std::vector<double>;

Json results(const Bench& bench, const std::vector<std::string>& options) {
    std::vector<std::string> all{"run", "single_neuron", "--out", "a", "--force"};
    all.insert(all.end(), options.begin(), options.end());
    const auto result = bench.run(all);
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    return bench.summary("a")["results"];
}

}  // namespace

// Lapicque 1907; Tuckwell 1988, Introduction to Theoretical Neurobiology 1, eq. 3.28.
TEST_CASE("lif_exp has the f-I curve of its closed form", "[cli][oracle]") {
    const Bench bench;
    const auto found = results(bench, {"--set", "neurons.cells.v_reset=-60"});
    constexpr double tau_m = 20, resistance = 20.0 / 250, t_ref = 2, e_l = -65, v_th = -50,
                     v_reset = -60;
    const auto current = found["current_pa"].get<Numbers>();
    REQUIRE(current.size() == 21);
    CHECK(current.front() == 0);
    CHECK(current.back() == 562.5);
    for (std::size_t k = 0; k < current.size(); ++k) {
        const double drive = resistance * current[k];
        CAPTURE(current[k]);
        if (drive <= v_th - e_l) {
            CHECK(found["spikes"][k] == 0);
            CHECK(found["first_spike_ms"][k].is_null());
            CHECK(found["rate_hz"][k] == 0);
            continue;
        }
        const auto climb = [&](double from) {
            return tau_m * std::log((drive - from + e_l) / (drive - v_th + e_l));
        };
        // Spike times are doubles of some hundred ms: 1e-13 ms each, over a first spike of 8 ms or
        // an interval of 5 ms; near threshold the logarithm amplifies them by up to 100.
        CHECK_THAT(found["first_spike_ms"][k].get<double>(), WithinAbs(climb(e_l), 1e-10));
        const double rate = 1000 / (t_ref + climb(v_reset));
        for (const char* key : {"rate_hz", "onset_rate_hz", "steady_rate_hz"})
            CHECK_THAT(found[key][k].get<double>(), WithinRel(rate, 1e-11));
    }
}

TEST_CASE("every model fires faster at the highest default drive than at the lowest", "[cli]") {
    const Bench bench;
    std::istringstream models(bench.run({"list", "models", "--names"}).out);
    for (std::string model; std::getline(models, model);) {
        const auto found = results(bench, {"--set", "model=" + model, "--set", "neurons=5"});
        const auto rate = found["rate_hz"].get<Numbers>();
        CAPTURE(model, rate);
        CHECK(rate.back() > 5);
        CHECK(rate.back() < 1000);
        CHECK(rate.front() < rate.back());
        CHECK(data::file_info(bench / "a/traces.h5").traces.at(0).neurons == 3);
    }
}

TEST_CASE("a relay sends what it is sent", "[cli][oracle]") {
    const Bench bench;
    const auto found =
        results(bench, {"--set", "model=relay", "--set", "rate_max=200", "--set", "neurons=5"});
    CHECK(found["input_hz"].get<Numbers>() == Numbers{0, 50, 100, 150, 200});
    for (std::size_t k = 0; k < 5; ++k)  // intervals of rounded times
        CHECK_THAT(found["rate_hz"][k].get<double>(),
                   WithinRel(found["input_hz"][k].get<double>(), 1e-12));
}

TEST_CASE("an adapting neuron slows down", "[cli]") {
    const Bench bench;
    const auto found = results(bench, {"--set", "model=lif_adaptive", "--set", "neurons=1"});
    CHECK(found["onset_rate_hz"][0].get<double>() > 1.2 * found["steady_rate_hz"][0].get<double>());
}

TEST_CASE("parameters of a protocol in C++ are checked like those of a file", "[cli]") {
    const Bench bench;
    const auto mistake = [&](const std::string& set) {
        const auto result = bench.run({"validate", "single_neuron", "--set", set});
        CHECK(result.code == 3);
        return result.err;
    };
    CHECK_THAT(mistake("model=lif_exq"), Contains("--set model=lif_exq: error: must be one of") &&
                                             Contains("did you mean 'lif_exp'?"));
    CHECK(mistake("neurons=0") == "--set neurons=0: error: must be a whole number in [1, 1e+06]\n");
    CHECK_THAT(mistake("neurons=2.5"), Contains("must be a whole number"));
    CHECK_THAT(mistake("i_max=5mV"), Contains("wants pA, was given mV"));
    CHECK_THAT(mistake("interval=0"), Contains("must be > 0"));
    CHECK_THAT(mistake("i_mxa=5"), Contains("did you mean 'i_max'?"));
    CHECK_THAT(mistake("neurons.cells.tau_m=-1"),
               Contains("--set neurons.cells.tau_m=-1: error: must be > 0"));
    CHECK(bench.run({"validate", "single_neuron", "--set", "i_max=0.5nA"}).code == 0);
}
