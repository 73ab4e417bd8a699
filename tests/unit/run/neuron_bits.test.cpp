// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "sim/run/neuron_bits.hpp"

TEST_CASE("bits are visited in the order of neurons, those beyond the last one never",
          "[unit][run]") {
    constexpr std::size_t size = 131;  // neither whole packs nor whole words
    sim::NeuronBits bits(size);
    const std::vector<std::uint32_t> some{0, 7, 8, 63, 64, 90, 127, 128, 130};
    for (const auto k : {130U, 64U, 0U, 63U, 8U, 5U, 128U, 7U, 127U, 90U}) bits.set(k);
    bits.clear(5);
    // What a loop over packs writes there.
    bits.data()[size / sim::lanes] =
        static_cast<std::uint8_t>(bits.data()[size / sim::lanes] | 1U << size % sim::lanes);
    std::vector<std::uint32_t> visited;
    bits.for_each([&](std::uint32_t k) { visited.push_back(k); });
    CHECK(visited == some);
    for (std::uint32_t k = 0; k < size; ++k)
        CHECK(bits.test(k) == (std::count(some.begin(), some.end(), k) == 1));
    for (const auto k : some) CHECK((sim::mask_of(bits.data()[k / sim::lanes])[k % sim::lanes]));
    bits.clear();
    bits.for_each([&](std::uint32_t) { FAIL("a bit is left"); });
}
