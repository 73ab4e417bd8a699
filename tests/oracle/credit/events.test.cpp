// SPDX-License-Identifier: BSD-3-Clause
// Credit in events against the exact form.
#include "models/rate/credit_events.hpp"

#include <catch2/catch.hpp>

#include "models/rate/credit_ode.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;

namespace {

RateNetwork deep_network(std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes = {20, 40, 40, 40, 10};
    spec.gain = 1;
    spec.seed = seed;
    return models::layered_network(spec);
}

Eigen::VectorXd flat(const RateChange& change) {
    std::vector<double> all;
    for (const auto& one : change.weights) {
        const auto w = std::visit([](const auto& m) { return MatrixXd(m); }, one);
        all.insert(all.end(), w.data(), w.data() + w.size());
    }
    return Eigen::Map<Eigen::VectorXd>(all.data(), static_cast<Index>(all.size()));
}

double cosine(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
    return a.dot(b) / (a.norm() * b.norm());
}

struct Case {
    explicit Case(const RateNetwork& net, std::uint64_t seed) : network(net) {
        const auto inputs = normal(network.layers.front().size, 1, seed, 1);
        const auto targets = normal(network.layers.back().size, 1, seed, 2);
        models::settle_firing(network, inputs, {}, state);
        error = models::output_error(Loss::squared, models::outputs(network, state), targets);
        exact = state;
        models::settle_credit(network, error, OutputMode::error_plus_feedback, {}, exact);
    }

    std::vector<double> thresholds(double part) const {
        return models::relative_thresholds(exact, 0, part);
    }

    RateNetwork network;
    NetworkState state;
    MatrixXd error;
    NetworkState exact;
};

struct Outcome {
    double cosine;
    double relative_error;
    std::uint64_t events;
};

Outcome by_events(const Case& c, double relative_threshold, OutputMode mode) {
    models::CreditEvents events(c.network, c.state, 0,
                                {.thresholds = c.thresholds(relative_threshold), .mode = mode});
    events.teach(c.error);
    events.advance(1e5);
    CHECK(events.is_quiet());
    const auto found = flat(events.change());
    const auto expected = flat(models::credit_change(c.network, c.exact));
    return {cosine(found, expected), (found - expected).norm() / expected.norm(), events.events()};
}

}  // namespace

TEST_CASE("credit in events comes as near to the exact one as the threshold lets it",
          "[credit][oracle]") {
    double at_once = 0;
    double halved = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Case c(deep_network(seed), seed);
        const auto wide = by_events(c, 0.06, OutputMode::clamp);
        const auto usual = by_events(c, 0.03, OutputMode::clamp);
        const auto narrow = by_events(c, 0.015, OutputMode::clamp);
        CAPTURE(seed, wide.relative_error, usual.relative_error, narrow.relative_error);
        CHECK(usual.cosine > 0.998);
        CHECK(usual.relative_error < 0.06);
        CHECK(usual.events > wide.events);
        CHECK(narrow.events > usual.events);
        at_once += usual.relative_error / wide.relative_error;
        halved += narrow.relative_error / usual.relative_error;
        CHECK(by_events(c, 1e-3, OutputMode::error_plus_feedback).relative_error < 4e-3);
    }
    // Half the error at half the threshold: 0.7 to 1.3 of linear.
    for (const double ratio : {at_once / 5, halved / 5}) {
        CHECK(ratio > 0.5 / 1.3);
        CHECK(ratio < 0.5 / 0.7);
    }
}

TEST_CASE("credit between events goes the way of the differential equation", "[credit][oracle]") {
    const Case c(deep_network(2), 2);
    models::CreditEvents events(
        c.network, c.state, 0,
        {.tau_c = 50, .thresholds = c.thresholds(1e-4), .mode = OutputMode::clamp});
    events.teach(c.error);
    events.advance(60);
    // The same with firing at its equilibrium from the beginning: tau_f short, and time to settle.
    models::CreditTimes times;
    times.tau_f = 0.01;
    times.tau_c = 50;
    times.tolerance = 1e-9;
    models::CreditOde ode(c.network, times, OutputMode::clamp, Loss::squared, c.state[0].x);
    ode.advance(1);
    ode.teach(c.state[4].x + c.error);
    ode.advance(60);
    for (std::size_t layer = 1; layer < 4; ++layer) {
        const Eigen::VectorXd expected = ode.state()[layer].c;
        CHECK((events.credit(layer) - expected).norm() < 2e-3 * expected.norm());
    }
}

TEST_CASE("a change of weights corrects what was sent before", "[credit][oracle]") {
    for (const double density : {1.0, 0.4}) {
        models::RecurrentSpec spec;
        spec.density = density;
        spec.seed = 3;
        Case c(models::recurrent_network(spec), 3);
        models::CreditEvents events(c.network, c.state, 0, {.thresholds = c.thresholds(1e-4)});
        events.teach(c.error);
        events.advance(300);
        // A slow step: the credit follows the new weights, firing stays as it was.
        auto change = models::credit_change(c.network, c.exact);
        for (std::size_t p = 0; p < change.weights.size(); ++p) {
            std::visit([](auto& w) { w *= 0.3; }, change.weights[p]);
            std::visit(
                [&](auto& w) { w += std::get<std::decay_t<decltype(w)>>(change.weights[p]); },
                c.network.projections[p].weights);
            events.change_weights(p, change.weights[p]);
        }
        events.advance(1e4);
        NetworkState again = c.state;
        models::settle_credit(c.network, c.error, OutputMode::error_plus_feedback, {}, again);
        for (std::size_t layer = 1; layer < 3; ++layer) {
            const Eigen::VectorXd expected = again[layer].c;
            CHECK((events.credit(layer) - expected).norm() < 2e-3 * expected.norm());
            CHECK((expected - c.exact[layer].c).norm() > 2e-2 * expected.norm());
        }
    }
}

TEST_CASE("credit goes when the teacher does", "[credit]") {
    const Case c(deep_network(4), 4);
    models::CreditEvents events(c.network, c.state, 0, {.thresholds = c.thresholds(0.03)});
    events.teach(c.error);
    events.advance(2000);
    const double before = events.signal(2).cwiseAbs().maxCoeff();
    events.teach(Eigen::VectorXd::Zero(10));
    events.advance(5000);
    CHECK(events.is_quiet());
    CHECK(events.signal(4).cwiseAbs().maxCoeff() < 1e-12);
    // What upstream neurons keep back is below the threshold, times the synapses.
    CHECK(events.signal(2).cwiseAbs().maxCoeff() < 0.3 * before);
    CHECK(events.deliveries() > events.events());
}

TEST_CASE("credit that grows without end is an error, not a loop", "[credit]") {
    models::RecurrentSpec spec;
    spec.gain = 4;
    const auto network = models::recurrent_network(spec);
    NetworkState state;
    models::settle_firing(network, MatrixXd::Zero(10, 1), {}, state);
    models::CreditEvents events(network, state, 0,
                                {.thresholds = {1, 0.1, 0.1}, .most_events = 10000});
    events.teach(Eigen::VectorXd::Ones(4));
    CHECK_THROWS_AS(events.advance(1e6), sim::NumericFailure);
}
