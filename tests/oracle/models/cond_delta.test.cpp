// SPDX-License-Identifier: BSD-3-Clause
// The neuron with instantaneous conductances against its equations, walked from input to input in
// extended precision.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "sim/record/memory_sink.hpp"
#include "sim/run/simulation.hpp"
#include "tests/contract/parts.hpp"

namespace {

using Real = long double;

constexpr double exc_weight = 0.04, inh_weight = -0.3, delay = 1;  // ms

struct Walk {
    std::vector<Real> spikes;
    Real v = -65, theta = 20;
};

/// Between inputs the potential falls faster than the threshold, so that only an input can reach it.
Walk walk(const std::vector<double>& exc, const std::vector<double>& inh, double end) {
    std::vector<std::pair<Real, Real>> inputs;  // arrival, weight
    for (const double t : exc) inputs.emplace_back(Real(t) + delay, exc_weight);
    for (const double t : inh) inputs.emplace_back(Real(t) + delay, inh_weight);
    std::sort(inputs.begin(), inputs.end());
    Walk w;
    Real now = 0, ready = 0;
    const auto flow = [&](Real to) {
        const Real free_from = std::max(now, std::min(ready, to));
        w.v = -65 + (w.v + 65) * std::exp(-(to - free_from) / 100);
        w.theta *= std::exp(-(to - now) / 2000);
        now = to;
    };
    for (const auto& [time, weight] : inputs) {
        if (time >= end) break;
        flow(time);
        if (time < ready) continue;
        const Real to = weight > 0 ? 0 : -100;
        w.v = to + (w.v - to) * std::exp(-std::abs(weight));
        if (w.v < -72 + w.theta) continue;
        w.spikes.push_back(time);
        w.v = -65;
        w.theta += Real(0.7);
        ready = time + 5;
    }
    flow(end);
    return w;
}

}  // namespace

TEST_CASE("instantaneous conductances and an adaptive threshold follow their equations") {
    auto draw = parts::numbers(77);
    const auto exc = parts::random_times(draw, 20, 0.8, 1500);
    const auto inh = parts::random_times(draw, 20, 0.05, 1500);
    sim::Description d;
    d.run.duration = 1500;
    d.sources = {parts::trains("exc", exc), parts::trains("inh", inh)};
    d.neurons = {parts::neurons("n", "lif_cond_delta", 20,
                                {{"theta_jump", sim::Value::of(0.7)},
                                 {"tau_theta", sim::Value::of(2000.0)}})};
    for (const auto& [from, weight] : {std::pair{"exc", exc_weight}, std::pair{"inh", inh_weight}}) {
        auto one = parts::projection(from, "n", sim::Value::of(weight), sim::Value::of(delay));
        one.connector = "one_to_one";
        d.projections.push_back(one);
    }
    const sim::Network network(d, parts::catalogue(), 1);
    sim::Simulation simulation(network, parts::catalogue(), {});
    sim::MemorySink sink;
    simulation.record(sink);
    simulation.advance(1500);
    std::size_t spikes = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        const auto expected = walk(exc[k], inh[k], 1500);
        std::vector<double> found;
        for (std::size_t i = 0; i < sink.spikes()[0].times.size(); ++i)
            if (sink.spikes()[0].ids[i] == k) found.push_back(sink.spikes()[0].times[i]);
        REQUIRE(found.size() == expected.spikes.size());
        // Times are those of inputs; sums of milliseconds up to 1500 round to 2e-13.
        for (std::size_t i = 0; i < found.size(); ++i)
            CHECK(std::abs(found[i] - static_cast<double>(expected.spikes[i])) < 1e-12);
        // A thousand steps in doubles, each of relative error 1e-16 of 100 mV.
        CHECK(std::abs(simulation.state(0, k, "v") - static_cast<double>(expected.v)) < 1e-10);
        CHECK(std::abs(simulation.state(0, k, "theta") - static_cast<double>(expected.theta)) <
              1e-10);
        spikes += found.size();
    }
    CHECK(spikes > 200);
}
