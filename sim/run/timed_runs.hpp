// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What spikes bring to a tile through timed synapses, whose delays have parts below a step.
//
// With the part of its spike, a run acts in the bin of its whole steps and in the one after it. Its
// synapses are in the order of their parts: so one stretch acts in each of them, and whoever goes
// through the first finds where it ends. The rest is carried into the next bin.
//
// Threads: one at a time.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "sim/net/synapse_rows.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/run_calendar.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

struct Tile;
struct ProjectionGroup;
struct Population;

/// `lanes` timed synapses side by side.
struct TimedPack {
    explicit TimedPack(const std::uint64_t* from) {
        typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
        WordLanes words;
        std::memcpy(&words, from, sizeof words);
        // A whole number below 2^52 beside the exponent of 2^52: conversions of 64 bits are not on
        // every machine.
        const WordLanes bits = words >> 48U | std::bit_cast<std::uint64_t>(0x1p52);
        parts = Pack(std::bit_cast<Doubles>(bits)) - Pack(0x1p52);
        weights = widen(low_floats(words));
    }
    Pack parts;    ///< of the delays, in units of the rows' fraction
    Pack weights;  ///< in units of the rows' timed_unit
};

class TimedRuns {
public:
    /// Synapses [first, last) of some rows, and the part of the spike below a step, ms.
    struct Run {
        std::uint32_t first;
        std::uint32_t last;
        double offset;
    };

    /// When a synapse of some rows acts in the bin under way.
    struct Offsets {
        double fraction;
        double resolution;
        bool is_carried;

        /// ms after the begin of the bin; with `acts`, in which lanes it is in this bin
        Pack of(const Run& run, const Pack& parts, Pack::mask_type& acts) const {
            const Pack sum = Pack(run.offset) + parts * Pack(fraction);
            acts = is_carried ? sum >= Pack(resolution) : sum < Pack(resolution);
            return is_carried ? sum - Pack(resolution) : sum;
        }
        double of(const Run& run, std::uint64_t synapse) const {
            const double sum = run.offset + static_cast<double>(synapse >> 48U) * fraction;
            return is_carried ? sum - resolution : sum;
        }
    };

    /// The runs of one bin through some rows: those that reach it from the bin before, and fresh ones.
    class OfRows {
    public:
        OfRows(const SynapseRows& rows, std::size_t pre, bool of_source, double resolution)
            : is_source(of_source), calendar_(rows, pre), resolution_(resolution) {}

        const SynapseRows& rows() const { return calendar_.rows(); }

        /// Calls use(chunk of synapses, run, offsets) for all chunks with synapses that act in the bin, or
        /// have weight 0; it returns which do, as bits. Cuts fresh runs where they leave the bin.
        /// Returns how many synapses act.
        template <class Use>
        std::uint64_t for_each_chunk(const Use& use) {
            constexpr unsigned whole = (1U << chunk) - 1;
            std::uint64_t synapses = 0;
            const auto* all = rows().timed();
            const auto late = offsets(true);
            for (std::size_t i = 0; i < carried_.size(); ++i) {
                fetch_ahead(carried_, i);
                const Run run = carried_[i];
                synapses += run.last - run.first;
                for (auto k = run.first / chunk * chunk; k < run.last; k += chunk)
                    use(all + k, run, late);
            }
            const auto now = offsets(false);
            for (std::size_t i = 0; i < fresh_.size(); ++i) {
                fetch_ahead(fresh_, i);
                const Run run = fresh_[i];
                auto last = run.last;
                for (auto k = run.first; k < run.last; k += chunk)
                    if (const unsigned acts = use(all + k, run, now); acts != whole) {
                        last = k + static_cast<std::uint32_t>(std::popcount(acts));
                        break;
                    }
                cut(fresh_[i], last);
                synapses += last - run.first;
            }
            is_cut_ = true;
            return synapses;
        }

        /// Cuts fresh runs, as for_each_chunk does.
        void cut_all() {
            for (auto& run : fresh_)
                cut(run, rows().carried(run.first, run.last, run.offset, resolution_));
            is_cut_ = true;
        }

        /// Calls use(target, offset, weight) for the synapses that act in the bin, onto targets that
        /// `wants` is not 0 of; returns how many act onto any.
        /// Needs: fresh runs are cut
        template <class Wants, class Use>
        std::uint64_t for_each_synapse(const Wants& wants, const Use& use) const {
            std::uint64_t synapses = 0;
            const auto* all = rows().timed();
            for (const bool is_carried : {true, false}) {
                const auto offsets = this->offsets(is_carried);
                for (const auto& run : is_carried ? carried_ : fresh_) {
                    synapses += run.last - run.first;
                    // Most chunks have none: asked for all of their synapses without a branch.
                    for (auto k = run.first / chunk * chunk; k < run.last; k += chunk) {
                        unsigned any = 0;
                        for (std::uint32_t i = k; i < k + chunk; ++i)
                            any |= wants(SynapseRows::timed_target(all[i]));
                        if (any == 0) [[likely]]
                            continue;
                        for (auto i = std::max(k, run.first); i < std::min(k + chunk, run.last); ++i)
                            if (const auto target = SynapseRows::timed_target(all[i]);
                                wants(target) != 0)
                                use(target, offsets.of(run, all[i]), rows().weight(i));
                    }
                }
            }
            return synapses;
        }

        const bool is_source;

    private:
        friend class TimedRuns;
        static constexpr std::uint32_t chunk = SynapseRows::chunk;
        static constexpr std::size_t ahead = 12;  // runs, some 500 synapses

        Offsets offsets(bool is_carried) const {
            return {rows().fraction(), resolution_, is_carried};
        }

        void fetch_ahead(const std::vector<Run>& runs, std::size_t i) const {
            if (i + ahead < runs.size()) fetch(runs[i + ahead]);
        }
        void fetch_part(Step step, std::size_t begin, std::size_t end, std::size_t size) const {
            const auto& runs = calendar_.at(step);
            const auto last = runs.size() * end / size;
            for (auto i = runs.size() * begin / size; i < last; ++i) fetch(runs[i]);
        }
        [[gnu::always_inline]] void fetch(const Run& run) const {
            const auto* all = rows().timed();
            for (auto k = run.first / chunk * chunk; k < run.last; k += chunk)
                __builtin_prefetch(all + k, 0, 2);
        }

        /// What follows `last` acts in the next bin.
        void cut(Run& run, std::uint32_t last) {
            if (last < run.last) next_.push_back({last, run.last, run.offset});
            run.last = last;
        }

        /// Those that the bin before carried into this one, and those whose whole steps end here.
        void begin(Step step) {
            if (!is_cut_) cut_all();
            is_cut_ = false;
            carried_.swap(next_);
            next_.clear();
            fresh_.swap(calendar_.at(step));
            calendar_.at(step).clear();
        }

        RunCalendar<Run> calendar_;
        double resolution_;
        std::vector<Run> carried_, fresh_, next_;
        bool is_cut_ = true;
    };

    /// Lists what arrives in `window`.
    /// Needs: windows one after the other, none longer than a delay
    void list(const Tile& tile, const std::vector<ProjectionGroup>& groups,
              const std::vector<Population>& populations, double resolution,
              const std::vector<SpikeRing>& rings, Window window);

    /// Makes the runs of the next step of the window those of the bin under way, if they are not.
    void begin(Step step) {
        if (step == step_) return;
        step_ = step;
        for (auto& rows : rows_) rows.begin(step);
    }

    std::span<OfRows> rows() { return rows_; }

    /// Asks for a part of the synapses that act in the next bin, as far as they are known: from `begin` to
    /// `end` of `size`. For loops that leave memory idle.
    void fetch_next(std::size_t begin, std::size_t end, std::size_t size) const {
        for (const auto& rows : rows_) rows.fetch_part(step_ + 1, begin, end, size);
    }

    /// Spikes under way no longer arrive.
    void clear();

private:
    void open(const Tile& tile, const std::vector<ProjectionGroup>& groups,
              const std::vector<Population>& populations, double resolution);

    Step begin_ = 0;  // of the window
    Step step_ = -1;  // under way
    bool is_open_ = false;
    std::vector<OfRows> rows_;
};

}  // namespace sim
