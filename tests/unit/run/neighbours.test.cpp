// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/neighbours.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <vector>

TEST_CASE("targets side by side are told from others, wherever one differs", "[unit][run]") {
    for (std::size_t size = 8; size <= 140; ++size) {  // of several registers, and parts of them
        CAPTURE(size);
        std::vector<std::uint16_t> targets(size);
        std::iota(targets.begin(), targets.end(), std::uint16_t{65'000});
        REQUIRE(sim::are_neighbours(targets.data(), size));
        for (std::size_t i = 1; i + 1 < size; ++i) {  // ends as they should be
            ++targets[i];
            REQUIRE(!sim::are_neighbours(targets.data(), size));
            --targets[i];
        }
        ++targets.back();
        REQUIRE(!sim::are_neighbours(targets.data(), size));
    }
    const std::vector<std::uint16_t> few{3, 4, 5};
    CHECK(!sim::are_neighbours(few.data(), few.size()));
}
