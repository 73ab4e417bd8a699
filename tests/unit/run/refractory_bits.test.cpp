// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/run/refractory_bits.hpp"

using sim::RefractoryBits;
using sim::Step;

namespace {

constexpr std::uint32_t neurons = 21;
constexpr std::uint32_t padded = (neurons + sim::lanes - 1) / sim::lanes * sim::lanes;

}  // namespace

TEST_CASE("neurons are held until their release, however long, and freed once", "[unit][run]") {
    RefractoryBits bits(neurons, padded);
    sim::RandomStream stream({5, 0, sim::Purpose::model}, 0);
    std::vector<Step> release(neurons, 0);  // the plain account
    for (Step step = 1; step < 3000; ++step) {
        std::vector<std::uint32_t> freed;
        bits.begin(step, [&](std::uint32_t k) { freed.push_back(k); });
        for (std::uint32_t k = 0; k < neurons; ++k) {
            CHECK(bits.is_held(k) == (release[k] > step));
            CHECK(std::count(freed.begin(), freed.end(), k) == (release[k] == step ? 1 : 0));
        }
        for (std::uint32_t k = neurons; k < padded; ++k) CHECK(bits.is_held(k));
        for (std::uint32_t k = 0; k < neurons; ++k) {
            if (bits.is_held(k) || stream.below(20) != 0) continue;
            // Within a turn of the wheel, or over several.
            release[k] = step + static_cast<Step>(stream.below(k % 3 == 0 ? 500 : 40));
            bits.hold(k, release[k]);
        }
    }
}

TEST_CASE("a neuron that is freed early and held again keeps the later release", "[unit][run]") {
    RefractoryBits bits(neurons, padded);
    const auto nothing = [](std::uint32_t) {};
    bits.begin(1, nothing);
    bits.hold(3, 10);
    bits.free(3);
    CHECK_FALSE(bits.is_held(3));
    bits.begin(5, nothing);
    bits.hold(3, 100);
    bits.begin(10, nothing);
    CHECK(bits.is_held(3));
    CHECK(bits.bits()[3 / sim::lanes] == 1U << 3 % sim::lanes);
    bits.begin(250, nothing);  // over a stretch that did not take place
    CHECK_FALSE(bits.is_held(3));
}
