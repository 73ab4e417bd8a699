// SPDX-License-Identifier: BSD-3-Clause
// Every model in the engine against the reference, under random input: issue 2, "what must hold", 1.

#include "tests/oracle/engine/compare.hpp"

using sim::Value;

namespace {

/// A model, and what keeps it near its threshold.
struct Case {
    std::string model;
    sim::Values params;
    double exc, inh;  ///< size of weights
};

/// `size` neurons that hear 16 excitatory and 4 inhibitory trains, 20 spikes a second each, through
/// weights beyond float precision and delays on and off the lattice.
sim::Description driven(const Case& one, std::uint64_t size, double duration, std::uint64_t seed) {
    auto draw = parts::numbers(seed);
    sim::Description d;
    d.run.duration = duration;
    d.neurons = {parts::neurons("n", one.model, size, one.params)};
    d.sources = {parts::trains("e", parts::random_times(draw, 16, 0.02, duration)),
                 parts::trains("i", parts::random_times(draw, 4, 0.02, duration))};
    for (const double delay : {0.1, 1.5, 0.77, 3.0000001}) {
        for (const auto& [from, weight] : {std::pair{"e", one.exc}, std::pair{"i", -one.inh}}) {
            std::vector<double> weights(size * (from[0] == 'e' ? 16 : 4));
            for (double& w : weights) w = weight * (0.5 + draw.uniform());
            d.projections.push_back(
                parts::projection(from, "n", Value::of(weights), Value::of(delay)));
            d.projections.back().name += std::to_string(d.projections.size());
        }
    }
    return d;
}

/// Neurons differ in one time constant, so they do not all tell the same.
Value spread(double low, double high) { return Value::uniform(low, high); }

const std::vector<Case> closed_form{
    {"lif_delta", {{"i_e", Value::of(150)}, {"tau_m", spread(10, 30)}}, 0.9, 2.0},
    {"lif_exp", {{"i_e", Value::of(150)}, {"tau_syn_exc", spread(0.5, 6)}}, 60, 120},
    {"lif_exp", {{"i_e", Value::of(150)}, {"tau_syn_exc", Value::of(20)}, {"tau_syn_inh", spread(19.999, 20.001)}}, 9, 20},
    {"lif_alpha", {{"i_e", Value::of(150)}, {"tau_syn_inh", spread(0.5, 6)}}, 30, 40},
    {"lif_alpha", {{"i_e", Value::of(150)}, {"tau_m", Value::of(2)}, {"t_ref", Value::of(0)}}, 600, 600},
    {"lif_adaptive", {{"i_e", Value::of(150)}, {"tau_theta", spread(5, 200)}}, 60, 120},
    {"glif", {{"i_e", Value::of(170)}, {"tau_2", spread(1, 40)}}, 80, 90},
    {"glif", {{"b_1", Value::of(40)}, {"tau_1", Value::of(15)}, {"b_2", Value::of(-300)}}, 120, 100},
    {"rate_unit", {{"bias", Value::of(20)}, {"tau", spread(2, 60)}, {"t_ref", Value::of(1.3)}}, 0.9, 2.5},
    {"relay", {{"t_ref", Value::of(0.34)}}, 1, 1},
};

const std::vector<Case> integrated{
    {"lif_cond_exp", {{"i_e", Value::of(100)}, {"tau_syn_exc", Value::of(3)}}, 2.5, 6},
    {"lif_cond_alpha", {{"i_e", Value::of(100)}, {"tau_syn_inh", Value::of(4)}}, 1.2, 3},
    {"adex", {{"i_e", Value::of(500)}, {"t_ref", Value::of(1.05)}}, 4, 6},
    {"exp_if", {{"i_e", Value::of(80)}}, 50, 60},
    {"escape_noise", {{"i_e", Value::of(150)}}, 50, 60},
    {"izhikevich", {{"i_e", Value::of(3)}}, 2, 2},
    {"hodgkin_huxley", {}, 5, 8},
};

/// Enough spikes to tell.
void check_busy(const oracle::Comparison& result, const Case& one, std::size_t least) {
    CAPTURE(one.model, result.spikes);
    CHECK(result.spikes >= least);
}

}  // namespace

TEST_CASE("closed-form models fire within 1e-9 ms of the reference over a second",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(closed_form));
    const auto d = driven(one, 4, 1000, 1);
    const auto result = oracle::compare(d);
    check_busy(result, one, 60);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= 1e-9);
}

TEST_CASE("closed-form models fire in the same steps as the reference on the grid",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(closed_form));
    auto d = driven(one, 4, 1000, 2);
    d.run.timing = sim::Timing::grid;
    d.run.resolution = GENERATE(0.1, 0.25);
    for (auto& projection : d.projections)
        if (projection.delay.a < d.run.resolution) projection.delay = Value::of(d.run.resolution);
    const auto result = oracle::compare(d);
    check_busy(result, one, 60);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= 1e-12);  // the same lattice points, as doubles
}

TEST_CASE("integrated models fire within 1e-6 ms of the reference at tolerance 1e-12",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(integrated));
    auto d = driven(one, 2, 500, 3);
    d.run.tolerance = 1e-12;
    const auto result = oracle::compare(d);
    check_busy(result, one, 10);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= 1e-6);
}

TEST_CASE("integrated models fire in the same steps as the reference on the grid",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(integrated));
    auto d = driven(one, 2, 300, 4);
    d.run.tolerance = 1e-12;
    d.run.timing = sim::Timing::grid;
    const auto result = oracle::compare(d);
    check_busy(result, one, 10);
    CHECK(result.mismatch == "");
    CHECK(result.largest_difference <= 1e-12);
}
