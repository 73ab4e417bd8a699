// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <random>

#include "sim/run/sharing.hpp"

namespace {

struct Usage {
    int shared = 0;
    int alone = 0;
};

/// Of `windows` that take so long alone and shared.
Usage run(sim::Sharing& sharing, int windows, double alone_us, double shared_us) {
    Usage usage;
    for (int i = 0; i < windows; ++i) {
        const bool is_shared = sharing.is_shared();
        ++(is_shared ? usage.shared : usage.alone);
        sharing.note(is_shared ? shared_us : alone_us);
    }
    return usage;
}

}  // namespace

TEST_CASE("short windows are shared where that is faster, and else not", "[unit][run]") {
    for (const int threads : {2, 16}) {
        sim::Sharing slower(threads);
        run(slower, 1000, 5, 20);
        CHECK_FALSE(slower.is_shared());
        // Trials come ever more rarely: of 100,000 windows less than a hundredth.
        CHECK(run(slower, 100'000, 5, 20).shared < 1000);

        sim::Sharing faster(threads);
        run(faster, 1000, 30, 20);
        CHECK(faster.is_shared());
        CHECK(run(faster, 100'000, 30, 20).alone < 1000);
    }
}

TEST_CASE("what a window costs may change", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 100'000, 3, 4);
    CHECK_FALSE(sharing.is_shared());
    // Other work is looked at soon, not after the long wait that there was before.
    CHECK(run(sharing, 1000, 30, 20).shared > 500);
}

TEST_CASE("a trial that costs very much ends early", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 1000, 5, 6);
    REQUIRE_FALSE(sharing.is_shared());
    const int trials = run(sharing, 100'000, 5, 1000).shared;
    // Each ends with its first window; their waits double from 4 blocks to 128.
    CHECK(trials <= 10 + 100'000 / int(sim::Sharing::block * sim::Sharing::longest_wait));
}

TEST_CASE("a trial that was given up does not win", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 1000, 30, 40);
    REQUIRE_FALSE(sharing.is_shared());
    // Faster but for every eighth window, in which a helper has no core.
    int shared = 0;
    for (int i = 0; i < 100'000; ++i) {
        const bool is_shared = sharing.is_shared();
        shared += is_shared ? 1 : 0;
        sharing.note(!is_shared ? 30 : i % 8 == 0 ? 4000 : 20);
    }
    CHECK(shared < 1000);
}

TEST_CASE("single windows that take long change nothing", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 1000, 3, 4);
    int shared = 0;
    for (int i = 0; i < 1000; ++i) {
        shared += run(sharing, 49, 3, 4).shared;
        sharing.note(3000);  // in every other block of the usual way
    }
    CHECK_FALSE(sharing.is_shared());
    CHECK(shared < 1000);
}

TEST_CASE("activity that comes and goes is not taken for what sharing does", "[unit][run]") {
    sim::Sharing sharing(2);
    int shared = 0;
    std::minstd_rand random(1);
    for (int i = 0; i < 6000; ++i) {  // a fifth faster or slower, in no order
        const double activity = random() % 2 == 0 ? 1.2 : 0.8;
        shared += run(sharing, 25, 15 * activity, 18 * activity).shared;
    }
    CHECK_FALSE(sharing.is_shared());
    CHECK(shared < 150'000 / 20);
}

TEST_CASE("long windows stay shared, and one thread shares nothing", "[unit][run]") {
    sim::Sharing two(2);
    CHECK(run(two, 10'000, 400, 250).alone == 0);
    sim::Sharing one(1);
    CHECK(run(one, 10'000, 3, 1).shared == 0);
}
