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
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

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
    }

    /// Whether `of_prefixes` works: for means below some 10.
    bool has_few() const { return prefixes_.size() <= most_compared && least_ == 0; }

    /// What of_prefix says of N draws, except that `is_open` marks those that are undecided: by
    /// comparison with all thresholds, which becomes vector code.
    /// Needs: has_few()
    template <std::size_t N>
    void of_prefixes(const std::array<std::uint16_t, N>& first_bits,
                     std::array<std::uint16_t, N>& counts,
                     std::array<std::uint16_t, N>& is_open) const {
        constexpr std::size_t width = 16;
        static_assert(N % width == 0);
        typedef std::uint16_t Words __attribute__((vector_size(width * sizeof(std::uint16_t))));
        for (std::size_t i = 0; i < N; i += width) {
            Words bits;
            Words count{};
            Words open{};
            std::memcpy(&bits, first_bits.data() + i, sizeof bits);
            for (const std::uint16_t prefix : prefixes_) {  // a comparison that holds gives -1
                count -= static_cast<Words>(bits > prefix);
                open |= static_cast<Words>(bits == prefix);
            }
            std::memcpy(counts.data() + i, &count, sizeof count);
            std::memcpy(is_open.data() + i, &open, sizeof open);
        }
    }

    std::uint32_t of_prefix(std::uint16_t first_bits) const { return guide_[first_bits >> shift_]; }

    std::uint32_t of(std::uint64_t u) const {
        const std::uint32_t count = of_prefix(static_cast<std::uint16_t>(u >> 48U));
        return count != undecided ? count : search(u);
    }

private:
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
};

}  // namespace sim
