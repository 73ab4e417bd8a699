// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How many postsynaptic spikes the synapses of a block have to take in, for rules that look up all of
// these one by one (RuleShape::in_rounds).

#include <array>
#include <cstdint>
#include <experimental/simd>

#include "sim/run/plastic_frame.hpp"

namespace sim {

template <Rule R>
class PostLookup {
public:
    using Shape = RuleShape<R>;
    using History = typename Shape::History;

    static constexpr std::uint32_t block = 128;  ///< synapses

    struct Found {
        // Room for whole registers.
        std::array<std::uint8_t, block + lanes>
            since;  ///< postsynaptic spikes not before Frame::begin
        std::array<std::uint8_t, block + lanes> newer;  ///< and of them not before Frame::end
        std::array<double, block> at;  ///< how far each has come; for rules with a flow
        std::array<std::uint32_t, block + lanes> list;  ///< of those that have spikes to take in
        std::array<std::uint32_t, block> long_ones;     ///< that need more than a line
        std::uint32_t listed = 0;
        std::uint32_t many = 0;
    };

    PostLookup(const History& history, const std::uint16_t* targets)
        : history_(history), targets_(targets) {}

    /// frame_of(place in the block)
    template <class FrameOf>
    void find(const FrameOf& frame_of, std::uint32_t size, Found& found) {
        for (std::uint32_t i = 0; i < size; ++i) {
            const auto& frame = frame_of(i);
            visit(i, frame.begin, frame.end, found);
            if constexpr (HasFlow<R>) found.at[i] = frame.begin;
        }
        look_further(frame_of, found);
        list_those_with_spikes(size, found);
    }

private:
    using Times = std::experimental::fixed_size_simd<double, static_cast<int>(History::chunk)>;

    struct Counted {
        std::size_t since, newer;
    };
    static Counted count(const double* chunk, double begin, double end) {
        const Times times(chunk, std::experimental::element_aligned);
        return {static_cast<std::size_t>(popcount(times >= begin)),
                static_cast<std::size_t>(popcount(times >= end))};
    }

    // The first chunk of a line is enough for most synapses.
    [[gnu::always_inline]] void visit(std::size_t i, double begin, double end, Found& found) {
        const double* chunk = history_.chunks(0) + targets_[i] * History::chunk_size;
        const auto [since, newer] = count(chunk, begin, end);
        open_[opened_] = static_cast<std::uint32_t>(i);
        opened_ += since == History::chunk ? 1 : 0;
        note(i, since, newer, found);
    }

    /// With the second chunk.
    template <class FrameOf>
    void look_further(const FrameOf& frame_of, Found& found) const {
        for (std::size_t o = 0; o < opened_; ++o) {
            const std::uint32_t i = open_[o];
            const auto& frame = frame_of(i);
            const double* head = history_.chunks(0) + targets_[i] * History::chunk_size;
            const double* tail = history_.chunks(1) + targets_[i] * History::chunk_size;
            auto [since, newer] = count(head, frame.begin, frame.end);
            const auto more = count(tail, frame.begin, frame.end);
            since += more.since;
            newer += more.newer;
            if (since == History::slots) {  // perhaps there are more
                found.long_ones[found.many++] = i;
                since = newer = 0;
            }
            note(i, since, newer, found);
        }
    }

    static void note(std::size_t i, std::size_t since, std::size_t newer, Found& found) {
        found.since[i] = static_cast<std::uint8_t>(since);
        found.newer[i] = static_cast<std::uint8_t>(std::min(newer, since));
    }

    void list_those_with_spikes(std::uint32_t size, Found& found) const {
        if constexpr (Shape::takes_events)
            for (std::uint32_t i = 0; i < size; ++i) {
                found.list[found.listed] = i;
                found.listed += found.since[i] > found.newer[i] ? 1 : 0;
            }
    }

    const History& history_;
    const std::uint16_t* targets_;           // of the block
    std::array<std::uint32_t, block> open_;  // the first chunk does not tell
    std::size_t opened_ = 0;
};

}  // namespace sim
