// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/poisson_draws.hpp"

#include <bitset>
#include <map>
#include <utility>

namespace sim {
namespace {

// Kinds of draws, in the bits of the entity above the neuron. First draws of counts need none: they
// are keyed by blocks of neurons.
constexpr std::uint64_t rest_of_count = 1ULL << 32U;
constexpr std::uint64_t count_and_ticks = 2ULL << 32U;
constexpr std::uint64_t more_ticks = 3ULL << 32U;
constexpr unsigned more_blocks_bits = 16;  // of a bin; each block has eight ticks

using Sixteen = std::array<std::uint32_t, 16>;

/// Puts the smaller of each pair first.
void order(Sixteen& first, Sixteen& second) {
    const Sixteen a = first;
    const Sixteen b = second;
    for (std::size_t i = 0; i < a.size(); ++i) {
        first[i] = a[i] < b[i] ? a[i] : b[i];
        second[i] = a[i] < b[i] ? b[i] : a[i];
    }
}

/// Seven in ascending order, in every lane.
void sort(std::array<Sixteen, 7>& ticks) {
    constexpr std::array<std::pair<std::size_t, std::size_t>, 16> network{{{0, 6},
                                                                           {2, 3},
                                                                           {4, 5},
                                                                           {0, 2},
                                                                           {1, 4},
                                                                           {3, 6},
                                                                           {0, 1},
                                                                           {2, 5},
                                                                           {3, 4},
                                                                           {1, 2},
                                                                           {4, 6},
                                                                           {2, 3},
                                                                           {4, 5},
                                                                           {1, 2},
                                                                           {3, 4},
                                                                           {5, 6}}};
    for (const auto& [first, second] : network) order(ticks[first], ticks[second]);
}

/// Half h of the words of a block.
std::uint32_t half(const RandomLanes<16>& words, std::size_t h, std::size_t lane) {
    return words[h / 2][lane] >> (h % 2 * 16) & 0xFFFFU;
}

}  // namespace

PoissonDraws::PoissonDraws(const RandomKey& key, std::uint64_t first, std::uint32_t size,
                           const std::vector<double>& means)
    : key_(key),
      first_(first),
      size_(size),
      counts_(size + 2 * chunk),
      groups_(bins_kept),
      ticks_(at_first) {
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
    for (std::uint64_t c = first_chunk; c * chunk < first_ + size_; ++c)
        count_all(first_bits(c, at), c * chunk, at, counts_.data() + (c - first_chunk) * chunk);
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
        count_few(first_bits(begin / chunk, at), begin, at, drawn);
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

/// Counts of neighbours from `neuron` on, given their first bits; beyond the tile anything.
/// Needs: are_few()
template <std::size_t N>
void PoissonDraws::count_few(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                             std::uint64_t bin, std::array<std::uint16_t, N>& counts) const {
    std::bitset<N> open;
    laws_[0].of_prefixes(first_bits, counts, open);
    if (open.none()) return;
    for (std::size_t i = open._Find_first(); i < N; i = open._Find_next(i))
        if (neuron + i >= first_ && neuron + i < first_ + size_)
            counts[i] = static_cast<std::uint16_t>(search(neuron + i - first_, first_bits[i], bin));
}

/// The same for any laws; 0 beyond the tile.
template <std::size_t N>
void PoissonDraws::count_all(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                             std::uint64_t bin, std::uint32_t* counts) const {
    std::array<std::uint16_t, N> few;
    const bool are_side_by_side = are_few();
    if (are_side_by_side) count_few(first_bits, neuron, bin, few);
    const bool is_inside = neuron >= first_ && neuron + N <= first_ + size_;
    for (std::size_t i = 0; are_side_by_side && i < N; ++i) counts[i] = few[i];
    for (std::size_t i = 0; !(are_side_by_side && is_inside) && i < N; ++i) {
        const bool is_mine = neuron + i >= first_ && neuron + i < first_ + size_;
        if (!is_mine) counts[i] = 0;
        else if (!are_side_by_side) counts[i] = count(neuron + i - first_, first_bits[i], bin);
    }
}

PoissonDraws::Lanes PoissonDraws::draw_counts(const Lanes& words, std::uint64_t number,
                                              std::uint64_t bin) const {
    std::array<std::uint16_t, lanes> prefixes;
    for (std::size_t i = 0; i < lanes; ++i) prefixes[i] = static_cast<std::uint16_t>(words[i]);
    Lanes counts;
    count_all(prefixes, number * lanes, bin, counts.data());
    return counts;
}

// Of a block the first 16 bits are for the count, the others for seven ticks.
bool PoissonDraws::fill(std::uint32_t local, Step bin, ArrivalBatch& batch) const {
    static_assert(lanes == ArrivalBatch::width);
    const auto at = static_cast<std::uint64_t>(bin);
    const std::uint64_t neuron = first_ + local;
    const auto words = random_lanes<lanes>(key_, count_and_ticks + neuron, at);
    batch.counts = draw_counts(words[0], neuron / lanes, at);
    const std::uint32_t largest = *std::max_element(batch.counts.begin(), batch.counts.end());
    if (largest > ArrivalBatch::most) return false;
    const auto put = [&batch](const auto& from, std::size_t h, std::size_t place) {
        for (std::size_t i = 0; i < lanes; ++i)
            batch.cells[place][i] = static_cast<std::uint16_t>(half(from, h, i));
    };
    for (std::size_t n = 0; n < at_first; ++n) put(words, n + 1, n);
    for (std::uint32_t n = at_first; n < largest; n += 8) {
        const auto block = (at << more_blocks_bits) + n / 8;
        const auto more = random_lanes<lanes>(key_, more_ticks + neuron, block);
        for (std::size_t h = 0; h < 8; ++h) put(more, h, n + h);
    }
    return true;
}

void PoissonDraws::fill(Group& group, std::uint64_t number, std::uint64_t bin) const {
    const auto words = random_lanes<lanes>(key_, count_and_ticks + number * lanes, bin);
    const Lanes counts = draw_counts(words[0], number, bin);
    std::array<Lanes, at_first> ticks;
    for (std::size_t n = 0; n < at_first; ++n)
        for (std::size_t i = 0; i < lanes; ++i)  // what is not drawn goes last
            ticks[n][i] = counts[i] <= n ? ~std::uint32_t{0} : half(words, n + 1, i);
    sort(ticks);
    group = {number, bin, counts, ticks};
}

std::span<const std::uint32_t> PoissonDraws::ticks_of_one(std::size_t k, std::uint64_t bin) {
    const std::uint64_t neuron = first_ + k;
    const auto words = random_block(key_, count_and_ticks + neuron, bin);
    const std::uint32_t count = this->count(k, static_cast<std::uint16_t>(words[0]), bin);
    for (std::size_t n = 0; n < at_first; ++n)
        ticks_[n] = words[(n + 1) / 2] >> ((n + 1) % 2 * 16) & 0xFFFFU;
    if (count > at_first) draw_more(neuron, bin, count);
    else std::sort(ticks_.begin(), ticks_.begin() + count);
    return {ticks_.data(), count};
}

void PoissonDraws::draw_more(std::uint64_t neuron, std::uint64_t bin, std::uint32_t count) {
    if (ticks_.size() < count + 8) ticks_.resize(count + 8);
    std::uint64_t block = bin << more_blocks_bits;
    for (std::uint32_t n = at_first; n < count; n += 8) {
        const auto words = random_block(key_, more_ticks + neuron, block++);
        for (std::size_t h = 0; h < 8; ++h) ticks_[n + h] = words[h / 2] >> (h % 2 * 16) & 0xFFFFU;
    }
    std::sort(ticks_.begin(), ticks_.begin() + count);
}

}  // namespace sim
