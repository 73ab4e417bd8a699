// SPDX-License-Identifier: BSD-3-Clause
// The credit rule at the fixed points of recurrent networks is recurrent backpropagation.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/rate/credit_ode.hpp"
#include "models/rate/stability.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;

namespace {

RateNetwork all_to_all(std::uint64_t seed, double gain, double density, bool feedback) {
    models::RecurrentSpec spec;
    spec.gain = gain;
    spec.density = density;
    spec.output_feedback = feedback;
    spec.seed = seed;
    return models::recurrent_network(spec);
}

// The firing equilibrium by brute force: plain loops over one matrix of all neurons.
double loss_at_fixed_point(const RateNetwork& network, const Eigen::VectorXd& input,
                           const Eigen::VectorXd& target) {
    const Index hidden = network.layers[1].size;
    const Index outputs = network.layers[2].size;
    const Index inputs = input.size();
    const Index all = inputs + hidden + outputs;
    MatrixXd w = MatrixXd::Zero(all, all);
    const std::array<Index, 3> first{0, inputs, inputs + hidden};
    for (const auto& one : network.projections)
        w.block(first[one.to], first[one.from], network.layers[one.to].size,
                network.layers[one.from].size) =
            std::visit([](const auto& m) { return MatrixXd(m); }, one.weights);
    Eigen::VectorXd x = Eigen::VectorXd::Zero(all);
    x.head(inputs) = input;
    for (int sweep = 0; sweep < 200; ++sweep)
        for (Index i = inputs; i < all; ++i) x(i) = std::tanh(w.row(i).dot(x));
    return 0.5 * (target - x.tail(outputs)).squaredNorm();
}

double& weight(RateNetwork& network, std::size_t projection, Index i, Index j) {
    auto& w = network.projections[projection].weights;
    if (auto* dense = std::get_if<models::DenseWeights>(&w)) return (*dense)(i, j);
    return std::get<models::SparseWeights>(w).coeffRef(i, j);
}

double entry(const RateChange& change, std::size_t projection, Index i, Index j) {
    const auto& w = change.weights[projection];
    if (const auto* dense = std::get_if<models::DenseWeights>(&w)) return (*dense)(i, j);
    return std::get<models::SparseWeights>(w).coeff(i, j);
}

/// Largest difference to central differences over some weights of every projection, relative to
/// the largest of them.
double distance_to_differences(RateNetwork network, OutputMode mode, std::uint64_t seed) {
    const MatrixXd input = normal(10, 1, seed, 1);
    const MatrixXd target = 0.5 * normal(4, 1, seed, 2);
    const auto change = settled_change(network, input, target, mode, Loss::squared);
    double worst = 0;
    double size = 0;
    for (std::size_t p = 0; p < network.projections.size(); ++p)
        for (Index k = 0; k < 6; ++k) {
            const auto& one = network.projections[p];
            const Index i = (5 * k + 1) % network.layers[one.to].size;
            const Index j = (7 * k + 2) % network.layers[one.from].size;
            if ((one.from == one.to && i == j) || weight(network, p, i, j) == 0) continue;
            const double slope = oracle::central_difference(weight(network, p, i, j), 1e-5, [&] {
                return loss_at_fixed_point(network, input.col(0), target.col(0));
            });
            worst = std::max(worst, std::abs(slope - entry(change, p, i, j)));
            size = std::max(size, std::abs(slope));
        }
    return worst / size;
}

// One row below the other: the neurons of the hidden layer and of the outputs.
MatrixXd firing_by_differences(const RateNetwork& network, NetworkState state) {
    const Index hidden = network.layers[1].size;
    const Index all = hidden + network.layers[2].size;
    const auto place = [&](Index k) -> double& {
        return k < hidden ? state[1].x(k, 0) : state[2].x(k - hidden, 0);
    };
    const auto change = [&] {
        Eigen::VectorXd f(all);
        f << models::rate_of(network.layers[1].activation, models::input_of(network, 1, state)),
            models::rate_of(network.layers[2].activation, models::input_of(network, 2, state));
        for (Index k = 0; k < all; ++k) f(k) -= place(k);
        return f;
    };
    MatrixXd result(all, all);
    for (Index k = 0; k < all; ++k) {
        constexpr double step = 1e-6;
        place(k) += step;
        const Eigen::VectorXd above = change();
        place(k) -= 2 * step;
        result.col(k) = (above - change()) / (2 * step);
        place(k) += step;
    }
    return result;
}

// Credit is linear in itself: its Jacobian is what it makes of one neuron's credit alone.
MatrixXd credit_by_unit_vectors(const RateNetwork& network, NetworkState state) {
    const Index hidden = network.layers[1].size;
    const Index all = hidden + network.layers[2].size;
    MatrixXd result(all, all);
    for (Index k = 0; k < all; ++k) {
        Eigen::VectorXd c = Eigen::VectorXd::Unit(all, k);
        for (std::size_t i = 1; i <= 2; ++i) {
            state[i].c = i == 1 ? c.head(hidden) : c.tail(all - hidden);
            state[i].delta =
                models::slope_of(network.layers[i].activation, state[i].s).cwiseProduct(state[i].c);
        }
        const MatrixXd no_error = MatrixXd::Zero(network.layers[2].size, 1);
        const auto mode = OutputMode::error_plus_feedback;
        result.col(k) << models::credit_of(network, 1, no_error, mode, state),
            models::credit_of(network, 2, no_error, mode, state);
        result.col(k) -= c;
    }
    return result;
}

std::vector<std::complex<double>> sorted_spectrum(const MatrixXd& m) {
    const auto values = Eigen::EigenSolver<MatrixXd>(m, false).eigenvalues();
    std::vector<std::complex<double>> result(values.begin(), values.end());
    std::sort(result.begin(), result.end(), [](auto a, auto b) {
        // Pairs of conjugates differ in their imaginary parts alone, up to rounding.
        return std::abs(a.real() - b.real()) > 1e-9 ? a.real() < b.real() : a.imag() < b.imag();
    });
    return result;
}

}  // namespace

// Central differences of step 1e-5 are right to 1e-9 or so.
TEST_CASE("with error plus feedback the credit rule is exact at recurrent fixed points",
          "[credit][oracle]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        for (const double density : {1.0, 0.3}) {
            CAPTURE(seed, density);
            CHECK(distance_to_differences(all_to_all(seed, 0.7, density, true),
                                          OutputMode::error_plus_feedback, seed) < 1e-6);
            CHECK(distance_to_differences(all_to_all(seed, 0.7, density, false), OutputMode::clamp,
                                          seed) < 1e-6);
        }
}

// The condition of the theorem: it is not the tolerance that makes the test above pass.
TEST_CASE("clamped credit is wrong where outputs project back", "[credit][oracle]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        CHECK(distance_to_differences(all_to_all(seed, 0.7, 1, true), OutputMode::clamp, seed) >
              1e-2);
}

// Eigenvalues of a 30 x 30 matrix of simple spectrum are found to some 1e-14. The Jacobian of
// firing by central differences of step 1e-6 is right to 1e-9.
TEST_CASE("firing and credit have the same spectrum", "[credit][oracle]") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto network = all_to_all(seed, 0.9, seed % 2 == 0 ? 1 : 0.4, true);
        NetworkState state;
        models::settle_firing(network, normal(10, 1, seed, 1), {}, state);
        const auto firing = models::firing_jacobian(network, state, 0);
        CHECK((firing - firing_by_differences(network, state)).cwiseAbs().maxCoeff() < 1e-8);
        const auto credit = credit_by_unit_vectors(network, state);
        CHECK((credit - models::credit_jacobian(network, state, 0)).norm() < 1e-13);
        const auto a = sorted_spectrum(firing);
        const auto b = sorted_spectrum(credit);
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) < 1e-10);
        CHECK(models::growth_rate(firing) == Approx(a.back().real()).margin(1e-10));
        CHECK(models::growth_rate(firing) < 0);
    }
}

TEST_CASE("an unstable network gives an error", "[credit]") {
    NetworkState state;
    auto network = all_to_all(2, 3, 1, true);
    const MatrixXd nothing = MatrixXd::Zero(10, 1);
    // Silence is an equilibrium, but an unstable one: firing stays in it, credit grows.
    models::settle_firing(network, nothing, {}, state);
    CHECK(models::growth_rate(models::firing_jacobian(network, state, 0)) > 0);
    CHECK_THROWS_AS(models::settle_credit(network, MatrixXd::Ones(4, 1),
                                          OutputMode::error_plus_feedback, {}, state),
                    sim::NumericFailure);
    for (auto& layer : network.layers) layer.activation = Activation::linear;
    CHECK_THROWS_AS(models::settle_firing(network, normal(10, 1, 2, 1), {}, state),
                    sim::NumericFailure);
    models::CreditTimes times;
    times.tolerance = 1e-3;
    models::CreditOde ode(network, times, OutputMode::error_plus_feedback, Loss::squared,
                          normal(10, 1, 2, 1));
    CHECK_THROWS_AS(ode.advance(1e6), sim::NumericFailure);
}

// Strong inhibition: stable in time, but whole sweeps overshoot.
TEST_CASE("smaller sweeps reach equilibria that whole sweeps do not", "[credit]") {
    models::RecurrentSpec spec;
    spec.inputs = 3;
    spec.hidden = 12;
    spec.outputs = 2;
    spec.activation = Activation::linear;
    auto network = models::recurrent_network(spec);
    auto& inner = std::get<models::DenseWeights>(network.projections[2].weights);
    REQUIRE((network.projections[2].from == 1 && network.projections[2].to == 1));
    inner.setConstant(-0.6);
    NetworkState state;
    const MatrixXd inputs = normal(3, 1, 4, 1);
    const auto settled = models::settle_firing(network, inputs, {}, state);
    CHECK(settled.relaxation < 1);
    CHECK(settled.sweeps > 1);
    // Linear: the equilibrium solves (1 - W) x = input.
    MatrixXd w = models::firing_jacobian(network, state, 0);
    Eigen::VectorXd drive(14);
    drive << std::get<models::DenseWeights>(network.projections[0].weights) * inputs,
        std::get<models::DenseWeights>(network.projections[1].weights) * inputs;
    const Eigen::VectorXd x = (-w).partialPivLu().solve(drive);
    CHECK((x.head(12) - state[1].x).norm() < 1e-11 * (1 + x.norm()));
    CHECK((x.tail(2) - state[2].x).norm() < 1e-11 * (1 + x.norm()));
    const auto credit = models::settle_credit(network, MatrixXd::Ones(2, 1),
                                              OutputMode::error_plus_feedback, {}, state);
    CHECK(credit.relaxation < 1);
}

TEST_CASE("as differential equations recurrent credit finds the same equilibrium", "[credit]") {
    const auto network = all_to_all(6, 0.8, 0.5, true);
    const MatrixXd inputs = normal(10, 2, 6, 1);
    const MatrixXd targets = normal(4, 2, 6, 2);
    const auto expected =
        settled_change(network, inputs, targets, OutputMode::error_plus_feedback, Loss::squared);
    models::CreditOde ode(network, {}, OutputMode::error_plus_feedback, Loss::squared, inputs);
    ode.teach(targets);
    ode.advance(10000);
    const auto found = models::credit_change(network, ode.state());
    for (std::size_t p = 0; p < found.weights.size(); ++p) {
        const auto& a = std::get<models::SparseWeights>(found.weights[p]);
        const auto& b = std::get<models::SparseWeights>(expected.weights[p]);
        CHECK((a - b).norm() < 1e-9 * (1 + b.norm()));
    }
}
