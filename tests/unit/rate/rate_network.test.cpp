// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/rate_network.hpp"

#include <catch2/catch.hpp>

#include "models/rate/backprop.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;
using Catch::Matchers::Contains;

namespace {

std::string complaint(const RateNetwork& network) {
    try {
        models::check(network);
    } catch (const sim::BadNetwork& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("rates have the slopes they say they have", "[rate]") {
    MatrixXd s(1, 7);
    s << -40, -3, -0.5, 0.25, 1, 6, 40;
    constexpr double h = 1e-6;  // errors of 1e-10
    for (const auto& name : models::activation_names()) {
        const auto f = models::activation_named(name);
        const MatrixXd above = models::rate_of(f, s.array() + h);
        const MatrixXd below = models::rate_of(f, s.array() - h);
        CAPTURE(name);
        CHECK((models::slope_of(f, s) - (above - below) / (2 * h)).cwiseAbs().maxCoeff() < 1e-8);
        for (Index k = 0; k < s.size(); ++k)
            CHECK(models::rate_of(f, s)(k) ==
                  Approx(oracle::squashed(same(f), s(k))).epsilon(1e-13).margin(1e-16));
    }
}

TEST_CASE("a network whose sizes do not fit is refused by its part", "[rate]") {
    const auto good = chain(2, Activation::tanh, 1);
    CHECK(complaint(good) == "none");
    auto bad = good;
    bad.layers[1].bias.resize(3);
    CHECK_THAT(complaint(bad), Contains("layers[1].bias has 3 entries"));
    bad = good;
    bad.layers[0].size = 0;
    CHECK_THAT(complaint(bad), Contains("layers[0].size: must be at least 1"));
    bad = good;
    bad.projections[1].weights = models::DenseWeights(2, 2);
    CHECK_THAT(complaint(bad), Contains("projections[1].weights are 2 x 2: must be 5 x 9"));
    bad = good;
    bad.projections[0].to = 7;
    CHECK_THAT(complaint(bad), Contains("projections[0]: joins layers that are not there"));
    bad = good;
    bad.projections[1].to = 0;
    CHECK_THAT(complaint(bad), Contains("leads to an input"));
}

TEST_CASE("weights depend on the seed and have the width asked for", "[rate]") {
    models::LayeredSpec spec;
    spec.sizes = {400, 300, 10};
    spec.gain = 1.5;
    spec.bias = 0.2;
    const auto network = models::layered_network(spec);
    const auto& w = std::get<models::DenseWeights>(network.projections[0].weights);
    // 120,000 normal numbers: relative error of the standard deviation 0.2 %.
    CHECK(std::sqrt(w.squaredNorm() / static_cast<double>(w.size())) ==
          Approx(1.5 / 20).epsilon(0.01));
    CHECK(std::abs(w.mean()) < 0.001);
    CHECK(std::sqrt(network.layers[1].bias.squaredNorm() / 300) == Approx(0.2).epsilon(0.2));
    CHECK(models::parameters(network) == 400 * 300 + 300 * 10 + 310);
    CHECK(models::is_layered(network));
    CHECK(!models::has_output_feedback(network));
    spec.seed = 2;
    const auto other = models::layered_network(spec);
    CHECK(w != std::get<models::DenseWeights>(other.projections[0].weights));
}

TEST_CASE("a sparse network has as many weights as asked for, and none of a neuron to itself",
          "[rate]") {
    models::RecurrentSpec spec;
    spec.hidden = 100;
    spec.density = 0.2;
    const auto network = models::recurrent_network(spec);
    REQUIRE(network.projections.size() == 6);
    CHECK(!models::is_layered(network));
    CHECK(models::has_output_feedback(network));
    const auto& inner = std::get<models::SparseWeights>(network.projections[2].weights);
    for (Index i = 0; i < 100; ++i) CHECK(inner.coeff(i, i) == 0);
    // Of 9,900 possible ones: standard deviation 40.
    CHECK(inner.nonZeros() == Approx(0.2 * 9900).margin(200));
    models::check(network);
    spec.output_feedback = false;
    CHECK(!models::has_output_feedback(models::recurrent_network(spec)));
    CHECK(models::recurrent_network(spec).projections.size() == 4);
}

TEST_CASE("sparse weights are changed where they are", "[rate]") {
    models::RecurrentSpec spec;
    spec.density = 0.3;
    const auto network = models::recurrent_network(spec);
    const auto& w = network.projections[2].weights;
    const MatrixXd delta = normal(26, 3, 1, 1);
    const MatrixXd x = normal(26, 3, 1, 2);
    const auto& sparse = std::get<models::SparseWeights>(w);
    const auto change = std::get<models::SparseWeights>(models::outer_product(w, delta, x));
    const MatrixXd dense = delta * x.transpose();
    CHECK(change.nonZeros() == sparse.nonZeros());
    for (Index i = 0; i < 26; ++i)
        for (Index j = 0; j < 26; ++j)
            CHECK(change.coeff(i, j) ==
                  Approx(sparse.coeff(i, j) == 0 ? 0 : dense(i, j)).margin(1e-15));
}

TEST_CASE("backpropagation refuses what is no chain", "[rate]") {
    models::RecurrentSpec spec;
    const auto loop = models::recurrent_network(spec);
    const MatrixXd none = MatrixXd::Zero(10, 1);
    CHECK_THROWS_AS(models::backprop(loop, none, MatrixXd::Zero(4, 1), Loss::squared),
                    sim::BadNetwork);
    auto crossed = chain(2, Activation::tanh, 1);
    crossed.projections[1].from = 0;
    CHECK_THROWS_AS(
        models::backprop(crossed, MatrixXd::Zero(7, 1), MatrixXd::Zero(5, 1), Loss::squared),
        sim::BadNetwork);
}
