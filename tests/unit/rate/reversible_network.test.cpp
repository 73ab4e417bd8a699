// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/reversible_network.hpp"

#include <catch2/catch.hpp>

#include "models/rate/reversible_gradient.hpp"
#include "tests/oracle/rate/plain_bptt.hpp"
#include "tests/unit/rate/helpers.hpp"

using namespace models;
using rate_tests::random_batch;
using rate_tests::small_config;

namespace {

ReversibleConfig big_config(std::vector<double> taus, Arithmetic arithmetic) {
    ReversibleConfig config;
    config.inputs = 10;
    config.taus = std::move(taus);
    config.arithmetic = arithmetic;
    return config;
}

struct RoundTrip {
    ReversibleState start, end, back;
    std::uint64_t bits_kept, bits_left;
};

RoundTrip there_and_back(const ReversibleNetwork& network, const EpisodeBatch& batch) {
    ReversibleWorkspace work(network.config(), batch.lanes);
    BitStacks bits(batch.lanes);
    auto state = network.initial_state(batch.lanes);
    RoundTrip trip{state, {}, {}, 0, 0};
    run_forward(network, batch, state, work, &bits);
    trip.end = state;
    trip.bits_kept = bits.size();
    for (std::size_t t = batch.steps; t-- > 0;) {
        network.undo_b(state, batch.input_at(t), work, &bits);
        network.undo_a(state, batch.input_at(t), work, &bits);
    }
    trip.back = state;
    trip.bits_left = bits.size();
    return trip;
}

}  // namespace

TEST_CASE("a step is the plain one, bit for bit, in both arithmetics") {
    for (const auto arithmetic : {Arithmetic::fixed_point, Arithmetic::double_precision}) {
        const ReversibleNetwork network(small_config(arithmetic), {3, 1});
        const auto batch = random_batch(20, 3, 4, 13, 5);
        oracle::PlainBptt plain{network, batch, Loss::cross_entropy};
        plain.forward();
        ReversibleWorkspace work(network.config(), batch.lanes);
        auto state = network.initial_state(batch.lanes);
        run_forward(network, batch, state, work, nullptr);
        for (std::size_t i = 0; i < network.units(); ++i)
            for (std::size_t l = 0; l < batch.lanes; ++l) {
                REQUIRE(state.a[i * batch.lanes + l] == plain.a.back()[i][l]);
                REQUIRE(state.b[i * batch.lanes + l] == plain.b.back()[i][l]);
            }
    }
}

TEST_CASE("fixed point reverses 1000 steps without one wrong bit and leaves no bit behind") {
    const double inf = std::numeric_limits<double>::infinity();
    for (const auto& taus : {std::vector<double>{10}, {2, 10, 100, inf}, {inf}, {2}, {3, 4000}}) {
        const ReversibleNetwork network(big_config(taus, Arithmetic::fixed_point), {1, 1});
        const auto batch = random_batch(1000, 10, 1, 8, 2);
        const auto trip = there_and_back(network, batch);
        CHECK(trip.back.a == trip.start.a);
        CHECK(trip.back.b == trip.start.b);
        CHECK(trip.end.a != trip.start.a);
        CHECK(trip.bits_left == 0);
        // 2 (1 - c) bits a unit and step if low digits of a state are uniform, on average; 2 % is
        // ten standard deviations of the mean of 8e5 draws for tau = 10, less for shorter ones.
        double expected = 0;
        for (const double c : network.leaks()) expected += 2 * (1 - c);
        expected /= static_cast<double>(network.units());
        const double per_step = static_cast<double>(trip.bits_kept) / (2.0 * 48 * 1000 * 8);
        CHECK(per_step == Approx(expected).epsilon(0.02).margin(1e-12));
    }
}

TEST_CASE("a state near zero, where the leak has most trouble, comes back too") {
    // Every whole number around 0, through a leak and back, for leaks of all kinds.
    for (const double tau : {2.0, 2.01, 3.0, 7.3, 10.0, 100.0, 4000.0}) {
        const double c = 1 - 1 / tau;
        BitStacks bits(8);
        std::vector<double> m(8), codes(8);
        for (int first = -4000; first < 4000; first += 8) {
            for (int i = 0; i < 8; ++i) m[static_cast<std::size_t>(i)] = first + i;
            const auto before = m;
            fixed_point::leak(m.data(), c, codes.data(), 8);
            for (std::size_t i = 0; i < 8; ++i) REQUIRE(m[i] == std::floor(c * before[i]));
            bits.push(codes.data());
            fixed_point::least_origin(m.data(), c, codes.data(), 8);
            bits.pop_onto(codes.data(), m.data());
            REQUIRE(m == before);
        }
        CHECK(bits.size() == 0);
    }
}

TEST_CASE("at the largest states allowed the leak can still be undone") {
    for (const double tau : {2.0, 2.002, 10.0, 4000.0})
        for (const double sign : {-1.0, 1.0}) {
            const double c = 1 - 1 / tau;
            BitStacks bits(8);
            std::vector<double> m(8), codes(8);
            for (int first = 0; first < 40000; first += 8) {
                for (int i = 0; i < 8; ++i)
                    m[static_cast<std::size_t>(i)] = sign * (fixed_point::largest - first - i);
                const auto before = m;
                fixed_point::leak(m.data(), c, codes.data(), 8);
                bits.push(codes.data());
                fixed_point::least_origin(m.data(), c, codes.data(), 8);
                bits.pop_onto(codes.data(), m.data());
                REQUIRE(m == before);
            }
        }
}

TEST_CASE("double precision reverses 50 steps of tau = 10 to 1e-10 and loses 400") {
    auto config = published_config(10, 1);
    config.arithmetic = Arithmetic::double_precision;
    const ReversibleNetwork network(config, {4, 1});
    const auto error = [&](std::size_t steps) {
        const auto trip = there_and_back(network, random_batch(steps, 10, 1, 8, 6));
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < trip.start.a.size(); ++i) {
            worst = std::fmax(worst, std::fabs(trip.back.a[i] - trip.start.a[i]));
            worst = std::fmax(worst, std::fabs(trip.back.b[i] - trip.start.b[i]));
            largest = std::fmax(largest, std::fabs(trip.end.a[i]));
        }
        return worst / largest;
    };
    CHECK(error(50) < 1e-10);  // the acceptance figure of the method
    CHECK(error(400) > 1e-2);  // 1e-16 * 0.9^-400 is far above 1
}

TEST_CASE("time constants and states that cannot be reversed are refused") {
    CHECK_THROWS_AS(ReversibleNetwork(big_config({1.5}, Arithmetic::fixed_point), {1, 1}),
                    sim::BadParameter);
    CHECK_THROWS_AS(ReversibleNetwork(big_config({1e6}, Arithmetic::fixed_point), {1, 1}),
                    sim::BadParameter);
    CHECK_THROWS_AS(ReversibleNetwork(big_config({1}, Arithmetic::double_precision), {1, 1}),
                    sim::BadParameter);
    CHECK_THROWS_AS(ReversibleNetwork(big_config({2, 3, 4, 5, 6}, Arithmetic::fixed_point), {1, 1}),
                    sim::BadParameter);
    auto config = big_config({10}, Arithmetic::fixed_point);
    config.input_deviation = 1e5;
    const ReversibleNetwork network(config, {1, 1});
    CHECK_THROWS_AS(there_and_back(network, random_batch(5, 10, 1, 8, 2)), sim::NumericFailure);
}

TEST_CASE("more steps back than forward are noticed") {
    const ReversibleNetwork network(big_config({2}, Arithmetic::fixed_point), {1, 1});
    const auto batch = random_batch(3, 10, 1, 8, 2);
    ReversibleWorkspace work(network.config(), batch.lanes);
    BitStacks bits(batch.lanes);
    auto state = network.initial_state(batch.lanes);
    run_forward(network, batch, state, work, nullptr);
    CHECK_THROWS_AS(network.undo_b(state, batch.input_at(2), work, &bits), sim::NumericFailure);
}

TEST_CASE("antisymmetric orthogonal coupling is what it says") {
    const ReversibleNetwork network(big_config({10}, Arithmetic::fixed_point), {9, 1});
    const auto a = network.into_a(), b = network.into_b();
    for (std::size_t i = 0; i < 48; ++i)
        for (std::size_t j = 0; j < 48; ++j) {
            CHECK(b(i, j) == -a(j, i));
            double dot = 0;
            for (std::size_t k = 0; k < 48; ++k) dot += a(i, k) * a(j, k);
            // Rounding of 48 terms of order 1, times g^2 = 4.
            CHECK(dot == Approx(i == j ? 4.0 : 0.0).margin(1e-13));
        }
}

TEST_CASE("lanes do not see each other") {
    const ReversibleNetwork network(small_config(Arithmetic::fixed_point), {3, 1});
    const auto wide = random_batch(30, 3, 4, 24, 8);
    EpisodeBatch narrow(30, 3, 4, 8);
    for (std::size_t t = 0; t < 30; ++t)
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t lane = 0; lane < 8; ++lane)
                narrow.input_of(t, i, lane) = wide.input_at(t)[i * wide.lanes + lane + 16];
    const auto whole = there_and_back(network, wide).end;
    const auto part = there_and_back(network, narrow).end;
    for (std::size_t i = 0; i < network.units(); ++i)
        for (std::size_t lane = 0; lane < 8; ++lane)
            CHECK(part.b[i * 8 + lane] == whole.b[i * 24 + lane + 16]);
}
