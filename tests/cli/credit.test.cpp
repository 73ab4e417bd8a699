// SPDX-License-Identifier: BSD-3-Clause
// The studies of credit, as a user runs them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/cli/program.hpp"

using namespace cli_tests;
using Catch::Matchers::Contains;

namespace {

using Numbers = std::vector<double>;

Json results(const Bench& bench, const std::string& study, const std::vector<std::string>& sets,
             const std::string& threads = "1") {
    std::vector<std::string> all{"run",       study,   "--out",      "a",   "--force",
                                 "--threads", threads, "--progress", "none"};
    for (const auto& one : sets) all.insert(all.end(), {"--set", one});
    const auto result = bench.run(all);
    CAPTURE(study, result.err);
    REQUIRE(result.code == 0);
    return bench.summary("a")["results"];
}

/// Names behind "result" in what `show` prints.
std::set<std::string> documented(const Bench& bench, const std::string& study) {
    std::set<std::string> names;
    std::istringstream lines(bench.run({"show", study}).out);
    for (std::string line; std::getline(lines, line);)
        if (const auto at = line.find("result ");
            at != std::string::npos && at == line.find_first_not_of(' '))
            names.insert(line.substr(at + 7, line.find(':') - at - 7));
    return names;
}

std::set<std::string> keys(const Json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) names.insert(name);
    return names;
}

const std::vector<std::pair<std::string, std::vector<std::string>>> quick_studies{
    {"credit_equals_backprop",
     {"networks=2", "most_layers=4", "ode_layers=2", "spiking_networks=2", "taught=50",
      "escape_networks=1", "escape_taught=500"}},
    {"credit_timescales", {"layers=2", "width=4", "networks=2", "presentation=5"}},
    {"credit_recurrent", {"networks=3", "weights=10", "spiking_networks=2", "taught=100"}},
    {"credit_xor", {"seeds=2", "epochs=150"}},
    {"credit_xor", {"seeds=2", "epochs=20", "form=spiking"}},
    {"credit_digits", {"train=300", "test=200", "epochs=2", "seeds=2", "dale=1"}},
    {"credit_digits",
     {"train=100", "test=100", "epochs=2", "form=spiking", "dale=1", "readout=0", "backprop=0",
      "batch=8"}},
    {"credit_predictions",
     {"networks=2", "width=20", "decay_width=20", "decay_taught=200", "taught=50"}},
    {"credit_communities", {"hidden=20", "updates=20", "rates=2", "seeds=2"}}};

}  // namespace

TEST_CASE("a study documents every result that it gives, and gives the same on any threads",
          "[cli][credit]") {
    const Bench bench;
    for (const auto& [study, sets] : quick_studies) {
        const auto one = results(bench, study, sets);
        CAPTURE(study);
        CHECK(keys(one) == documented(bench, study));
        CHECK(one == results(bench, study, sets, "2"));
        CHECK(one == results(bench, study, sets, "4"));
    }
}

TEST_CASE("credit equals backpropagation in networks of every depth", "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_equals_backprop", {"ode_layers=4"});
    CHECK(found["layers"].get<Numbers>() == Numbers{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13});
    CHECK(found["max_relative_error"].get<double>() < 1e-12);
    CHECK(found["ode_relative_error"].get<double>() < 1e-10);
    CHECK(found["layer_error"].size() == 13);
    for (const double cosine : found["cosine"].get<Numbers>()) CHECK(cosine > 1 - 1e-12);
}

TEST_CASE("credit in spikes is backpropagation up to what spikes resolve", "[cli][credit]") {
    const Bench bench;
    const auto found =
        results(bench, "credit_equals_backprop", {"networks=1", "most_layers=2", "ode_layers=1"});
    REQUIRE(found["spiking_cosine"].size() == 3);
    for (const double cosine : found["spiking_cosine"].get<Numbers>()) CHECK(cosine >= 0.985);
    for (const double norm : found["spiking_norm"].get<Numbers>())
        CHECK(norm == Approx(1).margin(0.05));
    CHECK(found["spiking_events"].get<double>() <= 0.4);
    CHECK(found["spiking_visits"].get<double>() <= 0.5);
    CHECK(found["spiking_time"].get<Numbers>() == Numbers{30, 50, 100, 200, 300, 1000});
    for (const double cosine : found["spiking_time_cosine"][4].get<Numbers>())
        CHECK(cosine >= 0.97);
    CHECK(found["escape_forms"] == Json{"own_spike", "before_spike", "membrane", "continuous"});
    CHECK(found["escape_norm"][0][0].get<double>() < 0.8);
    for (const double norm : found["escape_norm"][2].get<Numbers>())
        CHECK(norm == Approx(1).margin(0.1));
    CHECK(found["escape_plain_norm"][2][0].get<double>() < found["escape_norm"][2][0]);
}

TEST_CASE("recurrent credit is exact with error plus feedback, and wrong when clamped",
          "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_recurrent", {});
    CHECK(found["unstable"] == 0);
    CHECK(found["max_feedback_error"].get<double>() < 1e-6);
    CHECK(found["min_clamp_error"].get<double>() > 1e-2);
    for (const double d : found["spectrum_difference"].get<Numbers>()) CHECK(d < 1e-10);
    for (const double g : found["growth_rate"].get<Numbers>()) CHECK(g < 0);
    CHECK(found["spiking_stable"] == 5);
    for (const double cosine : found["spiking_cosine"].get<Numbers>()) CHECK(cosine > 0.97);
    for (const double norm : found["spiking_norm"].get<Numbers>())
        CHECK(norm == Approx(1).margin(0.05));
    const auto wild = results(bench, "credit_recurrent",
                              {"activation=linear", "gain=3", "networks=4", "weights=5"});
    CHECK(wild["unstable"].get<int>() > 0);
}

TEST_CASE("credit is better the further its time scales are apart", "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_timescales", {"networks=3", "width=12"});
    const auto cosine = found["cosine"].get<Numbers>();
    CHECK(std::is_sorted(cosine.begin(), cosine.end()));
    CHECK(cosine.back() > 0.9995);
    const auto error = found["error"].get<Numbers>();
    CHECK(error.back() < 0.05);
    CHECK(error.front() > 0.5);
    const auto settling = found["settling_cosine"].get<Numbers>();
    CHECK(settling.back() > settling.front());
    const auto firing = found["credit_over_firing_cosine"].get<Numbers>();
    CHECK(firing.back() > firing.front());
    const auto plasticity = found["plasticity_cosine"].get<Numbers>();
    CHECK(plasticity.back() > plasticity.front());
}

TEST_CASE("XOR is learnt by every network", "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_xor", {});
    CHECK(found["solved"] == 5);
    for (const double loss : found["loss"].get<Numbers>()) CHECK(loss < 0.02);
    const auto deep = results(bench, "credit_xor", {"hidden_layers=2", "activation=relu"});
    CHECK(deep["solved"].get<int>() >= 4);
    const auto spiking = results(bench, "credit_xor", {"form=spiking", "epochs=200"});
    CHECK(spiking["solved"] == 5);
}

// Means of five networks were 0.25 and 0.18, with standard deviations of 0.03.
TEST_CASE("credit at the largest stable learning rate makes communities", "[cli][credit]") {
    const Bench bench;
    const auto found =
        results(bench, "credit_communities", {"rates=2", "least_rate=1e-3", "seeds=5"});
    CHECK(found["stable"] == Json{5, 5});
    CHECK(found["q_rise"].get<double>() > 0.05);
    CHECK(found["accuracy"][0].get<double>() > 0.95);
    for (const double q : found["q_null"].get<Numbers>()) CHECK((q > 0 && q < 1));
    CHECK(found["communities"][1].get<double>() < found["communities"][0].get<double>());
    CHECK(found["weight_change"][1].get<double>() > 1);
}

TEST_CASE("generated digits are learnt as by backpropagation, and worse by the readout alone",
          "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_digits", {});
    const double accuracy = found["test_accuracy"].get<double>();
    CHECK(accuracy >= 0.97);
    CHECK(std::abs(accuracy - found["backprop_accuracy"].get<double>()) < 0.01);
    CHECK(found["readout_accuracy"].get<double>() < accuracy - 0.02);
    CHECK(found["backprop_difference"].get<double>() < 1e-9);
    CHECK(found["epoch_accuracy"].size() == 10);
    const auto dale = results(bench, "credit_digits", {"dale=1", "backprop=0", "readout=0"});
    CHECK(dale["test_accuracy"].get<double>() >= 0.95);
    CHECK(dale["violations"] == 0);
    CHECK(dale["clipped"].get<double>() > 0);
    CHECK(dale["backprop_accuracy"].is_null());
}

TEST_CASE("generated digits are learnt in spikes, reset or not, and under Dale's law",
          "[cli][credit]") {
    const Bench bench;
    const auto with = [&](std::vector<std::string> more) {
        more.emplace_back("form=spiking");
        return results(bench, "credit_digits", more);
    };
    const auto usual = with({"train=1000", "epochs=8"});
    const double accuracy = usual["test_accuracy"].get<double>();
    CHECK(accuracy >= 0.97);
    CHECK(accuracy > usual["backprop_accuracy"].get<double>() - 0.015);
    CHECK(accuracy > usual["readout_accuracy"].get<double>() + 0.02);
    CHECK(usual["rate_accuracy"].get<double>() == Approx(accuracy).margin(0.015));
    CHECK(usual["violations"].is_null());
    const auto dale = with({"dale=1", "eta=0.015", "backprop=0", "readout=0"});
    CHECK(dale["test_accuracy"].get<double>() >= 0.95);
    CHECK(dale["violations"] == 0);
    CHECK(dale["clipped"].get<double>() > 0);
    const auto continuous = with({"carry=all", "tau_m=20", "drive=0.125", "train=1000", "epochs=8",
                                  "backprop=0", "readout=0"});
    CHECK(continuous["test_accuracy"].get<double>() >= 0.95);
    const auto [code, text] = [&] {
        const auto result = bench.run(
            {"run", "credit_digits", "--out", "b", "--set", "form=spiking", "--set", "tail=2"});
        return std::pair(result.code, result.err);
    }();
    CHECK(code == 3);
    CHECK_THAT(text, Contains("tail = 2 ms: must be > 3 ms"));
    const auto loss = bench.run({"run", "credit_digits", "--out", "c", "--set", "form=spiking",
                                 "--set", "loss=cross_entropy"});
    CHECK(loss.code == 3);
    CHECK_THAT(loss.err, Contains("loss = cross_entropy") && Contains("squared"));
}

// Depths 2 to 4: neurons wait for their next spike, here some 0.1 tau_c a layer.
TEST_CASE("the predictions of credit in spikes are those of their theory", "[cli][credit]") {
    const Bench bench;
    const auto found = results(bench, "credit_predictions", {});
    CHECK(found["blocked_change"] == found["blocked_theory"]);
    CHECK(found["blocked_change"].size() == 5);
    const auto shift = found["shift"].get<Numbers>();
    for (std::size_t k = 0; k < shift.size(); ++k) {
        CHECK(found["shift_slope"][k].get<double>() == Approx(shift[k]).epsilon(0.01));
        CHECK(found["shift_correlation"][k].get<double>() > 0.999);
        CHECK(found["shift_trial_slope"][k].get<double>() == Approx(shift[k]).margin(0.05));
        CHECK(found["shift_upstream_correlation"][k].get<double>() > 0.93);
    }
    CHECK(found["shift_silent"] == 0);
    const auto error = found["decay_error"].get<Numbers>();
    CHECK(error.size() == 4);
    CHECK(error[0] < 0.01);
    for (const double one : error) CHECK(one < 0.15);
    for (std::size_t k = 0; k < 4; ++k)
        CHECK(found["decay_half_life"][k].get<double>() ==
              Approx(found["decay_half_life_theory"][k].get<double>()).margin(0.45));
    const auto settling = found["settle_cosine"];
    CHECK(settling[0][0].get<double>() < 0.6);
    CHECK(settling[5][0].get<double>() > 0.94);
    CHECK(found["silent_neurons"].get<double>() > 100);
    CHECK(found["silent_credit"].get<double>() > 0.1);
    CHECK(found["silent_sent"] == 0);
    CHECK(found["silent_change"] == 0);
}

TEST_CASE("digits are read from files by path", "[cli][credit]") {
    const Bench bench;
    const auto word = [](std::uint32_t x) {
        std::string text;
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            text += static_cast<char>((x >> shift) & 255U);
        return text;
    };
    // Ten images of 3 x 4 pixels, of which one is white: the class is its number.
    std::string images = word(2051) + word(10) + word(3) + word(4);
    std::string labels = word(2049) + word(10);
    for (int k = 0; k < 10; ++k) {
        std::string image(12, '\0');
        image[static_cast<std::size_t>(k)] = '\377';
        images += image;
        labels += static_cast<char>(k);
    }
    bench.write("images", images);
    bench.write("labels", labels);
    const std::vector<std::string> paths{"digits=idx",
                                         "train_images=images",
                                         "train_labels=labels",
                                         "test_images=images",
                                         "test_labels=labels",
                                         "epochs=100",
                                         "decay=1",
                                         "eta=0.1"};
    CHECK(results(bench, "credit_digits", paths)["test_accuracy"] == 1);

    const auto mistake = [&](std::vector<std::string> sets) {
        std::vector<std::string> all{"run", "credit_digits", "--out", "b"};
        for (const auto& one : sets) all.insert(all.end(), {"--set", one});
        const auto result = bench.run(all);
        CHECK(!std::filesystem::exists(bench / "b"));
        return std::pair(result.code, result.err);
    };
    auto [code, text] = mistake({"digits=idx"});
    CHECK(code == 3);
    CHECK_THAT(text,
               Contains("digits = idx: needs train_images") && Contains("--set train_images"));
    std::tie(code, text) = mistake({"digits=optdigits", "train_images=a", "test_images=gone.tes"});
    CHECK(code == 4);
    CHECK_THAT(text, Contains("a: cannot be read"));
    std::string lines;
    for (int k = 0; k < 65; ++k) lines += k < 64 ? "1," : "3\n";
    bench.write("o.tra", lines);
    std::tie(code, text) =
        mistake({"digits=optdigits", "train_images=o.tra", "test_images=images"});
    CHECK(code == 4);
    CHECK_THAT(text, Contains("images:1: "));
    std::tie(code, text) = mistake({"form=spikes"});
    CHECK(code == 3);
    CHECK_THAT(text, Contains("--set form=spikes: error: must be one of rate"));
}

TEST_CASE("an interrupted training keeps its whole epochs", "[cli][credit]") {
    const Bench bench;
    const auto child = bench.start({"run", "credit_digits", "--out", "a", "--progress", "json",
                                    "--set", "epochs=100000", "--set", "train=200"});
    REQUIRE(
        wait_until([&] { return contents(bench / "out").find("accuracy") != std::string::npos; }));
    kill(child, SIGINT);
    CHECK(bench.wait(child).code == 130);
    const auto summary = bench.summary("a");
    CHECK(summary["state"] == "interrupted");
    CHECK(summary["results"]["epoch_accuracy"].size() >= 1);
    CHECK(summary["results"]["epoch_accuracy"].size() < 100000);
}

TEST_CASE("mistakes between parameters of studies of credit are told", "[cli][credit]") {
    const Bench bench;
    const auto said = [&](const std::string& study, const std::string& set) {
        const auto result = bench.run({"run", study, "--out", "b", "--set", set});
        CHECK(result.code == 3);
        CHECK(!std::filesystem::exists(bench / "b"));
        return result.err;
    };
    CHECK_THAT(said("credit_equals_backprop", "least_layers=20"),
               Contains("least_layers = 20: must be at most most_layers = 13"));
    CHECK_THAT(said("credit_communities", "least_rate=2"), Contains("must be below most_rate"));
}

TEST_CASE("a study in spikes with a setting that cannot be leaves no folder", "[cli][study]") {
    Bench bench;
    for (const std::string study : {"credit_digits", "credit_xor"}) {
        const auto result = bench.run({"run", study, "--out", "a", "--progress", "none", "--set",
                                       "form=spiking", "--set", "tail=2"});
        CAPTURE(study);
        CHECK(result.code != 0);
        CHECK_THAT(result.err, Contains("tail = 2 ms: must be > 3 ms"));
        CHECK(!std::filesystem::exists(bench / "a"));
    }
}
