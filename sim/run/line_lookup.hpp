// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the synapses of a block have to take in of the lines of their targets. Lean, as it takes much
// of the time of plastic synapses: a comparison and some loads for each.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <experimental/simd>

#include "sim/run/post_lines.hpp"

namespace sim {

/// Calls use(i) for the i below `size` with counts[i] >= least, ascending.
/// Needs: counts and least in [1, 127]; up to 7 bytes can be read beyond the end
template <class Use>
void for_each_with(const std::uint8_t* counts, std::uint32_t size, std::uint8_t least,
                   const Use& use) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = 0x0101010101010101;
    for (std::uint32_t i = 0; i < size; i += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, counts + i, sizeof eight);
        std::uint64_t found = (eight + (128U - least) * ones) & (128 * ones);
        if (size - i < 8) found &= (std::uint64_t{1} << (8 * (size - i))) - 1;
        for (; found != 0; found &= found - 1)
            use(i + static_cast<std::uint32_t>(std::countr_zero(found)) / 8);
    }
}

/// Which of `lanes` counts are not 0, as a mask's bits.
/// Needs: counts below 128
inline unsigned which_are_some(const std::uint8_t* counts) {
    static_assert(lanes <= 8);
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, counts, lanes);
    const std::uint64_t some = ((bytes + 127 * ones) >> 7U) & ones;
    return static_cast<unsigned>((some * 0x0102040810204080) >> 56U);
}

template <Rule R>
class LineLookup {
public:
    using Shape = RuleShape<R>;
    using Lines = PostLines<R>;
    using Line = typename Lines::Line;
    using History = typename Shape::History;

    static constexpr std::uint32_t block = 128;         ///< synapses
    static constexpr std::uint8_t many = Lines::slots;  ///< spikes: perhaps more, or not known

    template <class T>
    using OfBlock = std::array<T, block + lanes>;  // room for whole registers
    struct Found {
        OfBlock<std::uint8_t> since;  ///< postsynaptic spikes to take in, or `many`
        std::array<OfBlock<double>, Lines::n_values> values;  ///< of the oldest, or of all
        std::array<OfBlock<double>, Shape::n_kept> sums;      ///< after the newest
    };

    /// `targets`: by place in the rows
    LineLookup(const Lines& lines, const History& history, const std::uint16_t* targets)
        : lines_(lines), history_(history), targets_(targets) {}

    /// Of the synapses [first, first + size).
    template <class Frames>
    void find(const Frames& frames, std::uint32_t first, std::uint32_t size, Found& found) const {
        const auto* targets = targets_ + first;
        if constexpr (Frames::are_shared) {
            const auto& frame = frames.one(first);
            const auto begin = lines_.limit(frame.begin, history_);
            const auto end = lines_.limit(frame.end, history_).low;
            if (lines_.newest() < frame.end && lines_.is_sharp(begin)) {
                for (std::uint32_t i = 0; i < size; ++i)
                    visit<false>(i, targets[i], begin, end, found);
            } else {
                for (std::uint32_t i = 0; i < size; ++i)
                    visit<true>(i, targets[i], begin, end, found);
            }
        } else {
            for (std::uint32_t i = 0; i < size; ++i) {
                const auto frame = frames.one(first + i);
                visit<true>(i, targets[i], lines_.limit(frame.begin, history_),
                            lines_.limit(frame.end, history_).low, found);
            }
        }
    }

private:
    using Times = std::experimental::fixed_size_simd<std::int32_t, Lines::slots>;

    template <bool checked>
    [[gnu::always_inline]] void visit(std::uint32_t i, std::uint32_t target,
                                      const typename Lines::Limit& begin, std::int32_t end,
                                      Found& found) const {
        const Line& line = lines_.lines()[target];
        const Times times(line.times.data(), std::experimental::element_aligned);
        auto since = static_cast<std::size_t>(popcount(times >= begin.from));
        if constexpr (checked) {
            const auto at_most = static_cast<std::size_t>(popcount(times >= begin.low));
            const bool is_known =
                (since == at_most || lines_.is_sharp(begin)) && line.times[0] < end;
            since = is_known ? since : many;
        }
        found.since[i] = static_cast<std::uint8_t>(since);
        if constexpr (Lines::n_values > 0) {
            const auto& values = lines_.values(target, since);
            for (std::size_t f = 0; f < Lines::n_values; ++f) found.values[f][i] = values[f];
        }
        for (std::size_t f = 0; f < Shape::n_kept; ++f) found.sums[f][i] = line.sums[f];
    }

    const Lines& lines_;
    const History& history_;
    const std::uint16_t* targets_;
};

}  // namespace sim
