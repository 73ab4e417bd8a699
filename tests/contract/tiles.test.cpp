// SPDX-License-Identifier: BSD-3-Clause
// How neurons are cut into tiles.

#include <catch2/catch.hpp>

#include "tests/contract/parts.hpp"

namespace {

/// Populations of relays of these sizes; sizes that follow each other share tiles.
sim::Network relays(const std::vector<std::uint64_t>& sizes, int threads) {
    sim::Description d;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        d.neurons.push_back(parts::neurons("p" + std::to_string(i), "relay", sizes[i], {}));
    return sim::Network(d, parts::catalogue(), threads);
}

void check_cover(const sim::Network& network) {
    std::vector<std::uint64_t> next(network.populations().size(), 0);
    std::uint64_t first = 0;
    for (const auto& tile : network.tiles()) {
        CHECK(tile.first == first);
        REQUIRE(tile.size > 0);
        REQUIRE(tile.size <= 1U << 16U);  // targets are 16 bits
        std::uint32_t local = 0;
        for (const auto& part : tile.parts) {
            REQUIRE(part.local == local);
            REQUIRE(part.first == next[part.population]);
            REQUIRE(part.first % sim::TilePart::alignment == 0);
            CHECK(&tile.part_of(local) == &part);
            CHECK(&tile.part_of(local + part.size - 1) == &part);
            next[part.population] += part.size;
            local += part.size;
        }
        CHECK(local == tile.size);
        first += tile.size;
    }
    for (std::size_t i = 0; i < next.size(); ++i) CHECK(next[i] == network.populations()[i].size);
}

}  // namespace

TEST_CASE("tiles cover every neuron once, whatever the sizes of populations", "[contract]") {
    const int threads = GENERATE(1, 2, 3, 8);
    check_cover(relays({1}, threads));
    check_cover(relays({10'000, 2'500}, threads));
    check_cover(relays({65'536}, threads));
    check_cover(relays({200'000, 7, 300}, threads));
    std::vector<std::uint64_t> uneven(1'500, 1);
    uneven.insert(uneven.begin(), 100'000);
    check_cover(relays(uneven, threads));
}

TEST_CASE("populations that differ in a parameter have tiles of their own", "[contract]") {
    sim::Description d;
    d.neurons = {parts::neurons("a", "lif_exp", 100, {}), parts::neurons("b", "lif_exp", 100, {}),
                 parts::neurons("c", "lif_exp", 100, {{"tau_m", sim::Value::of(10)}}),
                 parts::neurons("d", "lif_exp", 100, {{"tau_m", sim::Value::uniform(10, 11)}}),
                 parts::neurons("e", "lif_exp", 100, {{"tau_m", sim::Value::uniform(10, 11)}})};
    const sim::Network network(d, parts::catalogue(), 1);
    REQUIRE(network.tiles().size() == 4);
    CHECK(network.tiles()[0].parts.size() == 2);
}
