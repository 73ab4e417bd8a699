// SPDX-License-Identifier: BSD-3-Clause
// The pairing protocols against sums over all spikes, and against what the fits were made for.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "protocols/studies/stdp_window.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::Contains;
using Catch::Matchers::WithinAbs;

namespace {

struct Fit {
    double a2_plus, a3_plus, a2_minus, a3_minus, tau_x, tau_y;
};
// Pfister & Gerstner 2006, tables 3 and 4, all-to-all.
const std::map<std::string, Fit> published{
    {"visual_cortex", {5e-10, 6.2e-3, 7e-3, 2.3e-4, 101, 125}},
    {"visual_cortex_minimal", {0, 6.5e-3, 7.1e-3, 0, 101, 114}},
    {"hippocampus", {6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3, 946, 27}},
    {"hippocampus_minimal", {5.3e-3, 8e-3, 3.5e-3, 0, 946, 40}}};

double sum(const std::vector<double>& spikes, double before, double tau) {
    double result = 0;
    for (const double t : spikes)
        if (t < before) result += std::exp((t - before) / tau);
    return result;
}

// Change of a weight of 1 that never reaches 0, by the equations of the paper.
double change(const std::vector<double>& pre, const std::vector<double>& post, const Fit& f) {
    double w = 0;
    for (const double t : post)
        w += sum(pre, t, 16.8) * (f.a2_plus + f.a3_plus * sum(post, t, f.tau_y));
    for (const double t : pre)
        w -= sum(post, t, 33.7) * (f.a2_minus + f.a3_minus * sum(pre, t, f.tau_x));
    return w;
}

std::vector<double> repeated(const std::vector<double>& pattern, double rate, int times) {
    std::vector<double> result;
    for (int k = 0; k < times; ++k)
        for (const double t : pattern) result.push_back(k * 1000 / rate + t);
    return result;
}

double change(const std::vector<double>& pre, const std::vector<double>& post, double rate,
              const Fit& f) {
    return change(repeated(pre, rate, 60), repeated(post, rate, 60), f);
}

StdpWindow::Params with(const std::string& rule, const std::string& fit) {
    StdpWindow::Params p;
    p.rule = rule;
    p.fit = fit;
    return p;
}

}  // namespace

// 1e-9: spike times of some 1e6 ms are known to 1e-10 ms, parts of 1e-11 of the time constants, and
// the largest changes are sums of 1e3 terms below 1e-2.
TEST_CASE("pairing protocols of the triplet rule equal the sums of the paper", "[studies]") {
    for (const auto& [name, fit] : published) {
        CAPTURE(name);
        auto p = with("stdp_triplet", name);
        p.weight = 10;  // of w_0: far from the bounds
        const auto results = results_of<StdpWindow>(p);
        CHECK(results["hit_bounds"] == 0);
        const auto is = [&](const Json& found, const std::vector<double>& pre,
                            const std::vector<double>& post, double rate) {
            CHECK_THAT(10 * found.get<double>(), WithinAbs(change(pre, post, rate, fit), 1e-9));
        };
        REQUIRE(results["window"].size() == 40);
        for (const auto& row : results["window"]) is(row[1], {0}, {row[0].get<double>()}, 1);
        for (const auto& row : results["frequency"]) {
            is(row[1], {0}, {10}, row[0].get<double>());
            is(row[2], {0}, {-10}, row[0].get<double>());
        }
        for (const auto& row : results["pre_post_pre"])
            is(row[2], {-row[0].get<double>(), -row[1].get<double>()}, {0}, 1);
        for (const auto& row : results["post_pre_post"])
            is(row[2], {0}, {row[0].get<double>(), row[1].get<double>()}, 1);
    }
}

TEST_CASE("the window of pair STDP is two exponentials", "[studies]") {
    auto p = with("stdp_pair", "own");
    p.settings = "tau_plus = 17, tau_minus=34ms ,lambda=0.001,alpha=0.5";
    const auto results = results_of<StdpWindow>(p);
    for (const auto& row : results["window"]) {
        const double dt = row[0].get<double>();
        // 60 pairs, a second apart, of a weight of half of w_max.
        double expected = 0;
        for (int k = 0; k < 60; ++k)
            for (int l = 0; l < 60; ++l) {
                const double t = dt + 1000 * (k - l);
                expected += t > 0 ? 0.002 * std::exp(-t / 17) : -0.001 * std::exp(t / 34);
            }
        CHECK_THAT(row[1].get<double>(), WithinAbs(expected, 1e-9));
    }
}

TEST_CASE("the triplet rule has the frequency dependence of the visual cortex, pairs have not",
          "[studies]") {
    // Deviations in squared standard errors, so a good fit has 1 or less.
    for (const std::string rule : {"stdp_triplet", "stdp_triplet_nearest"})
        for (const std::string fit : {"visual_cortex", "visual_cortex_minimal"}) {
            CAPTURE(rule, fit);
            const auto results = results_of<StdpWindow>(with(rule, fit));
            CHECK(results["visual_cortex_error"] < 0.6);
            const auto& rows = results["frequency"];
            CHECK(rows.front()[2] < -0.2);  // depression at 0.1 per second
            CHECK(rows.back()[2] > 0.5);    // potentiation at 50, with the same interval
        }
    // No amounts of pairs come below 7; these are about right at 0.1 per second, and none at all.
    auto pairs = with("stdp_pair", "own");
    pairs.settings = "tau_plus=16.8, tau_minus=33.7, lambda=0, alpha=0";
    const auto none = results_of<StdpWindow>(pairs);
    pairs.settings = "tau_plus=16.8, tau_minus=33.7, lambda=0.003, alpha=1";
    const auto results = results_of<StdpWindow>(pairs);
    CHECK(results["visual_cortex_error"] > 5);
    CHECK(none["visual_cortex_error"] > 5);
}

TEST_CASE("a fit to triplets of the hippocampus is better than one to the visual cortex",
          "[studies]") {
    const auto own = results_of<StdpWindow>(with("stdp_triplet", "hippocampus_minimal"));
    const auto other = results_of<StdpWindow>(with("stdp_triplet", "visual_cortex_minimal"));
    CHECK(own["hippocampus_error"] < 5);
    CHECK(other["hippocampus_error"] > 2 * own["hippocampus_error"].get<double>());
}

TEST_CASE("every rule of spike timing has a window", "[studies]") {
    const auto rules = StdpWindow::rules(parts::catalogue());
    CHECK(rules.size() >= 8);
    for (const auto& rule : rules) {
        auto p = with(rule, "own");
        p.points = 2;
        p.pairings = 5;
        CAPTURE(rule);
        const auto results = results_of<StdpWindow>(p);
        CHECK(results["window"][2][1] > results["window"][0][1]);  // 50 ms after against 100 before
        CHECK(std::abs(results["frequency"][7][1].get<double>()) > 1e-4);
    }
}

TEST_CASE("mistakes in the settings of a rule are explained", "[studies]") {
    const auto said = [](const std::string& settings, const std::string& fit = "own") {
        auto p = with("stdp_pair", fit);
        p.settings = settings;
        QuietContext context;
        try {
            StdpWindow::run(p, context);
        } catch (const sim::BadProtocol& problem) {
            return std::string(problem.what());
        }
        return std::string();
    };
    CHECK_THAT(said("tau_pluss=3"),
               Contains("parameters.settings: error: stdp_pair has no 'tau_pluss'") &&
                   Contains("did you mean 'tau_plus'?"));
    CHECK_THAT(said("tau_plus=-3"), Contains("tau_plus=-3: must be > 0 ms"));
    CHECK_THAT(said("tau_plus=3mV"), Contains("must be > 0 ms"));
    CHECK_THAT(said("tau_plus"), Contains("must be NAME=VALUE"));
    CHECK_THAT(said("", "hippocampus"),
               Contains("parameters.fit: error: ") && Contains("choose own"));
}
