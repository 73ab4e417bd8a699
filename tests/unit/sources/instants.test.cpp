// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "sim/core/instants.hpp"

using namespace sim;

TEST_CASE("an instant of the description is a step and an offset", "[unit][sources]") {
    const Clock clock(0.1);
    CHECK(instant(clock, 1.5) == Time{15, 0});
    CHECK(instant(clock, 0.25).step == 2);
    CHECK(instant(clock, 0.25).offset == Approx(0.05));
    CHECK(instant(clock, std::numeric_limits<double>::max()) == never);
    CHECK(instant(clock, std::numeric_limits<double>::infinity()) == never);
    CHECK(instant(Clock(1e-300), 1.0) == never);
}

TEST_CASE("times after one another do not lose their offsets far from the begin",
          "[unit][sources]") {
    const Clock clock(0.1);
    const Time late{1'000'000'000'000, 0.03125};  // three years
    CHECK(after(clock, late, 0.0625) == Time{late.step, 0.09375});
    CHECK(after(clock, late, 7.5) == Time{late.step + 75, 0.03125});
    CHECK(after(clock, late, std::numeric_limits<double>::infinity()) == never);
    CHECK(after(clock, never, 1e300) == never);
    CHECK(after(clock, never, 5.0) == never);
}

TEST_CASE("a spike is stamped at the first grid point at or after it", "[unit][sources]") {
    CHECK(stamp({3, 0}) == 3);
    CHECK(stamp({3, 1e-12}) == 4);
}

TEST_CASE("beats stay exact for ever", "[unit][sources]") {
    const Clock clock(0.1);
    // 1/3 s is 3333 1/3 steps; beat 3n lies on a step, the others a third of a step off.
    const Rhythm third(clock, {0, 0}, 1000, 3);
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1'000'000'000},
                                  std::uint64_t{300'000'000'000}}) {
        const auto steps = static_cast<Step>(10'000 * n);
        CHECK(third.beat(3 * n) == Time{steps, 0});
        CHECK(third.beat(3 * n + 1).step == steps + 3333);
        // The offset is a double of size 0.1: 1e-16 of rounding, and the same in the expression.
        CHECK(std::abs(third.beat(3 * n + 1).offset - 0.1 / 3) < 1e-15);
        CHECK(std::abs(third.beat(3 * n + 2).offset - 0.2 / 3) < 1e-15);
    }
}

TEST_CASE("a period means what its decimals say", "[unit][sources]") {
    const Clock clock(0.1);
    CHECK(Rhythm(clock, {0, 0}, 0.3, 1).beat(1'000'000'000) == Time{3'000'000'000, 0});
    CHECK(Rhythm(clock, {0, 0}, 1000, 3333.3333333).beat(1'000'000) == Time{3'000'000, 0});
    CHECK(Rhythm(clock, {0, 0}, 0.35, 1).beat(2'000'000'000) == Time{7'000'000'000, 0});
    CHECK(Rhythm(clock, {0, 0}, 1000, 0.3).beat(30'000'000) == Time{1'000'000'000'000, 0});
    CHECK(Rhythm(Clock(0.03), {0, 0}, 0.3, 1).beat(1'000'000'000) == Time{10'000'000'000, 0});
    CHECK(Rhythm(Clock(0.25), {0, 0}, 0.125, 1).beat(1'000'000'001) == Time{500'000'000, 0.125});
}

TEST_CASE("beats start where they are told", "[unit][sources]") {
    const Clock clock(0.1);
    const Rhythm rhythm(clock, {7, 0.0625}, 0.25, 1);
    CHECK(rhythm.beat(0) == Time{7, 0.0625});
    CHECK(rhythm.beat(1).step == 10);  // 2.5 steps and 0.625 of a step: carried over
    CHECK(std::abs(rhythm.beat(1).offset - 0.0125) < 1e-15);
    CHECK(rhythm.beat(4) == Time{17, 0.0625});
    CHECK(Rhythm(clock, {0, 0}, 1e300, 1).beat(1) == never);
}
