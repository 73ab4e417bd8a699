// SPDX-License-Identifier: BSD-3-Clause
#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>

#include "sim/core/random_draws.hpp"
#include "sim/core/value.hpp"

using sim::Value;

TEST_CASE("the normal quantile is that of an independent library", "[unit][core]") {
    const boost::math::normal_distribution<long double> normal;
    for (double p = 1e-300; p < 0.5; p *= 1.7) {
        const auto expected =
            static_cast<double>(boost::math::quantile(normal, static_cast<long double>(p)));
        CAPTURE(p);
        // The paper says about 1 part in 1e16; rounding of its rational functions adds some.
        CHECK(sim::normal_quantile(p) == Approx(expected).epsilon(2e-15));
    }
    for (double p = 0.01; p < 0.995; p += 0.01)
        CHECK(sim::normal_quantile(p) == Approx(static_cast<double>(boost::math::quantile(
                                                    normal, static_cast<long double>(p))))
                                             .margin(2e-15));
}

TEST_CASE("many values at once are the values one by one", "[unit][core]") {
    const sim::RandomKey key{11, 3, sim::Purpose::weight};
    for (const auto& value : {Value::of(2.5), Value::uniform(-1, 4), Value::normal(1.5, 0.75),
                              Value::normal(1.5, 0.75, 0.1, 2), Value::normal(0, 1, 2.2)}) {
        std::vector<double> many(1000);
        value.fill(key, 77, many);
        for (std::size_t i = 0; i < many.size(); ++i) REQUIRE(many[i] == value.at(key, 77 + i));
    }
}

TEST_CASE("several random blocks at once are the single ones", "[unit][core]") {
    constexpr std::size_t several = 21;  // whole registers and a rest, whatever their width
    const sim::RandomKey key{0xFEDCBA9876543210, 77, sim::Purpose::drive};
    for (const std::uint64_t first : {0ULL, (1ULL << 32U) - 5, (1ULL << 39U) + 3})
        for (const std::uint64_t index : {0ULL, (1ULL << 40U) + 1}) {
            const auto words = sim::random_lanes<several>(key, first, index);
            for (std::size_t lane = 0; lane < several; ++lane) {
                const auto block = sim::random_block(key, first + lane, index);
                for (std::size_t word = 0; word < 4; ++word)
                    REQUIRE(words[word][lane] == block[word]);
            }
        }
}

TEST_CASE("draws made several at a time are those of the stream", "[unit][core]") {
    const sim::RandomKey key{5, 2, sim::Purpose::source};
    sim::RandomStream stream(key, 1234567);
    sim::RandomDraws draws(key, 1234567);
    for (int i = 0; i < 1000; ++i) {
        if (i % 3 == 0) REQUIRE(draws.exponential() == stream.exponential());
        else REQUIRE(draws.uniform() == stream.uniform());
    }
}
