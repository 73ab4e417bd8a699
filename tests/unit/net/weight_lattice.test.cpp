// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/net/weight_lattice.hpp"

using sim::lattice_of;
using sim::Value;
using sim::WeightLattice;

TEST_CASE("drawn weights of one sign lie on a lattice, the nearest of it", "[unit][net]") {
    const std::vector<Value> values{Value::normal(87.8, 8.78), Value::normal(-351.2, 35.12),
                                    Value::normal(1, 5, 0), Value::uniform(0, 0.3),
                                    Value::uniform(-3e-9, -1e-9)};
    for (const auto& value : values) {
        const auto lattice = lattice_of(value);
        REQUIRE(lattice);
        CHECK(lattice->most > 1U << 13U);   // fine
        CHECK(lattice->most <= 1U << 15U);  // with room for twice the weights in 16 bits
        int exponent = 0;
        CHECK(std::abs(std::frexp(lattice->quantum, &exponent)) == 0.5);
        std::vector<double> draws(10000);
        value.fill({7, 1, sim::Purpose::weight}, 0, draws);
        for (const double w : draws) {
            const double kept = lattice->nearest(w);
            CHECK(std::abs(kept - w) <= std::abs(lattice->quantum) / 2);
            CHECK(kept / lattice->quantum == lattice->quanta(w));
            CHECK(static_cast<double>(static_cast<float>(kept)) ==
                  kept);  // exact timing has floats
        }
    }
}

TEST_CASE("weights beyond a lattice take its ends", "[unit][net]") {
    const auto lattice = lattice_of(Value::normal(10, 1));  // a tail of 8 standard deviations
    REQUIRE(lattice);
    CHECK(lattice->quanta(1000) == lattice->most);
    CHECK(lattice->nearest(1000) == Approx(18).margin(lattice->quantum));
    CHECK(lattice->quanta(-1) == 0);
}

TEST_CASE("other weights have no lattice", "[unit][net]") {
    CHECK_FALSE(lattice_of(Value::of(3)));
    CHECK_FALSE(lattice_of(Value::of(std::vector<double>{1, 2})));
    CHECK_FALSE(lattice_of(Value::normal(1, 0.2)));  // 8 standard deviations reach below 0
    CHECK_FALSE(lattice_of(Value::uniform(-1, 1)));
    CHECK_FALSE(lattice_of(Value::uniform(0, 0)));
    for (const auto kind : {Value::Kind::lognormal, Value::Kind::exponential}) {
        auto value = Value::normal(1, 0.1);
        value.kind = kind;
        CHECK_FALSE(lattice_of(value));
    }
}

TEST_CASE("lattices join where 16 bits hold the weights of both", "[unit][net]") {
    const auto one = lattice_of(Value::normal(87.8, 8.78));
    const auto twice = lattice_of(Value::normal(175.6, 17.56));
    REQUIRE((one && twice));
    for (const auto& common :
         {WeightLattice::common(*one, *twice), WeightLattice::common(*twice, *one)}) {
        REQUIRE(common);
        CHECK(common->quantum == one->quantum);
        CHECK(common->most == 2 * twice->most);
        CHECK(common->most <= 0xFFFF);
    }
    CHECK_FALSE(WeightLattice::common(*one, *lattice_of(Value::normal(-87.8, 8.78))));
    CHECK_FALSE(WeightLattice::common(*one, *lattice_of(Value::normal(878, 87.8))));
}
