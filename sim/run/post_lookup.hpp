// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the synapses of a block have to take in of the histories of their targets: how many
// postsynaptic spikes, and what these bring. Lean, as it takes most of the time of plastic synapses.

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
    using Frame = typename PlasticFrames<R>::template Frame<double>;

    static constexpr std::uint32_t block = 128;  ///< synapses

    struct Found {
        // Room for whole registers.
        std::array<std::uint8_t, block + lanes>
            since;  ///< postsynaptic spikes not before Frame::begin
        std::array<std::uint8_t, block + lanes> newer;  ///< and of them not before Frame::end
        std::array<double, block> at;  ///< how far each has come; for rules with a flow
        /// Of the oldest of those spikes, or of all if they add up; not for rules in rounds.
        std::array<std::array<double, block + lanes>, Shape::n_pre> decay;
        std::array<std::array<double, block + lanes>, Shape::n_kept> before;
        std::array<std::array<double, block + lanes>, Shape::n_kept>
            sum;                                        ///< of the newest before the end
        std::array<std::uint32_t, block + lanes> list;  ///< of those that have spikes to take in
        std::array<std::uint32_t, block> long_ones;     ///< that need more than a line
        std::uint32_t listed = 0;
        std::uint32_t many = 0;
    };

    PostLookup(const History& history, const std::uint16_t* targets, bool adds_up)
        : history_(history), targets_(targets), adds_up_(adds_up) {}

    /// Of synapses that share a frame.
    void find(const Frame& common, std::uint32_t size, Found& found) {
        const double begin = common.begin;
        const double end = common.end;
        for (std::size_t i = 0; i < size; ++i) visit(i, begin, end, found);
        if constexpr (HasFlow<R>) std::fill_n(found.at.begin(), size, begin);
        look_further([&](std::uint32_t) -> const Frame& { return common; }, found);
        list_those_with_spikes(size, found);
    }
    /// Of synapses with a frame each, frame_of(place in the block).
    template <class FrameOf>
    void find_each(const FrameOf& frame_of, std::uint32_t size, Found& found) {
        for (std::uint32_t i = 0; i < size; ++i) {
            const Frame frame = frame_of(i);
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
        // Such a number is looked up again.
        note(i, chunk, chunk, since % History::chunk, newer % History::chunk, found);
    }

    /// With the second chunk.
    template <class FrameOf>
    void look_further(const FrameOf& frame_of, Found& found) const {
        for (std::size_t o = 0; o < opened_; ++o) {
            const std::uint32_t i = open_[o];
            const Frame frame = frame_of(i);
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
            const bool is_far = (adds_up_ || since == 0 ? since : since - 1) >= History::chunk;
            note(i, is_far ? tail : head, newer >= History::chunk ? tail : head, since, newer,
                 found);
        }
    }

    /// `of_since` and `of_newer`: the chunks in which the oldest spike that counts, or the sum up to
    /// it, and the newest one before the end are.
    [[gnu::always_inline]] void note(std::size_t i, const double* of_since, const double* of_newer,
                                     std::size_t since, std::size_t newer, Found& found) const {
        newer = std::min(newer, since);
        found.since[i] = static_cast<std::uint8_t>(since);
        found.newer[i] = static_cast<std::uint8_t>(newer);
        if constexpr (!Shape::in_rounds) {
            constexpr auto layout = Shape::layout;
            // Of those that have none, any number will do.
            const std::size_t oldest = since == 0 ? 0 : since - 1;
            for (std::size_t f = 0; f < Shape::n_pre; ++f)
                found.decay[f][i] = adds_up_ ? of_since[History::place(since, layout.decay(f))] -
                                                   of_newer[History::place(newer, layout.decay(f))]
                                             : of_since[History::place(oldest, layout.decay(f))];
            for (std::size_t f = 0; f < Shape::n_kept; ++f) {
                if constexpr (layout.has_before)
                    found.before[f][i] = of_since[History::place(oldest, layout.before(f))];
                found.sum[f][i] = of_newer[History::place(newer, layout.sum(f))];
            }
        }
    }

    void list_those_with_spikes(std::uint32_t size, Found& found) const {
        if constexpr (Shape::takes_events)
            if (!adds_up_)
                for (std::uint32_t i = 0; i < size; ++i) {
                    found.list[found.listed] = i;
                    found.listed += found.since[i] > found.newer[i] ? 1 : 0;
                }
    }

    const History& history_;
    const std::uint16_t* targets_;  // of the block
    bool adds_up_;
    std::array<std::uint32_t, block> open_;  // the first chunk does not tell
    std::size_t opened_ = 0;
};

}  // namespace sim
