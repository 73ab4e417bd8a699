// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/poisson_draws.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>
#include <map>
#include <numeric>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace sim {
namespace {

// Kinds of draws, in the bits of the entity above the neuron. First draws of counts need none: they
// are keyed by blocks of neurons.
constexpr std::uint64_t rest_of_count = 1ULL << 32U;
constexpr std::uint64_t counts_and_ticks = 2ULL << 32U;
constexpr std::uint64_t more_ticks = 3ULL << 32U;
constexpr std::uint64_t ticks_of_many = 4ULL << 32U;
constexpr unsigned more_blocks_bits = 16;  // of a bin; each block has eight ticks

constexpr std::size_t lanes = ArrivalBatch::width;
constexpr std::size_t blocks_together = 8;
constexpr std::size_t halves_together = 8 * blocks_together;

/// Eight blocks, as 64 numbers of 16 bits.
void draw_halves(const RandomKey& key, std::uint64_t entity, std::uint64_t index,
                 std::uint16_t* to) {
    const auto words = random_lanes<blocks_together>(key, entity, index);
    std::memcpy(to, &words, sizeof words);
}

#if defined(__AVX2__) && !defined(__AVX512F__)
/// For the bits of a byte: which bytes of a list come to eight numbers of 16 bits.
constexpr auto expansions = [] {
    constexpr std::uint8_t zero = 0x80;
    std::array<std::array<std::uint8_t, 16>, 256> table{};
    for (std::size_t mask = 0; mask < table.size(); ++mask)
        for (std::size_t i = 0, next = 0; i < 8; ++i) {
            const bool has = (mask >> i & 1U) != 0;
            for (std::size_t byte = 0; byte < 2; ++byte)
                table[mask][2 * i + byte] = has ? static_cast<std::uint8_t>(2 * next + byte) : zero;
            next += has ? 1 : 0;
        }
    return table;
}();
#endif

/// Puts numbers from a list, which is read beyond its end, where `mask` has bits.
void expand(const std::uint16_t* list, unsigned mask, std::array<std::int16_t, lanes>& to) {
    constexpr unsigned middle = 0x8000;
#ifdef __AVX512F__
    constexpr unsigned every = 0xFFFF;  // g++ 12 warns of variants without a mask
    const __m512i numbers = _mm512_maskz_cvtepu16_epi32(
        every, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(list)));
    const __m512i centred = _mm512_maskz_sub_epi32(every, numbers, _mm512_set1_epi32(middle));
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(to.data()),
        _mm512_maskz_cvtepi32_epi16(
            every, _mm512_maskz_expand_epi32(static_cast<__mmask16>(mask), centred)));
#elif defined(__AVX2__)
    const auto put_eight = [](const std::uint16_t* from, unsigned bits, std::int16_t* eight) {
        const auto load = [](const void* x) {
            return _mm_loadu_si128(static_cast<const __m128i*>(x));
        };
        const __m128i centred =
            _mm_xor_si128(load(from), _mm_set1_epi16(static_cast<short>(middle)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(eight),
                         _mm_shuffle_epi8(centred, load(expansions[bits].data())));
    };
    put_eight(list, mask & 0xFFU, to.data());
    put_eight(list + std::popcount(mask & 0xFFU), mask >> 8U, to.data() + 8);
#else
    for (std::size_t i = 0; i < lanes; ++i) {
        const unsigned has = mask >> i & 1U;
        to[i] = static_cast<std::int16_t>((*list ^ middle) & -has);
        list += has;
    }
#endif
}

/// The lanes of counts above `least`.
/// Needs: all below 2^15
unsigned lanes_above(const std::array<std::uint16_t, lanes>& counts, std::uint32_t least) {
#ifdef __AVX512BW__
    constexpr std::uint32_t first_half = 0xFFFF;
    return _mm512_mask_cmpgt_epu16_mask(first_half,
                                        _mm512_maskz_loadu_epi16(first_half, counts.data()),
                                        _mm512_set1_epi16(static_cast<short>(least)));
#elif defined(__AVX2__)
    const auto above = [&](const std::uint16_t* eight) {
        return _mm_cmpgt_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(eight)),
                               _mm_set1_epi16(static_cast<short>(least)));
    };
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_packs_epi16(above(counts.data()), above(counts.data() + 8))));
#else
    unsigned mask = 0;
    for (std::size_t i = 0; i < lanes; ++i) mask |= (counts[i] > least ? 1U : 0U) << i;
    return mask;
#endif
}

/// Spreads a list of ticks over the neurons of a batch.
void put_ticks(const std::uint16_t* list, ArrivalBatch& batch) {
    for (std::uint32_t i = 0; i < batch.largest; ++i) {
        const unsigned mask = lanes_above(batch.counts, i);
        expand(list, mask, batch.places[i]);
        list += std::popcount(mask);
    }
}

}  // namespace

PoissonDraws::PoissonDraws(const RandomKey& key, std::uint64_t first, std::uint32_t size,
                           const std::vector<double>& means)
    : key_(key), first_(first), size_(size), counts_(size + 2 * chunk) {
    std::map<double, std::uint32_t> numbers;
    for (const double mean : means) numbers.emplace(mean, 0);
    // Few laws have wide guides that decide nearly all counts; many have small ones.
    const int guide_bits = numbers.size() <= 4 ? 12 : 8;
    for (auto& [mean, number] : numbers) {
        number = static_cast<std::uint32_t>(laws_.size());
        laws_.emplace_back(mean, guide_bits);
    }
    for (const double mean : means) law_.push_back(numbers.at(mean));
    for (const auto& law : laws_) beyond_ = std::max(beyond_, law.beyond());
}

/// The count of neuron k, given its first bits.
inline std::uint32_t PoissonDraws::count(std::size_t k, std::uint16_t prefix,
                                         std::uint64_t bin) const {
    const std::uint32_t decided = law(k).of_prefix(prefix);
    if (decided != PoissonCounts::undecided) [[likely]]
        return decided;
    return search(k, prefix, bin);
}

std::uint32_t PoissonDraws::search(std::size_t k, std::uint16_t prefix, std::uint64_t bin) const {
    const auto rest = random_block(key_, rest_of_count + first_ + k, bin);
    return law(k).of(static_cast<std::uint64_t>(prefix) << 48U |
                     static_cast<std::uint64_t>(rest[0]) << 16U | rest[1] >> 16U);
}

// Half h of word w of block i has the first bits of neuron 16 (2 w + h) + i of its chunk.
std::array<std::uint16_t, PoissonDraws::chunk> PoissonDraws::first_bits(std::uint64_t number,
                                                                        std::uint64_t bin) const {
    const auto words = random_lanes<blocks>(key_, number * blocks, bin);
    std::array<std::uint16_t, chunk> bits;
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t i = 0; i < blocks; ++i) {
            bits[2 * w * blocks + i] = static_cast<std::uint16_t>(words[w][i]);
            bits[(2 * w + 1) * blocks + i] = static_cast<std::uint16_t>(words[w][i] >> 16U);
        }
    return bits;
}

std::span<const std::uint32_t> PoissonDraws::counts(Step bin) {
    const auto at = static_cast<std::uint64_t>(bin);
    const std::uint64_t first_chunk = first_ / chunk;
    for (std::uint64_t c = first_chunk; c * chunk < first_ + size_; ++c) {
        const auto bits = first_bits(c, at);
        std::uint32_t* to = counts_.data() + (c - first_chunk) * chunk;
        if (are_few()) {
            std::array<std::uint16_t, chunk> few;
            count_few(bits, c * chunk, chunk, at, few);
            std::copy(few.begin(), few.end(), to);
            continue;
        }
        for (std::size_t i = 0; i < chunk; ++i)
            if (const auto k = c * chunk + i; k >= first_ && k < first_ + size_)
                to[i] = count(k - first_, bits[i], at);
    }
    return std::span(counts_).subspan(first_ % chunk, size_);
}

std::uint64_t PoissonDraws::add_counts(Step bin, std::span<std::uint16_t> row) {
    std::uint64_t all = 0;
    if (!are_few()) {
        const auto drawn = counts(bin);
        for (std::size_t k = 0; k < size_; ++k) {
            row[k] = static_cast<std::uint16_t>(row[k] + drawn[k]);
            all += drawn[k];
        }
        return all;
    }
    const auto at = static_cast<std::uint64_t>(bin);
    for (std::uint64_t begin = first_ / chunk * chunk; begin < first_ + size_; begin += chunk) {
        std::array<std::uint16_t, chunk> drawn;
        count_few(first_bits(begin / chunk, at), begin, chunk, at, drawn);
        const std::uint64_t from = std::max(begin, first_);
        const std::uint64_t to = std::min(begin + chunk, first_ + size_);
        std::uint32_t sum = 0;
        for (std::uint64_t k = from; k < to; ++k) {
            const std::uint16_t mine = drawn[k - begin];
            auto& count = row[k - first_];
            count = static_cast<std::uint16_t>(count + mine);
            sum += mine;
        }
        all += sum;
    }
    return all;
}

bool PoissonDraws::are_few() const { return law_.size() == 1 && laws_[0].has_few(); }

/// Counts of `size` neighbours from `neuron` on, given their first bits; before and beyond the tile
/// anything.
/// Needs: are_few()
template <std::size_t N>
void PoissonDraws::count_few(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                             std::size_t size, std::uint64_t bin,
                             std::array<std::uint16_t, N>& counts) const {
    std::bitset<N> open;
    laws_[0].of_prefixes(first_bits, counts, open);
    if (open.none()) return;
    for (std::size_t i = open._Find_first(); i < size; i = open._Find_next(i))
        if (neuron + i >= first_ && neuron + i < first_ + size_)
            counts[i] = static_cast<std::uint16_t>(search(neuron + i - first_, first_bits[i], bin));
}

/// The counts of batches, given their first bits: 0 beyond the tile. Unfilled where one is too large.
void PoissonDraws::count_batches(std::uint64_t neuron, std::uint64_t bin,
                                 const std::array<std::uint16_t, chunk>& first_bits,
                                 std::span<ArrivalBatch> batches) const {
    constexpr auto too_many = static_cast<std::uint16_t>(ArrivalBatch::most + 1);
    std::array<std::uint16_t, chunk> counts{};
    const std::size_t mine =
        std::min<std::uint64_t>(batches.size() * lanes, first_ + size_ - neuron);
    if (are_few()) {
        count_few(first_bits, neuron, mine, bin, counts);
        std::fill(counts.begin() + static_cast<std::ptrdiff_t>(mine), counts.end(), 0);
    } else {
        for (std::size_t i = 0; i < mine; ++i)
            counts[i] = static_cast<std::uint16_t>(
                std::min<std::uint32_t>(too_many, count(neuron + i - first_, first_bits[i], bin)));
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
        auto& batch = batches[i];
        std::copy_n(counts.data() + i * lanes, lanes, batch.counts.data());
        batch.largest = *std::max_element(batch.counts.begin(), batch.counts.end());
        batch.all = std::accumulate(batch.counts.begin(), batch.counts.end(), 0U);
        batch.is_filled = batch.largest <= ArrivalBatch::most;
    }
}

void PoissonDraws::fill(std::uint32_t local, Step bin, std::span<ArrivalBatch> batches) const {
    const auto at = static_cast<std::uint64_t>(bin);
    for (std::size_t i = 0; i < batches.size(); i += chunk / lanes)
        fill_some(first_ + local + i * lanes, at,
                  batches.subspan(i, std::min(chunk / lanes, batches.size() - i)));
}

// Of the first 64 numbers of a batch 16 are for the counts. Ticks follow, first those of all neurons
// that have one, then those of all that have a second one, and so on.
// Step by step for some batches: how many ticks there are cannot be foretold, and one batch alone
// would wait for its draws before it knows.
void PoissonDraws::fill_some(std::uint64_t neuron, std::uint64_t bin,
                             std::span<ArrivalBatch> batches) const {
    const auto block = [&](std::size_t i) { return (neuron / lanes + i) * blocks_together; };
    // Lists are read in whole registers, and so beyond their ends.
    std::array<std::array<std::uint16_t, halves_together + lanes>, chunk / lanes> first;
    std::array<std::uint16_t, chunk> prefixes{};
    for (std::size_t i = 0; i < batches.size(); ++i) {
        draw_halves(key_, counts_and_ticks + block(i), bin, first[i].data());
        std::copy_n(first[i].data(), lanes, prefixes.data() + i * lanes);
    }
    count_batches(neuron, bin, prefixes, batches);
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (!batches[i].is_filled) continue;
        if (batches[i].all <= halves_together - lanes) {
            put_ticks(first[i].data() + lanes, batches[i]);
            continue;
        }
        std::array<std::uint16_t, lanes*(ArrivalBatch::most + 1) + halves_together> list;
        auto drawn = halves_together - lanes;
        std::copy_n(first[i].data() + lanes, drawn, list.data());
        for (std::uint64_t n = 0; drawn < batches[i].all; ++n, drawn += halves_together)
            draw_halves(key_, more_ticks + block(i), (bin << more_blocks_bits) + n,
                        list.data() + drawn);
        put_ticks(list.data(), batches[i]);
    }
}

std::span<const std::uint32_t> PoissonDraws::ticks(std::size_t k, Step bin) {
    const std::size_t lane = (first_ + k) % lanes;
    if (batch_first_ != k - lane || batch_bin_ != bin) {
        batch_first_ = k - lane;
        batch_bin_ = bin;
        fill(static_cast<std::uint32_t>(batch_first_), bin, {&batch_, 1});
    }
    std::uint32_t count = 0;
    if (batch_.is_filled) {
        count = batch_.counts[lane];
        if (ticks_.size() < count) ticks_.resize(ArrivalBatch::most);
        for (std::uint32_t i = 0; i < count; ++i)
            ticks_[i] = static_cast<std::uint32_t>(batch_.places[i][lane] + 0x8000);
    } else {
        count = draw_all(k, static_cast<std::uint64_t>(bin));
    }
    std::sort(ticks_.begin(), ticks_.begin() + count);
    return {ticks_.data(), count};
}

/// The ticks of a neuron whose batch is not filled, from blocks of its own; returns how many.
std::uint32_t PoissonDraws::draw_all(std::size_t k, std::uint64_t bin) {
    const std::uint64_t neuron = first_ + k;
    std::array<std::uint16_t, halves_together> first_bits;
    draw_halves(key_, counts_and_ticks + neuron / lanes * blocks_together, bin, first_bits.data());
    const auto count = this->count(k, first_bits[neuron % lanes], bin);
    if (ticks_.size() < count + 8) ticks_.resize(count + 8);
    std::uint64_t block = bin << more_blocks_bits;
    for (std::uint32_t n = 0; n < count; n += 8) {
        const auto words = random_block(key_, ticks_of_many + neuron, block++);
        for (std::size_t h = 0; h < 8; ++h) ticks_[n + h] = words[h / 2] >> (h % 2 * 16) & 0xFFFFU;
    }
    return count;
}

}  // namespace sim
