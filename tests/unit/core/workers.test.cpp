// SPDX-License-Identifier: BSD-3-Clause
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sim/core/workers.hpp"

TEST_CASE("every task is called once, loop after loop", "[unit][core]") {
    const int threads = GENERATE(1, 2, 3, 8);
    sim::Workers workers(threads);
    for (int loop = 0; loop < 2000; ++loop) {
        const std::size_t count = static_cast<std::size_t>(loop % 37);
        std::vector<int> calls(count, 0);  // plain: what a task wrote is seen after the loop
        workers.for_each(count, [&](std::size_t i) { ++calls[i]; });
        REQUIRE(calls == std::vector<int>(count, 1));
    }
}

TEST_CASE("tasks run side by side", "[unit][core]") {
    sim::Workers workers(3);
    std::atomic<int> inside{0};
    workers.for_each(3, [&](std::size_t) {
        ++inside;
        while (inside < 3) std::this_thread::yield();  // each waits for the others
    });
    CHECK(inside == 3);
}

TEST_CASE("helpers that sleep come back", "[unit][core]") {
    sim::Workers workers(2);
    for (int loop = 0; loop < 5; ++loop) {
        std::atomic<int> inside{0};
        workers.for_each(2, [&](std::size_t) {
            ++inside;
            while (inside < 2) std::this_thread::yield();
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

TEST_CASE("of several failures that with the smallest number is reported", "[unit][core]") {
    sim::Workers workers(GENERATE(2, 4));
    for (int loop = 0; loop < 100; ++loop) {
        std::atomic<int> done{0};
        CHECK_THROWS_WITH(workers.for_each(64,
                                           [&](std::size_t i) {
                                               ++done;
                                               if (i % 10 == 7)
                                                   throw std::runtime_error(std::to_string(i));
                                           }),
                          "7");
        CHECK(done == 64);
    }
}
