// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The draws of a RandomStream, made several at a time: for whoever draws many of one entity.

#include <array>
#include <cmath>
#include <cstdint>

#include "sim/core/random.hpp"

namespace sim {

class RandomDraws {
public:
    RandomDraws(const RandomKey& key, std::uint64_t entity) : key_(key), entity_(entity) {}

    /// (0, 1)
    double uniform() {
        if (used_ == numbers_.size()) make();
        return numbers_[used_++];
    }

    /// Exponential with mean 1.
    double exponential() { return -std::log(uniform()); }

private:
    static constexpr std::size_t blocks = 16;

    void make() {
        const RandomKey key = key_;  // a copy that no store can change
        const auto entity = entity_;
        const auto first = block_;
        std::array<std::array<std::uint32_t, blocks>, 4> words;
        for (std::size_t i = 0; i < blocks; ++i) {  // compilers turn this into vector code
            const auto block = random_block(key, entity, first + i);
            for (std::size_t word = 0; word < 4; ++word) words[word][i] = block[word];
        }
        for (std::size_t i = 0; i < blocks; ++i) {
            numbers_[2 * i] = to_unit(words[0][i], words[1][i]);
            numbers_[2 * i + 1] = to_unit(words[2][i], words[3][i]);
        }
        block_ += blocks;
        used_ = 0;
    }

    RandomKey key_;
    std::uint64_t entity_;
    std::uint64_t block_ = 0;
    std::array<double, 2 * blocks> numbers_;
    std::size_t used_ = numbers_.size();
};

}  // namespace sim
