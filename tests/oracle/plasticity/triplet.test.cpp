// SPDX-License-Identifier: BSD-3-Clause
// Triplet rules against sums over triplets of spikes, and against the measurements that they were
// fitted to.
#include "tests/oracle/plasticity/references.hpp"

using namespace plasticity::test;

namespace {

constexpr double w_max = 1e-8;  // mV: thousands of such inputs move no spike
constexpr double w_0 = 0.3e-8;

Reference triplets(bool all, double tau_x, double tau_y) {
    return [=](const Meetings& meetings, Real w) {
        const auto events = in_order(meetings);
        for (std::size_t e = 0; e < events.size(); ++e) {
            const bool is_post = events[e].is_post;
            const Real near = trace(events, e, !is_post, is_post ? 16.8 : 33.7, all);
            const Real far = trace(events, e, is_post, is_post ? tau_y : tau_x, all);
            w += is_post ? Real(w_0) * near * (0.01L + 0.02L * far)
                         : -Real(w_0) * near * (0.015L + 0.004L * far);
            w = std::clamp(w, Real(0), Real(w_max));
        }
        return std::vector<Real>{w};
    };
}

void check(const std::string& rule, const Reference& reference, double tau_x, double tau_y,
           double weight) {
    Setting setting;
    setting.rule = rule;
    setting.weight = weight;
    setting.params = {{"tau_x", tau_x},  {"tau_y", tau_y},    {"a2_plus", 0.01},
                      {"a3_plus", 0.02}, {"a2_minus", 0.015}, {"a3_minus", 0.004},
                      {"w_0", w_0},      {"w_max", w_max}};
    for (const auto& one : variations(setting)) DYNAMIC_SECTION(text(one)) {
            const auto result = compare(one, reference, {w_max}, 1e-10, 0, w_max);
            CHECK(result.moved > 0.1 * w_max);
            CHECK(result.clipped > 0);
        }
}

/// Relative change of a weight by 60 pairs at `rate` Hz, the postsynaptic spike `lag` ms after the
/// presynaptic one.
double paired(const std::string& rule, double rate, double lag) {
    std::vector<double> pre, post;
    for (int k = 0; k < 60; ++k) {
        pre.push_back(20 + 1000 / rate * k);
        post.push_back(pre.back() + lag - 1);  // with the delays below
    }
    constexpr double weight = 1e-8;
    sim::Description d;
    d.run.duration = pre.back() + 100;
    d.record.all_spikes = false;
    d.sources = {parts::trains("pre", {pre}), parts::trains("teacher", {post})};
    d.neurons = {parts::neurons("post", "lif_delta", 1, {{"t_ref", sim::Value::of(0.0)}})};
    d.projections = {parts::projection("teacher", "post", sim::Value::of(1000), sim::Value::of(1)),
                     parts::projection("pre", "post", sim::Value::of(weight), sim::Value::of(1))};
    d.projections[1].synapse = rule;
    d.projections[1].synapse_params = {{"w_0", sim::Value::of(weight)}};
    d.projections[1].dendritic_delay = 0.5;
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {1});
    simulation.advance(d.run.duration);
    double w = 0;
    simulation.for_each_synapse(1, [&](std::uint64_t, std::uint64_t, std::span<const double> values,
                                       sim::Time) { w = values[0]; });
    return w / weight - 1;
}

struct Measured {
    double rate, lag, change, error;  ///< Hz, ms, relative, of the mean
};
// Sjoestroem et al. 2001 as in table 1 of Pfister & Gerstner 2006.
constexpr std::array<Measured, 10> measured{{{0.1, 10, -0.04, 0.05},
                                             {0.1, -10, -0.29, 0.08},
                                             {10, 10, 0.14, 0.10},
                                             {10, -10, -0.41, 0.11},
                                             {20, 10, 0.29, 0.14},
                                             {20, -10, -0.34, 0.10},
                                             {40, 10, 0.53, 0.11},
                                             {40, -10, 0.56, 0.32},
                                             {50, 10, 0.56, 0.26},
                                             {50, -10, 0.75, 0.19}}};

/// The mean square of the deviations in standard errors: E of the paper.
double misfit(const std::string& rule) {
    double sum = 0;
    for (const auto& one : measured) {
        const double z = (paired(rule, one.rate, one.lag) - one.change) / one.error;
        sum += z * z;
    }
    return sum / static_cast<double>(measured.size());
}

}  // namespace

TEST_CASE("triplet STDP equals the sum over all triplets") {
    check("stdp_triplet", triplets(true, 101, 125), 101, 125, 4e-9);
    check("stdp_triplet", triplets(true, 101, 125), 101, 125, -4e-9);
}

TEST_CASE("triplet STDP of nearest spikes equals the sum over them") {
    check("stdp_triplet_nearest", triplets(false, 714, 40), 714, 40, 4e-9);
}

// No fit of pairs alone comes below 3.
TEST_CASE("the defaults of triplet STDP fit the measured dependence on frequency") {
    CHECK(misfit("stdp_triplet") < 0.4);
    CHECK(misfit("stdp_triplet_nearest") < 0.4);
}
