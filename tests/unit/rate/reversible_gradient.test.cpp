// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/reversible_gradient.hpp"

#include <catch2/catch.hpp>

#include "tests/oracle/rate/plain_bptt.hpp"
#include "tests/unit/rate/helpers.hpp"

using namespace models;
using rate_tests::random_batch;
using rate_tests::relative_difference;
using rate_tests::small_config;

namespace {

std::vector<double> by_replay(const ReversibleNetwork& network, const EpisodeBatch& batch,
                              Loss loss) {
    ReversibleWorkspace work(network.config(), batch.lanes);
    BackwardPass pass(network, batch.lanes);
    BitStacks bits(batch.lanes);
    auto state = network.initial_state(batch.lanes);
    run_forward(network, batch, state, work, &bits);
    replay_backward(network, batch, loss, exact_feedback(network), state, &bits, work, pass);
    return pass.gradient();
}

std::vector<double> by_history(const ReversibleNetwork& network, const EpisodeBatch& batch,
                               Loss loss) {
    ReversibleWorkspace work(network.config(), batch.lanes);
    BackwardPass pass(network, batch.lanes);
    History history;
    run_and_store(network, batch, history, work);
    history_backward(network, batch, loss, exact_feedback(network), history, work, pass);
    return pass.gradient();
}

}  // namespace

TEST_CASE("in fixed point replay carries the gradient of stored history, bit for bit") {
    for (const auto loss : {Loss::cross_entropy, Loss::squared})
        for (const std::size_t steps : {1, 50, 200}) {
            const ReversibleNetwork network(small_config(Arithmetic::fixed_point), {3, 1});
            const auto batch = random_batch(steps, 3, 4, 11, 5);
            oracle::PlainBptt plain{network, batch, loss};
            plain.forward();
            plain.backward();
            CHECK(by_replay(network, batch, loss) == plain.gradient);
            CHECK(by_history(network, batch, loss) == plain.gradient);
        }
}

TEST_CASE("the published network has the gradient of stored history, bit for bit") {
    auto config = published_config(3, 4);
    config.units = 16;
    const ReversibleNetwork network(config, {3, 1});
    const auto batch = random_batch(60, 3, 4, 3, 5);
    oracle::PlainBptt plain{network, batch, Loss::cross_entropy};
    plain.forward();
    plain.backward();
    CHECK(by_replay(network, batch, Loss::cross_entropy) == plain.gradient);
}

TEST_CASE("in double precision replay is within 1e-10 of stored history at T = 50, tau = 10") {
    auto config = published_config(3, 4);
    config.arithmetic = Arithmetic::double_precision;
    const ReversibleNetwork network(config, {3, 1});
    const auto batch = random_batch(50, 3, 4, 8, 5);
    const auto replayed = by_replay(network, batch, Loss::cross_entropy);
    const auto stored = by_history(network, batch, Loss::cross_entropy);
    CHECK(relative_difference(replayed, stored) < 1e-10);  // acceptance figure; observed 1e-12
    CHECK(replayed != stored);                             // errors of the reconstruction are there
}

TEST_CASE("the gradient agrees with finite differences") {
    for (const auto loss : {Loss::cross_entropy, Loss::squared}) {
        const ReversibleNetwork network(small_config(Arithmetic::double_precision), {3, 1});
        const auto batch = random_batch(25, 3, 4, 5, 5);
        const auto stored = by_history(network, batch, loss);
        oracle::PlainBptt plain{network, batch, loss};
        std::vector<double> numeric(stored.size()), analytic(stored.size());
        for (std::size_t i = 0; i < stored.size(); i += 3) {
            const double h = 1e-5;  // error h^2 of the formula, 1e-16 / h of the difference
            auto up = network.weights(), down = up;
            up[i] += h;
            down[i] -= h;
            const bool is_padding = stored[i] == 0;
            numeric[i] = (plain.loss_with(up) - plain.loss_with(down)) / (2 * h);
            analytic[i] = stored[i];
            if (is_padding) CHECK(std::fabs(numeric[i]) < 1e-9);
        }
        CHECK(relative_difference(analytic, numeric) < 1e-6);
    }
}
