// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/net/network.hpp"
#include "sim/run/timed_runs.hpp"

namespace {

constexpr double h = 0.125;
constexpr double fraction = h / 65536;

struct Synapse {
    std::uint32_t source;
    std::uint32_t target;
    sim::Step delay;
    double offset;
    double weight;
};

sim::SynapseRows rows_of(std::uint32_t sources, std::uint32_t targets,
                         const std::vector<Synapse>& synapses, bool is_common) {
    sim::SynapseRows::Builder builder(
        sources, targets,
        {is_common ? sim::Stored::common : sim::Stored::narrow, sim::Stored::packed, fraction, {},
         is_common ? synapses.at(0).weight : 0});
    for (const auto& one : synapses) builder.count(one.source, one.target, one.delay);
    builder.begin_second_pass();
    for (const auto& one : synapses)
        builder.put(one.source, one.target, one.weight, {one.delay, one.offset});
    return builder.finish();
}

/// Some sources have none, some a few, some several chunks of one delay. Some parts of delays are 0 and
/// the largest that there is.
std::vector<Synapse> some_synapses(std::uint32_t sources, std::uint32_t targets, sim::Step shortest,
                                   sim::Step longest, bool is_common) {
    std::vector<Synapse> result;
    sim::RandomStream stream({17, 3, sim::Purpose::model}, sources);
    const auto below = [&](std::uint32_t n) {
        return static_cast<std::uint32_t>(stream.uniform() * n);
    };
    for (std::uint32_t source = 0; source < sources; ++source) {
        const std::uint32_t count = source % 4 == 0 ? 0 : below(source % 4 == 1 ? 300 : 20);
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t part = i % 7 == 0 ? 0 : i % 7 == 1 ? 65535 : below(65536);
            result.push_back({source, below(targets),
                              shortest + below(static_cast<std::uint32_t>(longest - shortest + 1)),
                              part * fraction,
                              is_common ? -87.3 : (i % 3 == 0 ? -0.5 : 0.25) * (1 + below(1000))});
        }
    }
    return result;
}

/// Arrivals of a bin: (target, offset, weight), sorted.
using Arrivals = std::vector<std::tuple<std::uint32_t, double, double>>;

Arrivals chunk_by_chunk(sim::TimedRuns::OfRows& rows, std::uint64_t& synapses) {
    Arrivals result;
    synapses += rows.for_each_chunk([&](const std::uint64_t* chunk, const auto& run,
                                        const auto& offsets) {
        unsigned acting = 0;
        for (std::size_t k = 0; k < sim::SynapseRows::chunk; k += sim::lanes) {
            const sim::TimedPack pack(chunk + k);
            sim::Pack::mask_type acts;
            const auto offset = offsets.of(run, pack.parts, acts);
            acting |= sim::bits_of(acts) << k;
            for (std::size_t lane = 0; lane < sim::lanes; ++lane)
                if (acts[lane] && pack.weights[lane] != 0)
                    result.emplace_back(sim::SynapseRows::timed_target(chunk[k + lane]),
                                        offset[lane],
                                        pack.weights[lane] * rows.rows().timed_unit());
        }
        return acting;
    });
    std::sort(result.begin(), result.end());
    return result;
}

/// By chunks, as sums take them, or synapse by synapse, as lists do.
Arrivals arrivals_of(sim::TimedRuns& runs, bool by_chunks) {
    Arrivals result;
    std::uint64_t by_count = 0;
    for (auto& rows : runs.rows()) {
        Arrivals in_chunks, one_by_one;
        if (by_chunks) in_chunks = chunk_by_chunk(rows, by_count);
        else rows.cut_all();
        const auto seen = rows.for_each_synapse(
            [](std::uint32_t) { return 1; },
            [&](std::uint32_t target, double offset, double weight) {
                one_by_one.emplace_back(target, offset, weight);
            });
        CHECK(seen == one_by_one.size());
        std::sort(one_by_one.begin(), one_by_one.end());
        if (by_chunks) CHECK(in_chunks == one_by_one);  // what has been cut says the same again
        result.insert(result.end(), one_by_one.begin(), one_by_one.end());
    }
    if (by_chunks) CHECK(by_count == result.size());
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace

TEST_CASE("timed rows hold the synapses that they were given, by parts of delays", "[unit][run]") {
    constexpr std::uint32_t sources = 30, targets = 1000;
    const bool is_common = GENERATE(false, true);
    const auto given = some_synapses(sources, targets, 1, 4, is_common);
    const auto rows = rows_of(sources, targets, given, is_common);
    REQUIRE(rows.is_timed());
    CHECK(rows.size() == given.size());
    CHECK(rows.all_negative() == is_common);
    std::size_t seen = 0;
    for (std::uint32_t source = 0; source < sources; ++source)
        for (sim::Step delay = rows.shortest(); delay <= rows.longest(); ++delay) {
            Arrivals wanted;
            for (const auto& one : given)
                if (one.source == source && one.delay == delay)
                    wanted.emplace_back(one.target, one.offset, one.weight);
            const auto [first, last] = rows.places(source, delay);
            Arrivals held;
            for (auto k = first; k < last; ++k)
                held.emplace_back(rows.target(k), rows.offset(k), rows.weight(k));
            CHECK(std::is_sorted(held.begin(), held.end(), [](const auto& a, const auto& b) {
                return std::get<1>(a) < std::get<1>(b);
            }));
            std::sort(held.begin(), held.end());
            std::sort(wanted.begin(), wanted.end());
            CHECK(held == wanted);
            seen += held.size();
        }
    CHECK(seen == given.size());
}

TEST_CASE("timed runs bring every synapse of every spike once, at its time", "[unit][run]") {
    constexpr std::uint32_t targets = 200;
    constexpr sim::Step longest = 9, steps = 40;
    const int manner = GENERATE(0, 1, 2);        // by lists, by chunks, and in turn
    const sim::Step window = GENERATE(1, 4);     // no longer than the shortest delay
    const bool forgets = GENERATE(false, true);  // spikes under way, half through
    const std::vector<std::uint32_t> sources{33, 60};
    std::vector<std::vector<Synapse>> synapses;
    std::vector<sim::ProjectionGroup> groups;
    const std::vector<sim::Population> populations(2);
    std::vector<sim::SpikeRing> rings(2, sim::SpikeRing(longest + window + 2));
    sim::Tile tile;
    for (std::size_t g = 0; g < 2; ++g) {
        const bool is_common = g == 1;
        synapses.push_back(some_synapses(sources[g], targets, window, longest, is_common));
        tile.incoming.push_back({g, rows_of(sources[g], targets, synapses[g], is_common)});
        groups.push_back({1 - g, {}, {}});  // the ring is that of the source
    }
    sim::RandomStream stream({5, 2, sim::Purpose::model}, 0);
    std::map<sim::Step, Arrivals> wanted;
    sim::TimedRuns runs;
    for (sim::Step begin = 0; begin < steps; begin += window) {
        if (forgets && begin == steps / 2) {
            runs.clear();
            for (auto& ring : rings) ring.clear();
            wanted.clear();
        }
        runs.list(tile, groups, populations, h, rings, {begin, begin + window});
        for (sim::Step step = begin; step < begin + window; ++step) {
            runs.begin(step);
            runs.begin(step);  // no effect
            auto& mine = wanted[step];
            std::sort(mine.begin(), mine.end());
            CHECK(arrivals_of(runs, manner == 2 ? step % 2 == 0 : manner == 1) == mine);
        }
        for (std::size_t g = 0; g < 2; ++g)
            for (sim::Step step = begin; step < begin + window; ++step) {
                auto& ring = rings[groups[g].pre];
                ring.clear(step);
                for (std::uint32_t source = 0; source < sources[g]; ++source) {
                    if (stream.uniform() >= 0.2) continue;
                    // Some reach the end of the bin to the last bit.
                    const double offset = source % 3 == 0 ? fraction : stream.uniform() * h;
                    ring.push({source, {step, offset}});
                    for (const auto& one : synapses[g]) {
                        if (one.source != source) continue;
                        const double sum = offset + one.offset;
                        const bool is_next = sum >= h;
                        wanted[step + one.delay + (is_next ? 1 : 0)].emplace_back(
                            one.target, is_next ? sum - h : sum, one.weight);
                    }
                }
                ring.sort(step);
            }
    }
}
