// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

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
    sim::Sharing slower(2);
    run(slower, 1000, 3, 4);
    CHECK_FALSE(slower.is_shared());
    // Trials come ever more rarely: of 100,000 windows less than a hundredth.
    CHECK(run(slower, 100'000, 3, 4).shared < 1000);

    sim::Sharing faster(2);
    run(faster, 1000, 30, 20);
    CHECK(faster.is_shared());
    CHECK(run(faster, 100'000, 30, 20).alone < 1000);
}

TEST_CASE("what a window costs may change", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 20'000, 3, 4);
    CHECK_FALSE(sharing.is_shared());
    run(sharing, 20'000, 30, 20);
    CHECK(sharing.is_shared());
}

TEST_CASE("a trial that costs very much ends early", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 100, 5, 6);
    REQUIRE_FALSE(sharing.is_shared());
    const int trials = run(sharing, 100'000, 5, 1000).shared;
    // Each ends with its first window; their waits double from 2 blocks to 128.
    CHECK(trials <= 10 + 100'000 / int(sim::Sharing::block * sim::Sharing::longest_wait));
}

TEST_CASE("single windows that take long change nothing", "[unit][run]") {
    sim::Sharing sharing(2);
    run(sharing, 2000, 30, 20);
    for (int i = 0; i < 200; ++i) {
        run(sharing, 20, 30, 20);
        sharing.note(3000);
    }
    CHECK(sharing.is_shared());
}

TEST_CASE("long windows are always shared, and one thread shares nothing", "[unit][run]") {
    sim::Sharing two(2);
    CHECK(run(two, 10'000, 400, 250).alone == 0);
    sim::Sharing one(1);
    CHECK(run(one, 10'000, 3, 1).shared == 0);
}
