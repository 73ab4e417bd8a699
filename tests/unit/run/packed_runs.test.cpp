// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/run/packed_runs.hpp"

namespace {

struct Synapse {
    std::uint32_t source;
    std::uint32_t target;
    sim::Step delay;
    std::uint32_t quanta;
};

constexpr sim::WeightLattice lattice{-0.25, 40000};

sim::SynapseRows rows_of(std::uint32_t sources, std::uint32_t targets,
                         const std::vector<Synapse>& synapses,
                         const sim::WeightLattice& of = lattice) {
    sim::SynapseRows::Builder builder(sources, targets,
                                      {sim::Stored::packed, sim::Stored::common, 0, of});
    for (const auto& one : synapses) builder.count(one.source, one.target, one.delay);
    builder.begin_second_pass();
    for (const auto& one : synapses)
        builder.put(one.source, one.target, of.quantum * one.quanta, {one.delay, 0});
    return builder.finish();
}

/// Some sources have none, some a few, some more synapses of one delay than a run has places for
/// without being asked.
std::vector<Synapse> some_synapses(std::uint32_t sources, std::uint32_t targets, sim::Step shortest,
                                   sim::Step longest) {
    std::vector<Synapse> result;
    sim::RandomStream stream({11, 3, sim::Purpose::model}, sources);
    const auto below = [&](std::uint32_t n) {
        return static_cast<std::uint32_t>(stream.uniform() * n);
    };
    for (std::uint32_t source = 0; source < sources; ++source) {
        const std::uint32_t count = source % 4 == 0 ? 0 : below(source % 4 == 1 ? 900 : 40);
        for (std::uint32_t i = 0; i < count; ++i)
            result.push_back({source, below(targets),
                              shortest + below(static_cast<std::uint32_t>(longest - shortest + 1)),
                              below(lattice.most + 1)});
    }
    return result;
}

}  // namespace

TEST_CASE("packed rows hold the synapses that they were given", "[unit][run]") {
    constexpr std::uint32_t sources = 30, targets = 1000;
    constexpr sim::Step longest = 6;
    const auto given = some_synapses(sources, targets, 1, longest);
    const auto rows = rows_of(sources, targets, given);
    REQUIRE(rows.is_packed());
    CHECK(rows.size() == given.size());
    CHECK(rows.all_negative());
    std::size_t seen = 0;
    for (std::uint32_t source = 0; source < sources; ++source)
        for (sim::Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
            std::vector<Synapse> wanted;
            std::copy_if(
                given.begin(), given.end(), std::back_inserter(wanted),
                [&](const auto& one) { return one.source == source && one.delay == delay; });
            const auto [first, last] = rows.places(source, delay);
            REQUIRE(last - first == wanted.size());
            CHECK(first % sim::SynapseRows::chunk == 0);
            for (std::uint32_t i = 0; i < wanted.size(); ++i) {
                CHECK(rows.target(first + i) == wanted[i].target);
                CHECK(rows.weight(first + i) == lattice.quantum * wanted[i].quanta);
            }
            seen += wanted.size();
        }
    CHECK(seen == given.size());
}

TEST_CASE("packed runs bring every synapse of every spike once, at its delay", "[unit][run]") {
    constexpr std::uint32_t targets = 700;
    constexpr sim::Step longest = 9, steps = 40;
    const bool is_shared = GENERATE(false, true);  // the sums of the groups
    const sim::Step window = GENERATE(1, 4);       // no longer than the shortest delay
    const bool forgets = GENERATE(false, true);    // spikes under way, half through
    const std::vector<std::uint32_t> sources{33, 60};
    std::vector<std::vector<Synapse>> synapses;
    std::vector<sim::ProjectionGroup> groups;
    std::vector<sim::SpikeRing> rings(2, sim::SpikeRing(longest + window + 1));
    sim::Tile tile;
    for (std::size_t g = 0; g < 2; ++g) {
        synapses.push_back(some_synapses(sources[g], targets, window, longest));
        tile.incoming.push_back({g, rows_of(sources[g], targets, synapses[g])});
        groups.push_back({1 - g, {}, {}});  // the ring is that of the source
    }
    const std::vector<std::int16_t> sums_of{0, static_cast<std::int16_t>(is_shared ? 0 : 1)};
    std::vector<std::vector<std::vector<std::uint32_t>>> fired(
        2, std::vector<std::vector<std::uint32_t>>(steps));
    sim::RandomStream stream({5, 2, sim::Purpose::model}, 0);
    std::vector<std::vector<std::int32_t>> sums(2, std::vector<std::int32_t>(targets));
    sim::PackedRuns runs;
    for (sim::Step begin = 0; begin < steps; begin += window) {
        if (forgets && begin == steps / 2) {
            runs.clear();
            for (auto& ring : rings) ring.clear();
            for (auto& of_group : fired)
                for (auto& of_step : of_group) of_step.clear();
        }
        runs.list(tile, groups, sums_of, rings, {begin, begin + window});
        for (sim::Step step = begin; step < begin + window; ++step) {
            std::vector<std::vector<std::int32_t>> wanted(2, std::vector<std::int32_t>(targets));
            std::uint64_t arrivals = 0;
            for (std::size_t g = 0; g < 2; ++g)
                for (const auto& one : synapses[g]) {
                    if (one.delay > step) continue;
                    const auto& of_step = fired[g][static_cast<std::size_t>(step - one.delay)];
                    if (std::count(of_step.begin(), of_step.end(), one.source) == 0) continue;
                    wanted[static_cast<std::size_t>(sums_of[g])][one.target] +=
                        static_cast<std::int32_t>(one.quanta);
                    ++arrivals;
                }
            CHECK(runs.add(step, [&](std::int16_t number) {
                return sums[static_cast<std::size_t>(number)].data();
            }) == arrivals);
            CHECK(sums == wanted);
            for (auto& row : sums) std::fill(row.begin(), row.end(), 0);
        }
        for (std::size_t g = 0; g < 2; ++g)
            for (sim::Step step = begin; step < begin + window; ++step) {
                auto& ring = rings[groups[g].pre];
                ring.clear(step);
                for (std::uint32_t source = 0; source < sources[g]; ++source)
                    if (stream.uniform() < 0.2) {
                        ring.push({source, {step, 0}});
                        fired[g][static_cast<std::size_t>(step)].push_back(source);
                    }
            }
    }
}

TEST_CASE("a tile whose sums might not fit in 32 bits is not packed", "[unit][run]") {
    constexpr std::uint32_t largest = 0xFFFF;
    for (const std::uint32_t n : {32769U, 32768U}) {  // 32768 * 65535 < 2^31
        std::vector<Synapse> onto_one;
        for (std::uint32_t i = 0; i < n; ++i) onto_one.push_back({i, 0, 1, largest});
        const auto rows = rows_of(n, 1, onto_one, {1.0, largest});
        CHECK(rows.is_packed() == (n == 32768));
        CHECK(rows.size() == n);
        CHECK(rows.weight(rows.places(n - 1, 1).first) == largest);
    }
}
