// SPDX-License-Identifier: BSD-3-Clause
// Every model in the engine against the reference, under random input: issue 2, what must hold, 1.

#include "tests/oracle/engine/compare.hpp"

using sim::Value;

namespace {

/// A model, and what keeps it near its threshold.
struct Case {
    std::string model;
    sim::Values params;
    double exc, inh;  ///< size of weights
};

constexpr std::uint64_t exc_units = 16;
constexpr std::uint64_t inh_units = 4;

/// `size` neurons, weakly coupled, that hear all trains, 20 spikes a second each, several times:
/// with delays of and between whole steps, drawn and given, through weights beyond float precision.
sim::Description driven(const Case& one, std::uint64_t size, double duration, std::uint64_t seed) {
    auto draw = parts::numbers(seed);
    sim::Description d;
    d.run.duration = duration;
    d.neurons = {parts::neurons("n", one.model, size, one.params)};
    d.sources = {parts::trains("exc", parts::random_times(draw, exc_units, 0.02, duration)),
                 parts::trains("inh", parts::random_times(draw, inh_units, 0.02, duration))};
    const auto wire = [&](const std::string& from, Value weight, Value delay) {
        d.projections.push_back(parts::projection(from, "n", std::move(weight), std::move(delay)));
        d.projections.back().name += std::to_string(d.projections.size());
    };
    for (const auto& delay :
         {Value::of(0.25), Value::of(1.5), Value::of(3.0000001), Value::uniform(0.25, 4)})
        for (const bool is_exc : {true, false}) {
            std::vector<double> weights(size * (is_exc ? exc_units : inh_units));
            for (double& w : weights) w = (is_exc ? one.exc : -one.inh) * (0.5 + draw.uniform());
            wire(is_exc ? "exc" : "inh", Value::of(weights), delay);
        }
    wire("exc", Value::of(one.exc / 10), Value::of(0.77));
    if (one.model != "relay") wire("n", Value::of(-one.inh / 20), Value::of(0.31));
    return d;
}

/// Where neurons differ in a time constant, each has a flow of its own.
Value spread(double low, double high) { return Value::uniform(low, high); }

const std::vector<Case> closed_form{
    {"lif_delta", {{"i_e", Value::of(150)}, {"tau_m", spread(10, 30)}}, 0.9, 2.0},
    {"lif_delta", {{"i_e", spread(120, 190)}}, 0.9, 2.0},
    {"lif_soft_reset", {{"i_e", spread(120, 190)}, {"tau_m", spread(10, 30)}}, 0.9, 2.0},
    {"lif_soft_reset", {{"v_drop", Value::of(2)}, {"t_ref", Value::of(0.43)}}, 2.2, 1.0},
    {"lif_exp", {{"i_e", Value::of(150)}, {"tau_syn_exc", spread(0.5, 6)}}, 60, 120},
    {"lif_exp", {{"i_e", Value::of(150)}, {"tau_syn_exc", Value::of(0.5)}}, 150, 40},
    {"lif_exp",
     {{"i_e", Value::of(150)}, {"tau_syn_exc", Value::of(20)}, {"tau_syn_inh", spread(19.9, 20.1)}},
     9,
     20},
    {"lif_alpha", {{"i_e", Value::of(150)}, {"tau_syn_inh", spread(0.5, 6)}}, 30, 40},
    {"lif_alpha",
     {{"i_e", Value::of(150)}, {"tau_m", Value::of(2)}, {"t_ref", Value::of(0)}},
     600,
     600},
    {"lif_adaptive", {{"i_e", Value::of(150)}, {"tau_theta", spread(5, 200)}}, 60, 120},
    {"glif", {{"i_e", Value::of(170)}, {"tau_2", spread(1, 40)}}, 80, 90},
    {"glif",
     {{"b_1", Value::of(40)}, {"tau_1", Value::of(15)}, {"b_2", Value::of(-300)}},
     120,
     100},
    {"rate_unit",
     {{"bias", Value::of(20)}, {"tau", spread(2, 60)}, {"t_ref", Value::of(1.3)}},
     0.9,
     2.5},
    {"relay", {{"t_ref", Value::of(0.34)}}, 1, 1},
};

const std::vector<Case> integrated{
    {"lif_cond_exp", {{"i_e", Value::of(100)}, {"tau_syn_exc", Value::of(3)}}, 2.5, 6},
    {"lif_cond_adaptive", {{"i_e", Value::of(100)}, {"tau_theta", spread(20, 60)}}, 3.5, 5},
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
    const auto d = driven(one, 11, 1000, 1);
    const auto result = oracle::compare(d);
    check_busy(result, one, 150);
    oracle::check_equal(result, 1e-9, 1e-9);
}

TEST_CASE("closed-form models fire in the same steps as the reference on the grid",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(closed_form));
    auto d = driven(one, 11, 1000, 2);
    d.run.timing = sim::Timing::grid;
    d.run.resolution = GENERATE(0.1, 0.25);
    const auto result = oracle::compare(d);
    check_busy(result, one, 150);
    oracle::check_equal(result, 1e-12, 1e-9);  // the same lattice points, as doubles
}

TEST_CASE("integrated models fire within 1e-6 ms of the reference at tolerance 1e-12",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(integrated));
    auto d = driven(one, 2, 500, 3);
    d.run.tolerance = 1e-12;
    const auto result = oracle::compare(d);
    check_busy(result, one, 10);
    oracle::check_equal(result, 1e-6, 1e-6);
}

TEST_CASE("integrated models fire in the same steps as the reference on the grid",
          "[oracle][engine]") {
    const auto one = GENERATE(from_range(integrated));
    auto d = driven(one, 2, 300, 4);
    d.run.tolerance = 1e-12;
    d.run.timing = sim::Timing::grid;
    const auto result = oracle::compare(d);
    check_busy(result, one, 10);
    oracle::check_equal(result, 1e-12, 1e-7);
}

TEST_CASE("drawn weights and delays act as in the reference, packed, timed and beside them",
          "[oracle][engine]") {
    // In exact timing a drive has everything summed; without it few inputs go into lists.
    const auto [timing, has_drive] = GENERATE(table<sim::Timing, bool>(
        {{sim::Timing::grid, false}, {sim::Timing::exact, false}, {sim::Timing::exact, true}}));
    const bool on_grid = timing == sim::Timing::grid;
    sim::Description d;
    // Exact times of a recurrent network part: differences grow tenfold in some 100 ms.
    d.run.duration = on_grid ? 1000 : 300;
    d.run.timing = timing;
    auto draw = parts::numbers(5);
    d.neurons = {parts::neurons("relays", "relay", 20, {}),
                 parts::neurons("n", "lif_exp", 30, {{"i_e", Value::of(330)}})};
    d.sources = {parts::trains("trains", parts::random_times(draw, 20, 0.02, d.run.duration))};
    d.projections = {parts::projection("trains", "relays", Value::of(1), Value::of(0.5))};
    d.projections[0].connector = "one_to_one";
    auto lognormal = Value::normal(2, 0.5);
    lognormal.kind = Value::Kind::lognormal;
    // Two that share sums, one that is too large for that, two below 0, and three without lattices.
    const std::vector<Value> weights{Value::uniform(0, 30),
                                     Value::uniform(5, 60),
                                     Value::normal(300, 30, 0),
                                     Value::normal(-90, 9),
                                     Value::uniform(-140, -90),
                                     Value::uniform(-20, 40),
                                     lognormal,
                                     Value::of(7)};
    for (const auto& weight : weights)
        for (const std::string from : {"relays", "n"}) {
            auto one = parts::projection(from, "n", weight, Value::uniform(0.4, 6));
            one.name += std::to_string(d.projections.size());
            one.connector = "fixed_indegree";
            one.connector_params = {{"indegree", 4}};
            d.projections.push_back(std::move(one));
        }
    if (has_drive)
        d.sources.push_back({"drive",
                             "poisson_background",
                             1,
                             {{"rate", Value::of(2000)}},
                             {"n"},
                             Value::of(10),
                             {},
                             {},
                             {}});
    const sim::Network network(d, parts::catalogue(), 1);
    std::size_t packed = 0;
    std::size_t timed = 0;
    for (const auto& [group, rows] : network.tiles().back().incoming) {
        packed += rows.is_packed() ? 1 : 0;
        timed += rows.is_timed() ? 1 : 0;
    }
    REQUIRE(packed == (on_grid ? 10 : 0));
    REQUIRE(timed == (on_grid ? 0 : 16));
    const auto result = oracle::compare(d);
    CHECK(result.spikes >= 500);
    oracle::check_equal(result, on_grid ? 1e-12 : 1e-9, 1e-9);
}
