// SPDX-License-Identifier: BSD-3-Clause
// The credit rule in layered networks is backpropagation.
#include <catch2/catch.hpp>

#include "models/rate/backprop.hpp"
#include "models/rate/credit_ode.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;

namespace {

constexpr std::array activations{Activation::tanh, Activation::sigmoid, Activation::relu,
                                 Activation::linear, Activation::softplus};

// e^-t sum_{m < depth} t^m / m!: what is left of the credit `depth` layers below the output.
double left_at(std::size_t depth, double t) {
    double term = std::exp(-t);
    double sum = 0;
    for (std::size_t m = 0; m < depth; ++m) {
        sum += term;
        term *= t / static_cast<double>(m + 1);
    }
    return sum;
}

MatrixXd targets_for(Loss loss, Index patterns, std::uint64_t seed) {
    return loss == Loss::squared ? normal(5, patterns, seed, 2) : distributions(5, patterns, seed);
}

}  // namespace

// Central differences of step 1e-5 have errors of 1e-10 (third derivative) and 1e-11 (rounding).
TEST_CASE("the oracle's backpropagation has the slope of the loss", "[credit][oracle]") {
    for (const auto f : activations)
        for (const auto loss : {Loss::squared, Loss::cross_entropy}) {
            auto slow = as_slow(chain(3, f, 5), loss);
            const auto input = plain(normal(7, 1, 5, 1));
            const auto target = plain(targets_for(loss, 1, 5));
            const auto change = oracle::slow_backprop(slow, input, target);
            const auto value = [&] { return oracle::slow_loss(slow, input, target); };
            for (std::size_t l = 0; l < 3; ++l)
                for (std::size_t i = 0; i < slow.biases[l].size(); ++i) {
                    CHECK(oracle::central_difference(slow.biases[l][i], 1e-5, value) ==
                          Approx(change.biases[l][i]).margin(1e-8));
                    for (std::size_t j = 0; j < slow.weights[l][i].size(); j += 3)
                        CHECK(oracle::central_difference(slow.weights[l][i][j], 1e-5, value) ==
                              Approx(change.weights[l][i][j]).margin(1e-8));
                }
        }
}

// Both are sums of the same products in other orders: some 1e-15 for each of 13 layers.
TEST_CASE("in layered networks the credit rule equals backpropagation", "[credit][oracle]") {
    double worst = 0;
    double worst_backprop = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        for (std::size_t depth = 2; depth <= 13; ++depth) {
            const auto f = activations[seed % activations.size()];
            const auto loss = seed % 2 == 0 ? Loss::squared : Loss::cross_entropy;
            const auto mode = seed % 3 == 0 ? OutputMode::clamp : OutputMode::error_plus_feedback;
            const auto network = chain(depth, f, seed);
            const auto inputs = normal(7, 3, seed, 1);
            const auto targets = targets_for(loss, 3, seed);
            const auto change = settled_change(network, inputs, targets, mode, loss);
            worst = std::max(worst, distance(change, network, inputs, targets, loss));
            const auto back = models::backprop(network, inputs, targets, loss);
            worst_backprop =
                std::max(worst_backprop, distance(back.change, network, inputs, targets, loss));
            double slow = 0;
            for (Index p = 0; p < 3; ++p)
                slow += oracle::slow_loss(as_slow(network, loss), plain(inputs.col(p)),
                                          plain(targets.col(p)));
            CHECK(back.loss == Approx(slow).epsilon(1e-12));
        }
    CHECK(worst < 1e-12);
    CHECK(worst_backprop < 1e-12);
}

// The integrator's tolerance is 1e-12 a step; what is left of the transient is known.
TEST_CASE("as differential equations the credit rule is backpropagation after 40 time constants",
          "[credit][oracle]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const std::size_t depth = 2 + seed % 6;  // left of a transient below: < 3e-11
        const auto network = chain(depth, activations[seed % 3], seed);
        const auto inputs = normal(7, 2, seed, 1);
        const auto targets = normal(5, 2, seed, 2);
        models::CreditOde ode(network, {}, OutputMode::clamp, Loss::squared, inputs);
        ode.teach(targets);
        ode.advance(4000);
        CAPTURE(seed, depth, left_at(depth - 1, 40));
        CHECK(distance(models::credit_change(ode.network(), ode.state()), network, inputs, targets,
                       Loss::squared) < 1e-10);
    }
}

TEST_CASE("thirteen layers of differential equations need 60 time constants", "[credit][oracle]") {
    const auto network = chain(13, Activation::tanh, 3);
    const auto inputs = normal(7, 1, 3, 1);
    const auto targets = normal(5, 1, 3, 2);
    models::CreditOde ode(network, {}, OutputMode::clamp, Loss::squared, inputs);
    ode.teach(targets);
    const auto error = [&] {
        return distance(models::credit_change(ode.network(), ode.state()), network, inputs, targets,
                        Loss::squared);
    };
    ode.advance(4000);
    // Relative to the largest change of any layer, which may be larger than that of the first.
    CHECK(error() < 10 * left_at(12, 40));
    CHECK(error() > 1e-10);
    ode.advance(2000);
    CHECK(error() < 1e-10);
}

TEST_CASE("credit decays layer by layer after the teacher has gone", "[credit][oracle]") {
    // Linear neurons of one weight: credit is passed on unchanged, the filters are in a row.
    models::LayeredSpec spec;
    spec.sizes = {1, 1, 1, 1, 1};
    spec.hidden = Activation::linear;
    auto network = models::layered_network(spec);
    for (auto& one : network.projections) std::get<models::DenseWeights>(one.weights)(0, 0) = 1;
    models::CreditTimes times;
    times.tau_c = 50;
    models::CreditOde ode(network, times, OutputMode::clamp, Loss::squared,
                          MatrixXd::Constant(1, 1, 0.5));
    ode.teach(MatrixXd::Constant(1, 1, 1.5));
    ode.advance(50 * 50);
    for (std::size_t layer = 1; layer <= 4; ++layer)
        CHECK(ode.state()[layer].c(0, 0) == Approx(1).epsilon(1e-9));
    ode.teach(MatrixXd::Constant(1, 1, 0.5));  // what the outputs do anyway: no error
    ode.advance(75);
    CHECK(ode.time() == 2575);
    for (std::size_t layer = 1; layer <= 3; ++layer)
        CHECK(ode.state()[layer].c(0, 0) == Approx(left_at(4 - layer, 1.5)).epsilon(1e-8));
    CHECK(std::abs(ode.state()[4].c(0, 0)) < 1e-9);
    ode.teach({});
    ode.advance(50 * 50);
    CHECK(std::abs(ode.state()[1].c(0, 0)) < 1e-9);
}

TEST_CASE("weights follow what the synapses gather, at the pace of tau_w", "[credit]") {
    const auto network = chain(2, Activation::tanh, 8);
    const auto inputs = normal(7, 1, 8, 1);
    const auto targets = normal(5, 1, 8, 2);
    models::CreditTimes times;
    times.tau_w = 2e4;
    models::CreditOde ode(network, times, OutputMode::clamp, Loss::squared, inputs);
    ode.teach(targets);
    const auto loss = [&](const RateNetwork& net) {
        return models::backprop(net, inputs, targets, Loss::squared).loss;
    };
    ode.advance(3000);
    CHECK(loss(ode.network()) < 0.5 * loss(network));
    const auto& now = std::get<models::DenseWeights>(ode.network().projections[0].weights);
    const auto& first = std::get<models::DenseWeights>(network.projections[0].weights);
    const auto& gathered = std::get<models::DenseWeights>(ode.gathered().weights[0]);
    CHECK((now - first - gathered / times.tau_w).norm() < 1e-12);
    CHECK((now - first).norm() > 1e-3);
}
