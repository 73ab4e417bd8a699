// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/credit_learning.hpp"

#include <catch2/catch.hpp>

#include "sim/core/error.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;
using protocols::CreditLearning;

namespace {

// Gradient descent by the oracle, on the same patterns in the same order.
void descend(oracle::SlowNetwork& slow, const MatrixXd& inputs, const MatrixXd& targets,
             double eta) {
    const auto before = slow;
    for (Index p = 0; p < inputs.cols(); ++p) {
        const auto change =
            oracle::slow_backprop(before, plain(inputs.col(p)), plain(targets.col(p)));
        const double part = eta / static_cast<double>(inputs.cols());
        for (std::size_t l = 0; l < slow.weights.size(); ++l)
            for (std::size_t i = 0; i < slow.weights[l].size(); ++i) {
                slow.biases[l][i] += part * change.biases[l][i];
                for (std::size_t j = 0; j < slow.weights[l][i].size(); ++j)
                    slow.weights[l][i][j] += part * change.weights[l][i][j];
            }
    }
}

double largest_difference(const oracle::SlowNetwork& slow, const RateNetwork& network) {
    const auto other = as_slow(network, Loss::squared);
    double worst = 0;
    for (std::size_t l = 0; l < slow.weights.size(); ++l)
        for (std::size_t i = 0; i < slow.weights[l].size(); ++i) {
            worst = std::max(worst, std::abs(slow.biases[l][i] - other.biases[l][i]));
            for (std::size_t j = 0; j < slow.weights[l][i].size(); ++j)
                worst = std::max(worst, std::abs(slow.weights[l][i][j] - other.weights[l][i][j]));
        }
    return worst;
}

}  // namespace

// Differences of rounding, 1e-16 a step, grow by what descent makes of them.
TEST_CASE("after a hundred commits the weights are those of backpropagation", "[credit][oracle]") {
    for (const auto f : {Activation::tanh, Activation::relu, Activation::softplus})
        for (const auto loss : {Loss::squared, Loss::cross_entropy}) {
            auto network = chain(3, f, 4);
            auto slow = as_slow(network, loss);
            CreditLearning learning;
            learning.rule.eta = 0.05;
            learning.loss = loss;
            double first = 0;
            double last = 0;
            for (std::uint32_t k = 0; k < 100; ++k) {
                const auto inputs = normal(7, 4, k % 10, 1);
                const auto targets = distributions(5, 4, k % 10);
                last = protocols::learn(network, inputs, targets, learning).loss;
                if (k == 0) first = last;
                descend(slow, inputs, targets, 0.05);
            }
            CHECK(largest_difference(slow, network) < 1e-9);
            CHECK(last < first);
        }
}

TEST_CASE("projections that are not plastic stay", "[credit]") {
    auto network = chain(3, Activation::tanh, 2);
    const auto before = network;
    CreditLearning learning;
    learning.is_plastic = {false, true, false};
    protocols::learn(network, normal(7, 2, 1, 1), normal(5, 2, 1, 2), learning);
    const auto weights = [](const RateNetwork& net, std::size_t i) {
        return std::get<models::DenseWeights>(net.projections[i].weights);
    };
    CHECK(weights(network, 0) == weights(before, 0));
    CHECK(weights(network, 1) != weights(before, 1));
    CHECK(weights(network, 2) == weights(before, 2));
    CHECK(network.layers[1].bias == before.layers[1].bias);
    CHECK(network.layers[2].bias != before.layers[2].bias);
}

TEST_CASE("under Dale's law weights keep their sign, and what is clipped is counted", "[credit]") {
    const auto plain_network = chain(3, Activation::relu, 3);
    auto [network, signs] = protocols::under_dale(plain_network);
    models::check(network);
    CHECK(protocols::violations(network, signs) == 0);
    CHECK(protocols::violations(plain_network,
                                {Eigen::VectorXd::Ones(7), signs[1], signs[2], signs[3]}) > 10);
    CHECK((signs[1].array() < 0).count() == 1);  // of nine
    // An input and its copy are worth what the input was.
    const auto& first = std::get<models::DenseWeights>(network.projections[0].weights);
    const auto& original = std::get<models::DenseWeights>(plain_network.projections[0].weights);
    CHECK((first.leftCols(7) + first.rightCols(7)) == original);
    const auto& second = std::get<models::DenseWeights>(network.projections[1].weights);
    const auto& before = std::get<models::DenseWeights>(plain_network.projections[1].weights);
    CHECK(second.norm() == Approx(before.norm()));
    CHECK(second(0, 4) / second(0, 0) == Approx(-4 * std::abs(before(0, 4) / before(0, 0))));
    CreditLearning learning;
    learning.rule.eta = 0.2;
    learning.signs = signs;
    auto free = network;
    CreditLearning lawless = learning;
    lawless.signs.clear();
    std::uint64_t clipped = 0;
    for (std::uint32_t k = 0; k < 50; ++k) {
        const MatrixXd inputs = normal(7, 2, k, 1).replicate(2, 1);
        const auto targets = normal(5, 2, k, 2);
        clipped += protocols::learn(network, inputs, targets, learning).clipped;
        CHECK(protocols::learn(free, inputs, targets, lawless).clipped == 0);
        CHECK(protocols::violations(network, signs) == 0);
    }
    CHECK(clipped > 0);
    CHECK(protocols::violations(free, signs) > 0);
}

TEST_CASE("sparse weights learn where they are", "[credit]") {
    models::RecurrentSpec spec;
    spec.density = 0.4;
    auto network = models::recurrent_network(spec);
    const auto before = network;
    CreditLearning learning;
    learning.rule.eta = 0.1;
    const auto inputs = normal(10, 1, 1, 1);
    const MatrixXd targets = 0.5 * normal(4, 1, 1, 2);
    double first = 0;
    double last = 0;
    for (int k = 0; k < 200; ++k) {
        last = protocols::learn(network, inputs, targets, learning).loss;
        if (k == 0) first = last;
    }
    CHECK(last < 0.01 * first);
    CHECK(models::parameters(network) == models::parameters(before));
    const auto out = protocols::answer(network, inputs, {});
    CHECK((out - targets).squaredNorm() / 2 <= last);
}

TEST_CASE("weights stay as they were when an equilibrium is not found", "[credit]") {
    models::RecurrentSpec spec;
    spec.gain = 3;
    spec.activation = Activation::linear;
    auto network = models::recurrent_network(spec);
    const auto before = std::get<models::DenseWeights>(network.projections[0].weights);
    CHECK_THROWS_AS(protocols::learn(network, normal(10, 1, 1, 1), normal(4, 1, 1, 2), {}),
                    sim::NumericFailure);
    CHECK(before == std::get<models::DenseWeights>(network.projections[0].weights));
}
