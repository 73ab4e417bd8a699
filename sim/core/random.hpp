// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Counter-based random numbers: a draw is a pure function of (seed, purpose, entity, index).
//
// Invariant: nothing here has state shared between entities, so results cannot depend on threads.
// Source: Salmon et al. 2011 (SC11), Philox4x32-10, from the Random123 library.

#include <Random123/philox.h>

#include <array>
#include <cmath>
#include <cstdint>

#include "sim/core/normal_quantile.hpp"

namespace sim {

/// What a stream is for; keeps draws of different purpose for one entity independent.
enum class Purpose : std::uint32_t {
    parameter = 1,
    initial_state,
    wiring,
    weight,
    delay,
    source,
    drive,
    model,
    position,
    rewiring,
    structure,
};

/// The seed and the identity of the part that draws (population, projection, source).
struct RandomKey {
    std::uint64_t seed = 0;
    std::uint32_t part = 0;
    Purpose purpose = Purpose::model;
};

/// Four independent 32-bit words for (key, entity, index).
inline std::array<std::uint32_t, 4> random_block(const RandomKey& key, std::uint64_t entity,
                                                 std::uint64_t index) {
    // The key carries seed and part; the counter carries entity (40 bits), purpose and index (64).
    const auto purpose = static_cast<std::uint32_t>(key.purpose);
    const r123::Philox4x32::ctr_type counter{{
        static_cast<std::uint32_t>(entity),
        static_cast<std::uint32_t>(entity >> 32U) | (purpose << 16U),
        static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U)}};
    const std::uint64_t mixed = key.seed ^ (static_cast<std::uint64_t>(key.part) * 0x9E3779B97F4A7C15ULL);
    const r123::Philox4x32::key_type words{
        {static_cast<std::uint32_t>(mixed), static_cast<std::uint32_t>(mixed >> 32U)}};
    const auto out = r123::Philox4x32{}(counter, words);
    return {out[0], out[1], out[2], out[3]};
}

/// Words of N blocks, lane by lane: result[word][lane].
template <std::size_t N>
using RandomLanes = std::array<std::array<std::uint32_t, N>, 4>;

/// The blocks of entities first, first + 1, ..., first + N - 1. Compilers turn the loop into vector
/// code, three times as fast as block after block.
template <std::size_t N>
RandomLanes<N> random_lanes(const RandomKey& key, std::uint64_t first, std::uint64_t index) {
    const RandomKey own = key;
    RandomLanes<N> result;
    for (std::size_t i = 0; i < N; ++i) {
        const auto block = random_block(own, first + i, index);
        for (std::size_t word = 0; word < 4; ++word) result[word][i] = block[word];
    }
    return result;
}

/// A double in the open interval (0, 1), 53 bits.
inline double to_unit(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32U) | low;
    return (static_cast<double>(bits >> 11U) + 0.5) * 0x1p-53;
}

/// The sequence of draws of one entity: a standard uniform random bit generator (64 bits).
class RandomStream {
public:
    using result_type = std::uint64_t;

    RandomStream(const RandomKey& key, std::uint64_t entity, std::uint64_t first_block = 0)
        : key_(key), entity_(entity), block_(first_block) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }

    result_type operator()() {
        if (used_ == 2) {
            words_ = random_block(key_, entity_, block_++);
            used_ = 0;
        }
        const auto base = 2 * static_cast<std::size_t>(used_++);
        return (static_cast<std::uint64_t>(words_[base]) << 32U) | words_[base + 1];
    }

    /// (0, 1)
    double uniform() { return (static_cast<double>((*this)() >> 11U) + 0.5) * 0x1p-53; }

    /// A whole number in [0, bound), unbiased. Source: Lemire 2019, ACM TOMACS 29:3.
    /// Needs: bound >= 1
    std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        Wide product = static_cast<Wide>((*this)()) * bound;
        if (static_cast<std::uint64_t>(product) < bound) {
            const std::uint64_t threshold = (0 - bound) % bound;
            while (static_cast<std::uint64_t>(product) < threshold)
                product = static_cast<Wide>((*this)()) * bound;
        }
        return static_cast<std::uint64_t>(product >> 64U);
    }

    /// Standard normal, by inversion: one uniform number a draw.
    double normal() { return normal_quantile(uniform()); }

    /// Exponential with mean 1.
    double exponential() { return -std::log(uniform()); }

private:
    RandomKey key_;
    std::uint64_t entity_;
    std::uint64_t block_;
    std::array<std::uint32_t, 4> words_{};
    int used_ = 2;
};

}  // namespace sim
