// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/circuits/spiking_credit_learning.hpp"

#include <catch2/catch.hpp>

#include "data/digits/generated.hpp"
#include "sim/core/error.hpp"
#include "tests/oracle/credit/networks.hpp"

using namespace credit_tests;
using protocols::SpikingLearner;
using protocols::SpikingLearning;

namespace {

RateNetwork network_of(std::vector<Index> sizes, std::uint64_t seed = 3) {
    models::LayeredSpec spec;
    spec.sizes = std::move(sizes);
    spec.hidden = Activation::relu;
    spec.gain = 1.4;
    spec.bias = 0.1;
    spec.seed = seed;
    return models::layered_network(spec);
}

SpikingLearning quick_learning() {
    SpikingLearning learning;
    learning.settings.rate_hz = 200;
    learning.settings.settle = 20;
    learning.settings.taught = 50;
    learning.rule.eta = 0.03;
    return learning;
}

struct Digits {
    MatrixXd pixels, classes;
    std::vector<std::uint8_t> labels;
};

Digits digits(std::uint32_t set, std::size_t count) {
    data::GeneratedDigits setting;
    setting.set = set;
    setting.count = count;
    const auto made = data::generate_digits(setting);
    const auto columns = static_cast<Index>(count);
    Digits result{MatrixXd(64, columns), MatrixXd::Zero(10, columns), made.labels};
    for (std::size_t i = 0; i < count; ++i) {
        const auto column = static_cast<Index>(i);
        result.pixels.col(column) =
            Eigen::Map<const Eigen::VectorXf>(made.image(i).data(), 64).cast<double>();
        result.classes(made.labels[i], column) = 1;
    }
    return result;
}

double accuracy(const SpikingLearner& learner, const Digits& test, sim::Workers* workers) {
    const MatrixXd out = learner.answer(test.pixels, workers);
    double right = 0;
    for (std::size_t i = 0; i < test.labels.size(); ++i) {
        Index best = 0;
        out.col(static_cast<Index>(i)).maxCoeff(&best);
        right += best == test.labels[i] ? 1 : 0;
    }
    return right / static_cast<double>(test.labels.size());
}

void learn_all(SpikingLearner& learner, const Digits& train, Index batch, sim::Workers* workers) {
    for (Index i = 0; i < train.pixels.cols(); i += batch)
        learner.learn(train.pixels.middleCols(i, batch), train.classes.middleCols(i, batch),
                      workers);
}

}  // namespace

TEST_CASE("given spikes do what the same trains do when they are drawn from rates") {
    const auto settings = quick_learning();
    SpikingLearner drawn(network_of({64, 30, 10}), settings);
    SpikingLearner given(network_of({64, 30, 10}), settings);
    const auto train = digits(0, 8);
    std::size_t spikes = 0;
    for (Index i = 0; i < 8; ++i) {
        drawn.learn(train.pixels.col(i), train.classes.col(i), nullptr);
        const auto trains = drawn.member(0).spikes(0);
        spikes += trains.size();
        given.learn({{trains.begin(), trains.end()}}, train.classes.col(i), nullptr);
        CHECK(std::equal(given.member(0).rates(1).begin(), given.member(0).rates(1).end(),
                         drawn.member(0).rates(1).begin()));
    }
    CHECK(spikes > 1000);
    for (std::size_t k : {0U, 1U})
        CHECK(given.network().projections[k].by_pre == drawn.network().projections[k].by_pre);
}

TEST_CASE("a commit adds the learning rate times delta and rate", "[credit][spikes]") {
    const auto network = network_of({8, 12, 12, 3});
    SpikingLearner learner(network, quick_learning());
    const MatrixXd inputs = normal(8, 2, 1, 1).cwiseAbs();
    learner.learn(inputs, normal(3, 2, 1, 2), nullptr);
    const auto after = learner.as_rates();
    for (std::size_t k = 0; k < 3; ++k) {
        MatrixXd expected = std::get<MatrixXd>(network.projections[k].weights);
        Eigen::VectorXd bias = network.layers[k + 1].bias;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto& member = learner.member(i);
            for (Index post = 0; post < expected.rows(); ++post) {
                const double delta = member.deltas(k + 1)[static_cast<std::size_t>(post)];
                bias(post) += 0.03 / 2 * delta;
                for (Index pre = 0; pre < expected.cols(); ++pre)
                    expected(post, pre) +=
                        0.03 / 2 * delta * member.rates(k)[static_cast<std::size_t>(pre)];
            }
        }
        CHECK((expected - std::get<MatrixXd>(after.projections[k].weights)).norm() < 1e-14);
        CHECK((bias - after.layers[k + 1].bias).norm() < 1e-14);
        CHECK((expected - std::get<MatrixXd>(network.projections[k].weights)).norm() > 1e-4);
    }
}

TEST_CASE("what spikes and what credit goes by stay the same weights", "[credit][spikes]") {
    for (const double tau_x : {0.0, 30.0}) {
        auto learning = quick_learning();
        learning.settings.tau_x = tau_x;
        const auto dale = protocols::under_dale(network_of({64, 20, 20, 10}));
        learning.signs = dale.signs;
        SpikingLearner learner(dale.network, learning);
        auto train = digits(0, 40);
        train.pixels = train.pixels.replicate(2, 1).eval();
        learn_all(learner, train, 4, nullptr);
        const auto& net = learner.network();
        for (const auto& projection : net.projections) {
            if (projection.by_post.empty()) continue;
            for (std::size_t j = 0; j < net.layers[projection.from].size; ++j)
                for (std::size_t i = 0; i < net.layers[projection.to].size; ++i)
                    CHECK(projection.by_pre[j * net.layers[projection.to].stride + i] ==
                          projection.by_post[i * net.layers[projection.from].stride + j]);
        }
        CHECK(protocols::violations(learner.as_rates(), dale.signs) == 0);
    }
}

TEST_CASE("learning in spikes gives the same bits on any number of threads", "[credit][spikes]") {
    const auto train = digits(0, 60);
    std::vector<models::RateNetwork> learnt;
    std::vector<MatrixXd> answers;
    for (const int threads : {1, 2, 4}) {
        sim::Workers workers(threads);
        SpikingLearner learner(network_of({64, 20, 20, 10}), quick_learning());
        learn_all(learner, train, 10, &workers);
        learnt.push_back(learner.as_rates());
        answers.push_back(learner.answer(train.pixels, &workers));
    }
    for (std::size_t i = 1; i < 3; ++i) {
        CHECK(answers[i] == answers[0]);
        for (std::size_t k = 0; k < 3; ++k)
            CHECK(std::get<MatrixXd>(learnt[i].projections[k].weights) ==
                  std::get<MatrixXd>(learnt[0].projections[k].weights));
    }
}

TEST_CASE("generated digits are learnt in spikes, one commit an image", "[credit][spikes]") {
    const auto train = digits(0, 1000);
    const auto test = digits(1, 1000);
    SpikingLearner learner(network_of({64, 64, 10}, 1), quick_learning());
    auto blocked = quick_learning();
    blocked.settings.is_blocked = {false, false, true};
    SpikingLearner readout(network_of({64, 64, 10}, 1), blocked);
    double eta = 0.03;
    for (int epoch = 0; epoch < 8; ++epoch, eta *= 0.85) {
        learner.set_eta(eta);
        readout.set_eta(eta);
        learn_all(learner, train, 1, nullptr);
        learn_all(readout, train, 1, nullptr);
    }
    CHECK(accuracy(learner, test, nullptr) >= 0.97);
    CHECK(accuracy(readout, test, nullptr) < accuracy(learner, test, nullptr));
    CHECK(std::get<MatrixXd>(readout.as_rates().projections[0].weights) ==
          std::get<MatrixXd>(network_of({64, 64, 10}, 1).projections[0].weights));
}

TEST_CASE("what no spiking network can be is refused", "[credit][spikes]") {
    auto network = network_of({4, 5, 2});
    network.layers[1].activation = Activation::tanh;
    CHECK_THROWS_WITH(models::spiking_network(network),
                      Catch::Contains("layers[1]") && Catch::Contains("relu"));
    network = network_of({4, 5, 2});
    network.layers[2].activation = Activation::relu;
    CHECK_THROWS_WITH(models::spiking_network(network), Catch::Contains("linear"));
    network = network_of({4, 5, 2});
    network.projections.push_back({2, 1, MatrixXd::Zero(5, 2).eval()});
    CHECK_THROWS_WITH(models::spiking_network(network), Catch::Contains("does not spike"));
    network = network_of({4, 5, 2});
    network.projections[0].weights = models::SparseWeights(5, 4);
    CHECK_THROWS_WITH(models::spiking_network(network), Catch::Contains("dense"));
    auto learning = quick_learning();
    learning.settings.tail = 3;
    CHECK_THROWS_WITH(SpikingLearner(network_of({4, 5, 2}), learning), Catch::Contains("tail = 3"));
    learning = quick_learning();
    learning.settings.threshold = 0;
    CHECK_THROWS_AS(SpikingLearner(network_of({4, 5, 2}), learning), sim::BadParameter);
    SpikingLearner learner(network_of({4, 5, 2}), quick_learning());
    CHECK_THROWS_AS(learner.learn(MatrixXd::Zero(3, 1), MatrixXd::Zero(2, 1), nullptr),
                    sim::BadNetwork);
}
