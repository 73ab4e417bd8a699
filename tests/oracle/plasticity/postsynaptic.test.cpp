// SPDX-License-Identifier: BSD-3-Clause
// Rules of inhibition and of digits against sums over spikes.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
// Of the largest weight: the engine works in doubles and takes some 1e3 steps.
constexpr double tolerance = 1e-10;

/// Changes given by post(events, e, w) and pre(events, e, w), in parts of w_max.
template <class Post, class Pre>
Reference changes(const Post& post, const Pre& pre) {
    return [=](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        w /= Real(w_max);
        for (std::size_t e = 0; e < events.size(); ++e)
            w = std::clamp(w + (events[e].is_post ? post(events, e, w) : pre(events, e, w)),
                           Real(0), Real(1));
        return std::vector<Real>{w * Real(w_max)};
    };
}

void check(const Setting& setting, const Reference& reference) {
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto result = compare(one, reference, {w_max}, tolerance, 0, w_max);
            CHECK(result.moved > 0.1 * w_max);
        }
}

}  // namespace

TEST_CASE("symmetric inhibitory STDP equals the sum over all pairs") {
    Setting setting;
    setting.rule = "vogels_istdp";
    setting.weight = -4e-9;
    setting.params = {{"tau", 17}, {"eta", 0.02 * w_max}, {"rho_0", 8}, {"w_max", w_max}};
    check(setting, changes([](const auto& events, std::size_t e,
                              Real) { return 0.02L * trace(events, e, false, 17); },
                           [](const auto& events, std::size_t e, Real) {
                               return 0.02L * (trace(events, e, true, 17) - 2 * 0.008L * 17);
                           }));
}

TEST_CASE("learning at postsynaptic spikes equals the sum over nearest spikes") {
    for (const double x_tar : {0.0, 0.3})
        for (const double mu : {0.0, 0.5}) {
            Setting setting;
            setting.rule = "diehl_cook";
            setting.params = {{"tau_pre", 17}, {"tau_post", 34},  {"eta", 0.02},   {"x_tar", x_tar},
                              {"mu", mu},      {"eta_pre", 0.01}, {"w_max", w_max}};
            DYNAMIC_SECTION("x_tar " << x_tar << ", mu " << mu) {
                check(setting, changes(
                                   [=](const auto& events, std::size_t e, Real w) {
                                       return 0.02L * (trace(events, e, false, 17, false) - x_tar) *
                                              std::pow(1 - w, static_cast<Real>(mu));
                                   },
                                   [](const auto& events, std::size_t e, Real) {
                                       return -0.01L * trace(events, e, true, 34, false);
                                   }));
            }
        }
}

TEST_CASE("the triplet rule of digits takes the postsynaptic spike before the last") {
    Setting setting;
    setting.rule = "diehl_cook_triplet";
    setting.params = {{"tau_pre", 17},    {"tau_post", 34},  {"tau_slow", 40},
                      {"eta_post", 0.05}, {"eta_pre", 0.02}, {"w_max", w_max}};
    check(setting, changes(
                       [](const auto& events, std::size_t e, Real) {
                           return 0.05L * trace(events, e, false, 17, false) *
                                  trace(events, e, true, 40, false);
                       },
                       [](const auto& events, std::size_t e, Real) {
                           return -0.02L * trace(events, e, true, 34, false);
                       }));
}

namespace {

/// Weights of 20 sources onto the first of `targets`, which spike at times of their own, 2 a second.
std::vector<double> learned(std::uint64_t targets, double mu, sim::Timing timing) {
    constexpr double end = 2000;  // ms
    auto draw = parts::numbers(77);
    auto pre = parts::random_times(draw, 20, 0.02, end);
    auto teacher = parts::random_times(draw, 64, 0.002, end);
    teacher.resize(targets);
    sim::Description d;
    d.run.duration = end;
    d.run.timing = timing;
    d.sources = {parts::trains("pre", std::move(pre)),
                 parts::trains("teacher", std::move(teacher))};
    d.neurons = {parts::neurons("post", "lif_delta", targets, {})};
    auto teach = parts::projection("teacher", "post", sim::Value::of(1000), sim::Value::of(1));
    teach.connector = "one_to_one";
    auto learn = parts::projection("pre", "post", sim::Value::of(4e-9), sim::Value::of(1.5));
    learn.synapse = "diehl_cook";
    learn.synapse_params = {{"eta", sim::Value::of(0.05)},
                            {"mu", sim::Value::of(mu)},
                            {"w_max", sim::Value::of(w_max)}};
    d.projections = {teach, learn};
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    simulation.advance(end);
    std::vector<double> result;
    simulation.for_each_synapse(
        1, [&](std::uint64_t, std::uint64_t target, std::span<const double> values, sim::Time) {
            if (target < 7) result.push_back(values[0]);
        });
    return result;
}

}  // namespace

// Where few of many targets have spiked only their synapses are visited; 7 targets are too few for that.
TEST_CASE("other targets in a run change no bit of a synapse") {
    for (const auto timing : {sim::Timing::exact, sim::Timing::grid})
        for (const double mu : {0.0, 0.5}) {
            const auto alone = learned(7, mu, timing);
            REQUIRE(alone.size() == 7 * 20);
            CHECK(std::count(alone.begin(), alone.end(), 4e-9) < 14);
            CHECK(learned(64, mu, timing) == alone);
        }
}
