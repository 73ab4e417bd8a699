// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson counts by inversion: one uniform number of 64 bits is one count.
//
// With F the distribution function, the count of u is the number of k with F(k) 2^64 <= u; F is
// known to a few 2^-64, for any mean. A table over the first bits of u decides most counts at once,
// so that callers may draw 16 bits and ask for the other 48 only where the count depends on them.
// Source: Devroye 1986, Non-Uniform Random Variate Generation, ch. III.2 (inversion, guide table)

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#ifdef __AVX512BW__
#include <immintrin.h>
#endif

namespace sim {

class PoissonCounts {
public:
    /// What `of_prefix` says where the first bits do not decide.
    static constexpr std::uint32_t undecided = 0xFFFFFFFF;

    /// Needs: 0 <= mean <= 1e9; 1 <= guide_bits <= 16 (they change the speed, not the counts)
    PoissonCounts(double mean, int guide_bits) : shift_(16 - guide_bits) {
        if (mean > 0) find_thresholds(mean);
        fill_guide(guide_bits);
        for (const auto threshold : thresholds_) {
            const auto prefix = static_cast<std::uint16_t>(threshold >> 48U);
            // No draw exceeds the last prefix: it only says where more bits are needed, once.
            if (prefix != 0xFFFF || prefixes_.empty() || prefixes_.back() != prefix)
                prefixes_.push_back(prefix);
        }
        if (has_few()) fill_segments();
    }

    /// Whether `of_prefixes` works: for means below some 10.
    bool has_few() const { return prefixes_.size() <= most_compared && least_ == 0; }

    /// One more than the largest count.
    std::uint64_t beyond() const { return least_ + thresholds_.size() + 1; }

    /// What of_prefix says of N draws, except that `open` marks those that are undecided: a few of
    /// 10,000, and more in the tails.
    /// Needs: has_few()
    template <std::size_t N>
    void of_prefixes(const std::array<std::uint16_t, N>& first_bits,
                     std::array<std::uint16_t, N>& counts, std::bitset<N>& open) const {
#ifdef __AVX512BW__
        for (std::size_t i = 0; i < N; i += part)
            open |= std::bitset<N>(by_segments(first_bits.data() + i, counts.data() + i,
                                               std::min(part, N - i)))
                    << i;
#else
        by_comparison(first_bits, counts, open);
#endif
    }

    /// The same by comparison with all thresholds, which becomes vector code.
    template <std::size_t N>
    void by_comparison(const std::array<std::uint16_t, N>& first_bits,
                       std::array<std::uint16_t, N>& counts, std::bitset<N>& open) const {
        constexpr std::size_t width = 16;
        static_assert(N % width == 0);
        typedef std::uint16_t Words __attribute__((vector_size(width * sizeof(std::uint16_t))));
        Words any_open{};
        std::array<std::uint16_t, N> is_open;
        for (std::size_t i = 0; i < N; i += width) {
            Words bits;
            Words count{};
            Words mine{};
            std::memcpy(&bits, first_bits.data() + i, sizeof bits);
            for (const std::uint16_t prefix : prefixes_) {  // a comparison that holds gives -1
                count -= static_cast<Words>(bits > prefix);
                mine |= static_cast<Words>(bits == prefix);
            }
            std::memcpy(counts.data() + i, &count, sizeof count);
            std::memcpy(is_open.data() + i, &mine, sizeof mine);
            any_open |= mine;
        }
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < width; ++i) sum |= any_open[i];
        if (sum == 0) return;
        for (std::size_t i = 0; i < N; ++i) open[i] = is_open[i] != 0;
    }

    std::uint32_t of_prefix(std::uint16_t first_bits) const { return guide_[first_bits >> shift_]; }

    std::uint32_t of(std::uint64_t u) const {
        const std::uint32_t count = of_prefix(static_cast<std::uint16_t>(u >> 48U));
        return count != undecided ? count : search(u);
    }

private:
    // The first 5 of 16 bits tell in which segment a draw lies; of the thresholds there two are
    // compared, and what lies beyond their neighbours stays open.
    static constexpr std::size_t part = 32;
    using Segments = std::array<std::uint16_t, 32>;
    struct SegmentTables {
        Segments base{}, first{}, second{}, below{}, above{};
    };

    void fill_segments() {
        constexpr std::uint32_t width = 1U << 11U;
        std::vector<std::uint32_t> inside;
        for (std::uint32_t s = 0; s < 32; ++s) {
            const std::uint32_t begin = s * width;
            const std::uint32_t end = begin + width;
            inside.clear();
            std::uint32_t before = 0;
            for (const auto prefix : prefixes_)
                if (prefix < begin) ++before;
                else if (prefix < end) inside.push_back(prefix);
            // The neighbours below and above of the pair that begins with number i.
            const auto below = [&](std::size_t i) { return i == 0 ? begin : inside[i - 1] + 1; };
            const auto above = [&](std::size_t i) {
                return i + 2 < inside.size() ? inside[i + 2] : end;
            };
            std::size_t best = 0;
            for (std::size_t i = 1; i + 2 <= inside.size(); ++i)
                if (above(i) - below(i) > above(best) - below(best)) best = i;
            constexpr std::uint16_t none =
                0xFFFF;  // no draw exceeds it, and one in 2^16 stays open
            const auto at = [&](std::size_t i) {
                return i < inside.size() ? static_cast<std::uint16_t>(inside[i]) : none;
            };
            segments_.base[s] = static_cast<std::uint16_t>(before + best);
            segments_.first[s] = at(best);
            segments_.second[s] = at(best + 1);
            segments_.below[s] = static_cast<std::uint16_t>(below(best));
            segments_.above[s] = static_cast<std::uint16_t>(std::min(above(best), 0x10000U) - 1);
        }
    }

#ifdef __AVX512BW__
    std::uint32_t by_segments(const std::uint16_t* first_bits, std::uint16_t* counts,
                              std::size_t n) const {
        constexpr std::uint32_t every = ~0U;  // g++ 12 warns of variants without a mask
        const auto table = [](const Segments& values) { return _mm512_loadu_si512(values.data()); };
        const auto mine = static_cast<std::uint32_t>((std::uint64_t{1} << n) - 1);
        const __m512i bits = _mm512_maskz_loadu_epi16(mine, first_bits);
        const __m512i segment = _mm512_maskz_srli_epi16(every, bits, 11);
        const auto look_up = [&](const Segments& values) {
            return _mm512_maskz_permutexvar_epi16(every, segment, table(values));
        };
        const __m512i one = _mm512_set1_epi16(1);
        const __m512i first = look_up(segments_.first);
        const __m512i second = look_up(segments_.second);
        __m512i count = look_up(segments_.base);
        count = _mm512_mask_add_epi16(count, _mm512_cmpgt_epu16_mask(bits, first), count, one);
        count = _mm512_mask_add_epi16(count, _mm512_cmpgt_epu16_mask(bits, second), count, one);
        _mm512_mask_storeu_epi16(counts, mine, count);
        return mine &
               (_mm512_cmpeq_epu16_mask(bits, first) | _mm512_cmpeq_epu16_mask(bits, second) |
                _mm512_cmplt_epu16_mask(bits, look_up(segments_.below)) |
                _mm512_cmpgt_epu16_mask(bits, look_up(segments_.above)));
    }
#endif

    std::uint32_t search(std::uint64_t u) const {
        const auto above = std::upper_bound(thresholds_.begin(), thresholds_.end(), u);
        return least_ + static_cast<std::uint32_t>(above - thresholds_.begin());
    }

    // Terms relative to the largest one, outwards until they no longer show in 64 bits; their sum
    // takes the place of e^mean, so no logarithm of a factorial limits the precision.
    void find_thresholds(double mean) {
        constexpr long double smallest = 0x1p-90L;
        const long double m = mean;
        const auto mode = static_cast<std::uint32_t>(mean);
        std::vector<long double> below;  // mode - 1, mode - 2, ...
        for (long double w = 1, k = mode; k > 0 && (w *= k / m) > smallest; --k) below.push_back(w);
        std::vector<long double> terms(below.rbegin(), below.rend());
        terms.push_back(1);
        for (long double w = 1, k = mode + 1.0L; (w *= m / k) > smallest; ++k) terms.push_back(w);

        std::vector<long double> sums(terms.size());
        long double total = 0;
        for (std::size_t i = 0; i < terms.size(); ++i) sums[i] = total += terms[i];
        least_ = mode - static_cast<std::uint32_t>(below.size());
        for (const long double sum : sums) {
            const long double threshold = std::round(sum / total * 0x1p64L);
            if (threshold >= 0x1p64L) break;
            if (threshold < 1) ++least_;
            else thresholds_.push_back(static_cast<std::uint64_t>(threshold));
        }
    }

    void fill_guide(int bits) {
        const std::size_t size = std::size_t{1} << static_cast<unsigned>(bits);
        guide_.resize(size);
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint64_t low = static_cast<std::uint64_t>(i)
                                      << static_cast<unsigned>(64 - bits);
            const std::uint64_t high = low + (~std::uint64_t{0} >> static_cast<unsigned>(bits));
            guide_[i] = search(low) == search(high) ? search(low) : undecided;
        }
    }

    static constexpr std::size_t most_compared = 40;

    int shift_;
    std::uint32_t least_ = 0;
    std::vector<std::uint16_t> prefixes_;  // first bits of thresholds_
    std::vector<std::uint64_t> thresholds_;
    std::vector<std::uint32_t> guide_;
    SegmentTables segments_;
};

}  // namespace sim
