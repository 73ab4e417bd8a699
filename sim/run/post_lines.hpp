// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What most synapses want to know of the history of their target, in one line of memory: when the
// newest postsynaptic spikes were, and what the first of these bring; what others do stands apart.
//
// A line holds the spikes before `shown()`, newest first. That is the end of the latest frame so far:
// on the grid, with one delay, every presynaptic spike finds just the spikes before its own end.
// Times are whole ticks, parts of a step; spikes between ticks are rounded down, and a frame that
// begins within such a tick does not know (`Begin::is_sharp`).
//
// Invariant: a line follows from the history and shown() alone, so results do not depend on when
// lines were made.
// Threads: part of the plastic synapses of a tile.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/huge_array.hpp"
#include "sim/run/plastic_frame.hpp"

namespace sim {

template <Rule R>
class PostLines {
public:
    using Shape = RuleShape<R>;
    using History = typename Shape::History;
    static constexpr auto layout = Shape::layout;

    static constexpr std::size_t slots = 8;
    /// Of a spike: the decays of presynaptic traces, then the traces right before it.
    static constexpr std::size_t n_values =
        Shape::takes_events ? layout.n_pre + (layout.has_before ? layout.n_post : 0) : 0;

    /// Of the n-th newest spike, or, if they add up, sums over the n newest; of none 0.
    using Values = std::array<double, n_values>;

    // The first half of a line has all that most synapses need. Halves of one kind are neighbours, as
    // the first ones of a tile then fit into the caches.
    static constexpr std::size_t head_bytes =
        slots * sizeof(std::int32_t) + Shape::n_kept * sizeof(double);
    static constexpr std::size_t all_bytes =
        head_bytes + (slots + 1) * sizeof(Values) * (n_values > 0);
    static constexpr std::size_t half_bytes = (all_bytes / 2 + 63) / 64 * 64;
    /// Spikes whose values are in the first half.
    static constexpr std::size_t near =
        n_values == 0 ? slots
                      : std::min(slots, (half_bytes - head_bytes) / sizeof(double) /
                                                std::max<std::size_t>(n_values, 1) -
                                            1);
    struct alignas(64) Line {
        std::array<std::int32_t, slots> times;   ///< ticks, newest first
        std::array<double, Shape::n_kept> sums;  ///< after the newest
        std::array<Values, near + 1> values;
    };
    struct alignas(64) Rest {
        std::array<Values, slots - near> values;
    };

    /// `longest`: from the base of the history, or back, to anything that is asked for; steps
    PostLines(std::uint32_t targets, double longest, bool adds_up)
        : adds_up_(adds_up), ticks_(std::exp2(std::floor(std::log2(most_ticks / longest)))) {
        lines_.resize(targets);
        if constexpr (near < slots) rests_.resize(targets);
    }

    const Line* lines() const { return lines_.data(); }
    /// Of the n-th newest spike in the line of a target.
    const Values& values(std::uint32_t target, std::size_t n) const {
        const Values* from = lines_.data()[target].values.data();
        if constexpr (near < slots) {
            const bool is_near = n <= near;
            from = is_near ? from : rests_.data()[target].values.data();
            n = is_near ? n : n - near - 1;
        }
        return from[n];
    }
    double shown() const { return shown_; }
    /// The time of the newest spike in any line.
    double newest() const { return newest_; }

    void add(std::uint32_t target, double time) {
        std::size_t i = waiting_.size();
        waiting_.push_back({time, target});
        for (; i > first_ && waiting_[i - 1].time > time; --i) waiting_[i] = waiting_[i - 1];
        waiting_[i] = {time, target};
    }

    /// Lines with all spikes before `end`, or more.
    void show(const History& history, double end) {
        if (end <= shown_) return;
        shown_ = end;
        for (; first_ < waiting_.size() && waiting_[first_].time < end; ++first_) {
            newest_ = waiting_[first_].time;
            refresh(waiting_[first_].target, history);
        }
        if (2 * first_ > waiting_.size() + few) {
            waiting_.erase(waiting_.begin(),
                           waiting_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
    }

    /// After the history has moved its base, and forgotten. No end will be before `end`.
    void rebase(const History& history, double end) {
        show(history, end);
        refresh_all(history);
    }
    void clear(const History& history) {
        waiting_.clear();
        first_ = 0;
        shown_ = before_all;
        newest_ = History::never;
        refresh_all(history);
    }

    /// Spikes at or after a time have at least `low` ticks, and those of `from` ticks are.
    struct Limit {
        std::int32_t low, from;
    };
    Limit limit(double time, const History& history) const {
        const double ticks = ticks_of(time, history);
        return {static_cast<std::int32_t>(std::floor(ticks)),
                static_cast<std::int32_t>(std::ceil(ticks))};
    }
    /// No spike is within the tick of `low`, but before or after the time.
    bool is_sharp(const Limit& limit) const { return !is_fine_ || limit.low == limit.from; }

    std::uint64_t bytes() const {
        return lines_.size() * sizeof(Line) + rests_.size() * sizeof(Rest);
    }

private:
    static constexpr double most_ticks = 0x1p29;
    static constexpr std::size_t few = 256;
    static constexpr double before_all = History::never / 2;

    double ticks_of(double time, const History& history) const {
        return std::clamp((time - history.base()) * ticks_, -2 * most_ticks, 2 * most_ticks);
    }

    void refresh_all(const History& history) {
        is_fine_ = false;
        for (std::uint32_t k = 0; k < lines_.size(); ++k) refresh(k, history);
    }
    void refresh(std::uint32_t target, const History& history) {
        Line& line = lines_[target];
        std::size_t newer = 0;
        while (history.value(target, newer, 0) >= shown_) ++newer;
        for (std::size_t j = 0; j < Shape::n_kept; ++j)
            line.sums[j] = history.value(target, newer, layout.sum(j));
        for (std::size_t slot = 0; slot < slots; ++slot) {
            const double time = history.value(target, newer + slot, 0);
            const double ticks = ticks_of(time, history);
            line.times[slot] = static_cast<std::int32_t>(std::floor(ticks));
            is_fine_ = is_fine_ || (time != History::never && std::floor(ticks) != ticks);
            Values& values =
                slot < near ? line.values[slot + 1] : rests_[target].values[slot - near];
            for (std::size_t i = 0; i < n_values; ++i)
                values[i] = adds_up_ ? sum(target, newer, slot, i, history)
                                     : history.value(target, newer + slot, field(i));
        }
    }

    static constexpr std::size_t field(std::size_t i) {
        return i < layout.n_pre ? layout.decay(i) : layout.before(i - layout.n_pre);
    }
    /// Oldest first, as one synapse alone would add.
    static double sum(std::uint32_t target, std::size_t newer, std::size_t oldest, std::size_t i,
                      const History& history) {
        double sum = 0;
        for (std::size_t slot = oldest + 1; slot-- > 0;)
            sum += history.value(target, newer + slot, field(i));
        return sum;
    }

    struct Event {
        double time;
        std::uint32_t target;
    };
    bool adds_up_;
    double ticks_;          // in a step, a power of 2
    bool is_fine_ = false;  // some times are not whole ticks
    double shown_ = before_all;
    double newest_ = History::never;
    HugeArray<Line> lines_;
    HugeArray<Rest> rests_;
    std::vector<Event> waiting_;  // from first_ on, by time: not in the lines yet
    std::size_t first_ = 0;
};

}  // namespace sim
