// SPDX-License-Identifier: BSD-3-Clause
// The reference itself, against formulas and by hand.

#include <catch2/catch.hpp>

#include "tests/contract/parts.hpp"
#include "tests/oracle/reference/simulator.hpp"

using reference::Matrix;
using reference::Real;
using reference::Vector;

namespace {

/// x0' = -x0 / tau_m + x1, x1' = -x1 / tau_s + x2, x2' = -x2 / tau_s
Matrix alpha_rates(Real tau_m, Real tau_s) {
    Matrix a{};
    a[0][0] = -1 / tau_m;
    a[0][1] = 1;
    a[1][1] = a[2][2] = -1 / tau_s;
    a[1][2] = 1;
    return a;
}

reference::Parameters parameters(const std::string& model, const sim::Values& given) {
    const auto& info = parts::catalogue().info(sim::PartKind::neuron, model);
    return {info, sim::tabulate(info, given, 0, 1, {}).front()};
}

// Some 600 roundings of a long double, 5e-20 each: a value forgets older ones within tau.
constexpr Real rounding = 3e-17L;

}  // namespace

TEST_CASE("the matrix exponential gives the textbook responses", "[oracle][reference]") {
    const Real tau = 2;
    const reference::LinearSystem system(3, alpha_rates(tau, tau));
    for (const Real t : {0.1L, 1 / 3.0L, 1.0L, 7.7L, 100.0L}) {
        Vector x{0, 0, 1};
        system.flow(x, t);
        const Real decay = std::exp(-t / tau);
        CHECK(std::abs(x[0] - t * t / 2 * decay) <= rounding * t * t);
        CHECK(std::abs(x[1] - t * decay) <= rounding * t);
        CHECK(std::abs(x[2] - decay) <= rounding);
    }
    const Real tau_m = 10;  // and where no constants are equal
    const reference::LinearSystem other(3, alpha_rates(tau_m, tau));
    Vector x{0, 1, 0};
    other.flow(x, 3);
    const Real expected = (std::exp(-3 / tau_m) - std::exp(-3 / tau)) / (1 / tau - 1 / tau_m);
    CHECK(std::abs(x[0] - expected) <= rounding);
}

TEST_CASE("the first rise of a membrane is the logarithm of its textbook", "[oracle][reference]") {
    Matrix a{};
    a[0][0] = -1 / 20.0L;
    a[0][1] = 1;
    const reference::RisingSystem system(2, a, {1, 0});
    for (const Real rest : {15.0001L, 16.0L, 30.0L, 1e6L}) {
        Vector x{0, rest / 20};
        const auto t = system.first_rise(x, 15, 1000);
        REQUIRE(t);
        const Real slope = (rest - 15) / 20;
        CHECK(std::abs(*t + 20 * std::log1p(-15 / rest)) <= 15 * rounding / slope + rounding);
    }
    Vector x{0, 15 / 20.0L - 1e-9L};
    CHECK(!system.first_rise(x, 15, 1000));
}

TEST_CASE("a peak one part in 1e16 above the threshold is found, below is not",
          "[oracle][reference]") {
    const Real tau_m = 20;
    const Real tau_s = 2;
    Matrix a{};
    a[0][0] = -1 / tau_m;
    a[0][1] = 1;
    a[1][1] = -1 / tau_s;
    const reference::RisingSystem system(2, a, {1, 0});
    const Real at = std::log(tau_m / tau_s) / (1 / tau_s - 1 / tau_m);
    const Real peak = (std::exp(-at / tau_m) - std::exp(-at / tau_s)) / (1 / tau_s - 1 / tau_m);
    Vector x{0, 1};
    const auto t = system.first_rise(x, peak * (1 - 1e-16L), 100);
    REQUIRE(t);
    CHECK(std::abs(*t - at) < 1e-6L);  // the root of 1e-16 over the curvature of 0.1
    x = {0, 1};
    CHECK(!system.first_rise(x, peak * (1 + 1e-16L), 100));
}

TEST_CASE("integrated models meet the logarithm of constant conductances", "[oracle][reference]") {
    const auto model = reference::make_model(
        "lif_cond_exp", parameters("lif_cond_exp", {{"tau_syn_exc", sim::Value::of(1e15)}}));
    Vector x = model->initial();
    model->receive(x, {10, 0, 0}, false);
    const auto t = model->advance(x, 100, false);
    REQUIRE(t);
    const Real rest = 12.5L * -65 / 22.5L;
    const Real expected = 250 / 22.5L * std::log((rest + 65) / (rest + 50));
    CHECK(std::abs(*t - expected) < 1e-12L);
}

TEST_CASE("a spike passes a chain of relays after the sum of its delays", "[oracle][reference]") {
    sim::Description d;
    d.run.duration = 10;
    d.run.timing = GENERATE(sim::Timing::exact, sim::Timing::grid);
    d.neurons = {parts::neurons("a", "relay", 1, {}), parts::neurons("b", "relay", 1, {})};
    d.sources = {parts::trains("s", {{1.0, 2.03}})};
    d.projections = {parts::projection("s", "a", sim::Value::of(1), sim::Value::of(0.5)),
                     parts::projection("a", "b", sim::Value::of(1), sim::Value::of(1.25)),
                     parts::projection("b", "a", sim::Value::of(1), sim::Value::of(3.1))};
    const sim::Network network(d, parts::catalogue(), 1);
    const auto spikes = reference::simulate(network, parts::catalogue()).spikes;
    const auto check = [&](const std::string& name, const std::vector<Real>& expected) {
        const auto& found = spikes[network.population(name)];
        REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            CHECK(std::abs(found[i].time - expected[i]) <= 1e-15L);
    };
    if (d.run.timing == sim::Timing::exact) {
        check("a", {1.5L, 2.53L, 5.85L, 6.88L});
        check("b", {2.75L, 3.78L, 7.1L, 8.13L});
    } else {  // 2.03 ms is stamped 2.1 ms, and 1.25 ms are 12 or 13 steps
        const Real delay = std::llround(1.25 / 0.1) * 0.1L;
        check("a", {1.5L, 2.6L, 4.6L + delay, 5.7L + delay});
        check("b", {1.5L + delay, 2.6L + delay, 4.6L + 2 * delay, 5.7L + 2 * delay});
    }
}

TEST_CASE("the reference holds, hears and frees a neuron as the rules say", "[oracle][reference]") {
    // A membrane without leak to speak of: potentials are plain sums.
    sim::Description d;
    d.run.duration = 10;
    d.run.timing = GENERATE(sim::Timing::exact, sim::Timing::grid);
    d.neurons = {parts::neurons("n", "lif_delta", 1,
                                {{"tau_m", sim::Value::of(1e12)}, {"t_ref", sim::Value::of(2)},
                                 {"e_l", sim::Value::of(0)}, {"v_reset", sim::Value::of(0)},
                                 {"v_th", sim::Value::of(1)}})};
    // Twice half a threshold at once; lost while held; at its end and in the step after.
    d.sources = {parts::trains("s", {{1, 1, 2, 2, 3, 3, 3.1, 3.1}})};
    d.projections = {parts::projection("s", "n", sim::Value::of(0.75), sim::Value::of(1))};
    const sim::Network network(d, parts::catalogue(), 1);
    const auto outcome = reference::simulate(network, parts::catalogue());
    const auto& found = outcome.spikes[network.population("n")];
    REQUIRE(found.size() == 2);
    CHECK(std::abs(found[0].time - 2) <= 1e-18L);
    // Grid: the step of the end is the last that is held.
    CHECK(std::abs(found[1].time - (d.run.timing == sim::Timing::exact ? 4 : 4.1L)) <= 1e-18L);
}
