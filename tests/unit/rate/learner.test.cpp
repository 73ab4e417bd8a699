// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/learner.hpp"

#include <catch2/catch.hpp>

#include "models/rate/gram_schmidt.hpp"
#include "tests/oracle/rate/plain_bptt.hpp"
#include "tests/unit/rate/helpers.hpp"

using namespace models;
using rate_tests::random_batch;
using rate_tests::relative_difference;
using rate_tests::small_config;

namespace {

LearnerConfig learner_config(Rule rule) {
    LearnerConfig config;
    config.rule = rule;
    config.optimizer.warm_up = 0;
    return config;
}

Learner trained(Rule rule, std::size_t updates, Arithmetic arithmetic = Arithmetic::fixed_point) {
    Learner learner(small_config(arithmetic), learner_config(rule), {3, 1});
    for (std::size_t k = 0; k < updates; ++k)
        learner.update(random_batch(20, 3, 4, 8, k), Loss::cross_entropy);
    return learner;
}

// The weights of every name in the catalogue of rules differ from each other, so none is another.
double difference(const Learner& a, const Learner& b) {
    return relative_difference(a.network().weights(), b.network().weights());
}

// Traces kept for every single synapse, by the recursion of the header.
std::vector<double> plain_local(const ReversibleNetwork& net, const EpisodeBatch& batch,
                                const std::vector<double>& feedback) {
    oracle::PlainBptt plain{net, batch, Loss::cross_entropy};
    plain.forward();
    plain.gradient.assign(net.weights().size(), 0.0);
    const std::size_t n = net.units(), lanes = batch.lanes;
    std::vector<double> trace(net.weights().size() * lanes);
    for (std::size_t t = 0; t < batch.steps; ++t) {
        const auto sa = plain.source(plain.b[t], t, net.columns_a());
        const auto sb = plain.source(plain.a[t + 1], t, net.columns_b());
        const auto follow = [&](std::size_t begin, std::size_t stride, const oracle::Grid& s) {
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < s.size(); ++j)
                    for (std::size_t l = 0; l < lanes; ++l) {
                        double& p = trace[(begin + i * stride + j) * lanes + l];
                        p = net.leaks()[i] * p + net.drives()[i] * s[j][l];
                    }
        };
        follow(0, net.stride_a(), sa);
        follow(net.begin_b(), net.stride_b(), sb);
        if (!batch.is_taught(t)) continue;
        const auto e = plain.error(t);
        plain.add_outer(net.begin_out(), net.stride_out(), e,
                        plain.features(plain.a[t + 1], plain.b[t + 1]));
        const auto learn = [&](std::size_t begin, std::size_t stride, std::size_t columns,
                               const oracle::Grid& phi, std::size_t first) {
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t l = 0; l < lanes; ++l) {
                    double signal = 0;
                    for (std::size_t o = 0; o < e.size(); ++o)
                        signal +=
                            feedback[net.begin_out() + o * net.stride_out() + first + i] * e[o][l];
                    signal *= 1 - phi[i][l] * phi[i][l];
                    for (std::size_t j = 0; j < columns; ++j) {
                        const std::size_t w = begin + i * stride + j;
                        plain.gradient[w] += signal * trace[w * lanes + l];
                    }
                }
        };
        learn(0, net.stride_a(), net.columns_a(), plain.rates(plain.a[t + 1]), 0);
        learn(net.begin_b(), net.stride_b(), net.columns_b(), plain.rates(plain.b[t + 1]), n);
    }
    return plain.gradient;
}

}  // namespace

TEST_CASE("replay and stored history train to the same weights, bit for bit, in fixed point") {
    const auto replay = trained(Rule::replay, 30), stored = trained(Rule::bptt, 30);
    CHECK(replay.network().weights() == stored.network().weights());
    CHECK(replay.reversal_error() == 0);
    CHECK(replay.bits_per_unit_step() > 0.25);
    CHECK(trained(Rule::replay, 2, Arithmetic::double_precision).reversal_error() > 0);
}

TEST_CASE("traces shared by units of one time constant are those of every synapse") {
    const ReversibleNetwork network(small_config(Arithmetic::fixed_point), {3, 1});
    const auto batch = random_batch(20, 3, 4, 5, 5);
    ReversibleWorkspace work(network.config(), batch.lanes);
    LocalPass pass(network, batch.lanes);
    pass.run(network, batch, Loss::cross_entropy, network.onto_outputs(), true, work);
    // Sums are taken in another order: 1e-12 is thousands of roundings.
    CHECK(relative_difference(pass.gradient(), plain_local(network, batch, network.weights())) <
          1e-12);
    auto readout = pass.gradient();
    pass.run(network, batch, Loss::cross_entropy, network.onto_outputs(), false, work);
    std::fill(readout.begin(), readout.begin() + long(network.begin_out()), 0.0);
    CHECK(pass.gradient() == readout);
}

TEST_CASE("after one step e-prop is the exact gradient of what reaches an output directly") {
    // With T = 1 nothing flows through other units but A -> B in the step; the weights into B are
    // exact.
    const ReversibleNetwork network(small_config(Arithmetic::double_precision), {3, 1});
    const auto batch = random_batch(1, 3, 4, 8, 4);
    ReversibleWorkspace work(network.config(), batch.lanes);
    LocalPass local(network, batch.lanes);
    local.run(network, batch, Loss::cross_entropy, network.onto_outputs(), true, work);
    oracle::PlainBptt plain{network, batch, Loss::cross_entropy};
    plain.forward();
    plain.backward();
    const auto from_b = [&](const std::vector<double>& all) {
        return std::vector<double>(all.begin() + long(network.begin_b()), all.end());
    };
    CHECK(relative_difference(from_b(local.gradient()), from_b(plain.gradient)) < 1e-13);
}

TEST_CASE("rules differ, and the readout alone learns in a reservoir") {
    const auto start = trained(Rule::replay, 0);
    std::vector<Learner> all;
    for (const auto* name : rule_names) all.push_back(trained(rule_of(name), 3));
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const bool is_same = i == std::size_t(Rule::bptt) && j == std::size_t(Rule::replay);
            CHECK((difference(all[i], all[j]) == 0) == is_same);
        }
    for (const auto rule : {Rule::reservoir, Rule::force}) {
        const auto& weights = all[std::size_t(rule)].network().weights();
        const auto end = long(start.network().begin_out());
        CHECK(
            std::equal(weights.begin(), weights.begin() + end, start.network().weights().begin()));
        CHECK(weights != start.network().weights());
    }
    CHECK_THROWS_AS(rule_of("backprop"), sim::UnknownName);
}

TEST_CASE("tied weights stay tied, and the learned feedback turns to the readout") {
    LearnerConfig config = learner_config(Rule::replay_tied);
    config.feedback_decay = 0.01;
    config.optimizer.budget = 1e6;  // no decay of the rate, or of the feedback
    Learner learner(small_config(Arithmetic::fixed_point), config, {3, 1});
    for (std::size_t k = 0; k < 1000; ++k)
        learner.update(random_batch(5, 3, 4, 8, k), Loss::cross_entropy);
    const auto a = learner.network().into_a(), b = learner.network().into_b();
    for (std::size_t i = 0; i < 12; ++i)
        for (std::size_t j = 0; j < 12; ++j) CHECK(b(i, j) == -a(j, i));
    // Both got the same changes and lost the rest: what is left of the difference is 0.99^1000.
    const auto& out = learner.network().weights();
    double most = 0;
    for (std::size_t i = learner.network().begin_out(); i < out.size(); ++i)
        most = std::fmax(most, std::fabs(out[i] - learner.feedback_weights()[i]));
    CHECK(most > 0);
    CHECK(most < 5 * std::pow(0.99, 1000));
    auto gaussian = small_config(Arithmetic::fixed_point);
    gaussian.coupling = Coupling::gaussian;
    CHECK_THROWS_AS(Learner(gaussian, config, {3, 1}), sim::BadParameter);
}

TEST_CASE("the tied gradient is that of the one matrix behind both couplings") {
    // A plain step of descent, so that the change shows the gradient.
    LearnerConfig config = learner_config(Rule::replay_tied);
    config.optimizer.kind = OptimizerConfig::Kind::sgd;
    config.optimizer.rate = 1;
    config.optimizer.clip = 0;
    config.feedback_decay = 0;
    config.exact_readout_feedback = true;
    const auto net_config = small_config(Arithmetic::double_precision);
    Learner learner(net_config, config, {3, 1});
    const ReversibleNetwork before = learner.network();
    const auto batch = random_batch(10, 3, 4, 8, 2);
    oracle::PlainBptt plain{before, batch, Loss::cross_entropy};
    learner.update(batch, Loss::cross_entropy);
    const double h = 1e-5;
    for (const auto& [i, j] : {std::pair<std::size_t, std::size_t>{0, 0}, {3, 7}, {11, 2}}) {
        const auto loss = [&](double shift) {
            auto w = before.weights();
            w[i * before.stride_a() + j] += shift;
            w[before.begin_b() + j * before.stride_b() + i] -= shift;
            return plain.loss_with(w);
        };
        const double numeric = (loss(h) - loss(-h)) / (2 * h);
        const double change = learner.network().into_a()(i, j) - before.into_a()(i, j);
        CHECK(-change == Approx(numeric).epsilon(1e-6).margin(1e-9));
    }
}

TEST_CASE("FORCE is ridge regression on all samples") {
    auto config = learner_config(Rule::force);
    config.force_ridge = 0.5;
    Learner learner(small_config(Arithmetic::fixed_point), config, {3, 1});
    const ReversibleNetwork before = learner.network();
    const auto batch = random_batch(30, 3, 4, 6, 2);
    learner.update(batch, Loss::squared);
    // min |F w - y|^2 + ridge |w - w0|^2 as least squares on stacked rows, by QR.
    oracle::PlainBptt plain{before, batch, Loss::squared};
    plain.forward();
    const std::size_t size = before.columns_out();
    std::vector<std::vector<double>> columns(size);
    std::vector<double> target;
    for (std::size_t t = 0; t < batch.steps; ++t) {
        const auto f = plain.features(plain.a[t + 1], plain.b[t + 1]);
        for (std::size_t l = 0; l < batch.lanes; ++l) {
            if (batch.taught_at(t)[l] == 0) continue;
            for (std::size_t i = 0; i < size; ++i) columns[i].push_back(f[i][l]);
            target.push_back(batch.target_at(t)[l]);
        }
    }
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) columns[j].push_back(i == j ? std::sqrt(0.5) : 0.0);
        target.push_back(std::sqrt(0.5) * before.onto_outputs()(0, i));
    }
    const auto expected = least_squares(qr_factors(columns), target);
    std::vector<double> found;
    for (std::size_t i = 0; i < size; ++i) found.push_back(learner.network().onto_outputs()(0, i));
    CHECK(relative_difference(found, expected) < 1e-9);  // condition below 1e3, both ways
}

TEST_CASE("Adam follows its paper; clipping, warm-up and decay do what they say") {
    OptimizerConfig config;
    config.rate = 0.1;
    config.warm_up = 2;
    config.budget = 8;
    config.clip = 1;
    Optimizer optimizer(config, 2);
    double m = 0, v = 0;
    const double schedule[] = {0.5,  1,   1, 1, 1, 1 - 0.95 * 0.25, 1 - 0.95 * 0.5, 1 - 0.95 * 0.75,
                               0.05, 0.05};
    for (int k = 0; k < 10; ++k) {
        std::vector<double> g{3.0 + k, 4.0};
        const double norm = std::hypot(g[0], g[1]), clipped = g[1] / norm;
        m = 0.9 * m + 0.1 * clipped;
        v = 0.999 * v + 0.001 * clipped * clipped;
        const double m_hat = m / (1 - std::pow(0.9, k + 1)),
                     v_hat = v / (1 - std::pow(0.999, k + 1));
        CHECK(optimizer.schedule() == Approx(schedule[k]));
        CHECK(optimizer.change(g)[1] ==
              Approx(-0.1 * schedule[k] * m_hat / (std::sqrt(v_hat) + 1e-8)).epsilon(1e-12));
        CHECK(optimizer.gradient_norm() == Approx(norm));
    }
}

TEST_CASE("least squares refuse columns that depend on each other") {
    CHECK_THROWS_AS(qr_factors({{1, 2, 3}, {2, 4, 6}}), sim::NumericFailure);
}
