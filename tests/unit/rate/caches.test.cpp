// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "models/rate/hopfield_cache.hpp"
#include "models/rate/sparse_cache.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

using namespace models;

namespace {

Pattern random_pattern(std::size_t cells, std::size_t active, std::uint64_t index) {
    sim::RandomStream draws({11, 1}, index);
    std::set<std::uint32_t> chosen;
    while (chosen.size() < active) chosen.insert(static_cast<std::uint32_t>(draws.below(cells)));
    return {chosen.begin(), chosen.end()};
}

// Part of the items of a random sequence that recall in a chain gets wholly right.
std::pair<double, double> recalled(std::size_t cells, std::size_t active, std::size_t items) {
    SparseCache cache(cells, active);
    std::vector<Pattern> sequence;
    for (std::size_t k = 0; k < items; ++k) {
        sequence.push_back(random_pattern(cells, active, k));
        if (k > 0) cache.store(sequence[k - 1], sequence[k]);
    }
    double forward = 0, backward = 0;
    Pattern now = sequence.front();
    for (std::size_t k = 1; k < items; ++k) forward += (now = cache.after(now)) == sequence[k];
    now = sequence.back();
    for (std::size_t k = items - 1; k-- > 0;) backward += (now = cache.before(now)) == sequence[k];
    return {forward / double(items - 1), backward / double(items - 1)};
}

}  // namespace

TEST_CASE("the sparse cache recalls 1000 random items both ways after one presentation") {
    const auto [forward, backward] = recalled(1000, 20, 1000);
    CHECK(forward >= 0.99);
    CHECK(backward >= 0.99);
    // A chain four times as long as the synapses can hold apart is lost at once.
    CHECK(recalled(1000, 20, 6000).first < 0.05);
}

TEST_CASE("the sparse cache takes the cells with most input, those of smaller number first") {
    SparseCache cache(70, 3);
    std::vector<std::vector<int>> w(70, std::vector<int>(70));
    for (std::uint64_t k = 0; k < 60; ++k) {
        const auto p = random_pattern(70, 3, 2 * k), q = random_pattern(70, 3, 2 * k + 1);
        cache.store(p, q);
        for (const auto i : p)
            for (const auto j : q) w[i][j] = 1;
    }
    double set = 0;
    for (const auto& row : w) set += double(std::count(row.begin(), row.end(), 1));
    CHECK(cache.load() == set / 4900);
    for (std::uint64_t k = 200; k < 260; ++k) {
        const auto cue = random_pattern(70, 3, k);
        for (const bool forward : {true, false}) {
            std::vector<std::pair<int, std::uint32_t>> order;  // (- input, cell)
            for (std::uint32_t cell = 0; cell < 70; ++cell) {
                int input = 0;
                for (const auto other : cue) input += forward ? w[other][cell] : w[cell][other];
                order.emplace_back(-input, cell);
            }
            std::sort(order.begin(), order.end());
            Pattern expected{order[0].second, order[1].second, order[2].second};
            std::sort(expected.begin(), expected.end());
            CHECK((forward ? cache.after(cue) : cache.before(cue)) == expected);
        }
    }
    cache.clear();
    CHECK(cache.load() == 0);
    CHECK_THROWS_AS(SparseCache(10, 11), sim::BadParameter);
    CHECK_THROWS_AS(SparseCache(10, 0), sim::BadParameter);
}

TEST_CASE("the alternating Hopfield cache recalls 20 items, forward and in reverse") {
    for (const auto pace :
         {HopfieldCacheConfig::Pace::oscillation, HopfieldCacheConfig::Pace::itself})
        for (const bool reverse : {false, true}) {
            HopfieldCacheConfig config;
            config.pace = pace;
            HopfieldCache cache(config);
            std::vector<HopfieldCache::Signs> items;
            for (std::uint64_t k = 0; k < 20; ++k) items.push_back(cache.random_pattern({5, 1}, k));
            CHECK(std::count(items[3].begin(), items[3].end(), 1.0) == 200);
            if (reverse) std::reverse(items.begin(), items.end());
            for (std::size_t k = 0; k + 1 < 20; ++k) cache.store(items[k], items[k + 1]);
            CHECK(cache.recall(items[0], 19) ==
                  std::vector<HopfieldCache::Signs>(items.begin() + 1, items.end()));
            auto damaged = items[0];  // a fifth of the cue is wrong
            for (std::size_t i = 0; i < damaged.size(); i += 5) damaged[i] *= -1;
            CHECK(cache.recall(damaged, 19).back() == items.back());
        }
    HopfieldCacheConfig config;
    config.tau = 0.5;
    CHECK_THROWS_AS(HopfieldCache(config), sim::BadParameter);
}
