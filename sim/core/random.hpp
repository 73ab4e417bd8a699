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

#ifdef __AVX2__
#include <immintrin.h>
#endif

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

#ifdef __AVX2__
namespace detail {

/// Numbers of 64 bits in a register, and what Philox does with their low halves.
#ifdef __AVX512F__
struct WideWords {
    static constexpr std::size_t size = 8;
    __m512i of;

    static WideWords all(std::uint64_t x) { return {_mm512_set1_epi64(static_cast<long long>(x))}; }
    static WideWords from(std::uint64_t x) {
        return {_mm512_add_epi64(all(x).of, _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0))};
    }
    WideWords high_halves() const { return {_mm512_maskz_srli_epi64(0xFF, of, 32)}; }
    WideWords or_bits(std::uint64_t bits) const { return {_mm512_or_epi64(of, all(bits).of)}; }
    /// Of the low halves.
    WideWords times(const WideWords& other) const {
        return {_mm512_maskz_mul_epu32(0xFF, of, other.of)};
    }
    WideWords exclusive_or(const WideWords& a, const WideWords& b) const {
        return {_mm512_ternarylogic_epi64(of, a.of, b.of, 0x96)};
    }
    void put_low_halves(std::uint32_t* to) const {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_maskz_cvtepi64_epi32(0xFF, of));
    }
};
#else
struct WideWords {
    static constexpr std::size_t size = 4;
    __m256i of;

    static WideWords all(std::uint64_t x) {
        return {_mm256_set1_epi64x(static_cast<long long>(x))};
    }
    static WideWords from(std::uint64_t x) {
        return {_mm256_add_epi64(all(x).of, _mm256_set_epi64x(3, 2, 1, 0))};
    }
    WideWords high_halves() const { return {_mm256_srli_epi64(of, 32)}; }
    WideWords or_bits(std::uint64_t bits) const { return {_mm256_or_si256(of, all(bits).of)}; }
    /// Of the low halves.
    WideWords times(const WideWords& other) const { return {_mm256_mul_epu32(of, other.of)}; }
    WideWords exclusive_or(const WideWords& a, const WideWords& b) const {
        return {_mm256_xor_si256(of, _mm256_xor_si256(a.of, b.of))};
    }
    void put_low_halves(std::uint32_t* to) const {
        const __m256i low_halves = _mm256_set_epi32(0, 0, 0, 0, 6, 4, 2, 0);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(of, low_halves)));
    }
};
#endif

/// Blocks of WideWords::size entities from `first` on into lanes from `lane` on. Words of 32 bits are in
/// the low halves of 64: multiplications want them there and ignore the high ones, so that nothing
/// has to be moved or masked from round to round.
template <std::size_t N>
void put_random_blocks(const RandomKey& key, std::uint64_t first, std::uint64_t index,
                       std::size_t lane, RandomLanes<N>& result) {
    const auto purpose = static_cast<std::uint64_t>(key.purpose) << 16U;
    const auto entity = WideWords::from(first);
    auto c0 = entity;
    auto c1 = entity.high_halves().or_bits(purpose);
    auto c2 = WideWords::all(index);
    auto c3 = WideWords::all(index >> 32U);
    const std::uint64_t mixed =
        key.seed ^ (static_cast<std::uint64_t>(key.part) * 0x9E3779B97F4A7C15ULL);
    auto k0 = static_cast<std::uint32_t>(mixed);
    auto k1 = static_cast<std::uint32_t>(mixed >> 32U);
    for (int round = 0; round < 10; ++round) {
        const auto p0 = c0.times(WideWords::all(PHILOX_M4x32_0));
        const auto p1 = c2.times(WideWords::all(PHILOX_M4x32_1));
        c0 = p1.high_halves().exclusive_or(c1, WideWords::all(k0));
        c1 = p1;
        c2 = p0.high_halves().exclusive_or(c3, WideWords::all(k1));
        c3 = p0;
        k0 += PHILOX_W32_0;
        k1 += PHILOX_W32_1;
    }
    c0.put_low_halves(result[0].data() + lane);
    c1.put_low_halves(result[1].data() + lane);
    c2.put_low_halves(result[2].data() + lane);
    c3.put_low_halves(result[3].data() + lane);
}

}  // namespace detail
#endif

/// The blocks of entities first, first + 1, ..., first + N - 1.
template <std::size_t N>
RandomLanes<N> random_lanes(const RandomKey& key, std::uint64_t first, std::uint64_t index) {
    RandomLanes<N> result;
    std::size_t i = 0;
#ifdef __AVX2__
    constexpr std::size_t size = detail::WideWords::size;
    for (; i + size <= N; i += size) detail::put_random_blocks(key, first + i, index, i, result);
#endif
    const RandomKey own = key;
    for (; i < N;
         ++i) {  // compilers turn this into vector code, three times as fast as single blocks
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
