// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/limits.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

namespace protocols::cli {
namespace {

constexpr std::uint64_t read_bytes_a_thread = 128ULL << 20U;
constexpr std::uint64_t most_read_bytes = 2ULL << 30U;
constexpr auto period = std::chrono::milliseconds(50);

std::atomic<std::uint64_t> used;  // what is computed must not be optimised away

using Words = std::vector<std::uint32_t>;

/// Work on a set of its own, once; gives what it did, in the unit that is counted.
using Pass = std::function<double(Words& set)>;

double read(Words& set) {
    used += std::accumulate(set.begin(), set.end(), std::uint32_t{0});
    return static_cast<double>(set.size() * sizeof(std::uint32_t));
}

// Places come from a hash of a counter, a block at a time: that is done in vectors, and no update
// waits for the place of the one before.
double update(Words& set) {
    constexpr std::uint32_t blocks = 256;
    std::array<std::uint32_t, 1024> places{};
    auto counter = static_cast<std::uint32_t>(used.load(std::memory_order_relaxed));
    const std::uint64_t size = set.size();
    for (std::uint32_t block = 0; block < blocks; ++block) {
        for (std::uint32_t& place : places) {
            std::uint32_t hash = counter++ * 0x9E3779B1U;
            hash = (hash ^ (hash >> 16U)) * 0x85EBCA6BU;
            hash = (hash ^ (hash >> 13U)) * 0xC2B2AE35U;
            place = static_cast<std::uint32_t>(((hash ^ (hash >> 16U)) * size) >> 32U);
        }
        for (const std::uint32_t place : places) ++set[place];
    }
    used += counter;
    return static_cast<double>(blocks * places.size());
}

/// The sum over threads of what each does a second while all are at work.
double rate(int threads, std::uint64_t bytes_a_thread, const Pass& pass) {
    std::barrier start(threads);
    std::vector<double> rates(static_cast<std::size_t>(threads));
    std::vector<std::thread> workers;
    for (double& mine : rates)
        workers.emplace_back([&] {
            Words set(bytes_a_thread / sizeof(std::uint32_t), 1);
            pass(set);
            start.arrive_and_wait();
            const auto begin = std::chrono::steady_clock::now();
            auto now = begin;
            double done = 0;
            while (now - begin < period) {
                done += pass(set);
                now = std::chrono::steady_clock::now();
            }
            mine = done / std::chrono::duration<double>(now - begin).count();
        });
    for (auto& worker : workers) worker.join();
    return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace

MachineLimits measure_limits(int threads) {
    const auto share = [threads](std::uint64_t bytes) {
        return bytes / static_cast<std::uint64_t>(threads);
    };
    return {rate(threads, std::min(read_bytes_a_thread, share(most_read_bytes)), read),
            rate(threads, share(small_set_bytes), update),
            rate(threads, share(large_set_bytes), update)};
}

}  // namespace protocols::cli
