// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The recent spikes of the postsynaptic neurons of a tile, with what a rule wants to know of them.
//
// For every target the newest spikes stand in a line, newest first, and older ones in a list. An
// entry holds the time and, so that no synapse has to evaluate an exponential,
//   decay[i]   e^(-(t - base) / tau) of every presynaptic trace
//   sum[j]     of every postsynaptic trace after the spike, times e^((t - base) / tau)
//   before[j]  that trace right before the spike, for rules that read it
//   amount     of an event of the modulator, which stands among the spikes; NaN for a spike
// A line has chunks of four entries, and in them one field after the other, so that the times of four
// are compared at once. The first chunks of all targets stand together, as few synapses look further.
// Threads: part of the plastic synapses of a tile.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/exponential.hpp"
#include "sim/core/huge_array.hpp"
#include "sim/run/plastic.hpp"

namespace sim {

/// Where things are in an entry.
struct EntryLayout {
    std::size_t n_pre, n_post;  ///< traces; those of the modulator stand after the postsynaptic ones
    bool has_before, has_amount;

    constexpr std::size_t decay(std::size_t i) const { return 1 + i; }
    constexpr std::size_t sum(std::size_t j) const { return 1 + n_pre + j; }
    constexpr std::size_t before(std::size_t j) const { return 1 + n_pre + n_post + j; }
    constexpr std::size_t amount() const { return 1 + n_pre + n_post * (has_before ? 2 : 1); }
    constexpr std::size_t size() const { return amount() + (has_amount ? 1 : 0); }
};

template <EntryLayout layout>
class PostHistory {
public:
    static constexpr std::size_t chunk = 4;    ///< entries
    static constexpr std::size_t slots = 8;    ///< entries in a line
    static constexpr std::size_t entry = layout.size();
    /// Doubles, in whole lines of the cache.
    static constexpr std::size_t chunk_size = (chunk * entry + 7) / 8 * 8;
    static constexpr double never = -std::numeric_limits<double>::max();

    /// Where in a chunk.
    static constexpr std::size_t place(std::size_t slot, std::size_t field) {
        return field * chunk + slot % chunk;
    }

    /// `taus` in steps.
    PostHistory(std::uint32_t targets, std::vector<TraceInfo> pre, std::vector<TraceInfo> post)
        : pre_(std::move(pre)),
          post_(std::move(post)),
          targets_(targets),
          lines_(slots / chunk * targets * chunk_size),
          older_(targets) {
        clear();
    }

    void clear() {
        std::fill(lines_.begin(), lines_.end(), 0.0);
        for (std::uint32_t k = 0; k < targets_; ++k)
            for (std::size_t slot = 0; slot < slots; ++slot) at(k, slot, 0) = never;
        for (auto& list : older_) list.clear();
        newest_ = never;
        added_ = 0;
    }

    /// Spikes of all targets in the order of `add`, the i-th newest; of the newest few.
    struct Event {
        double time;
        std::uint32_t target;
    };
    static constexpr std::size_t recent = 64;
    const Event& event(std::size_t i) const { return events_[(added_ - 1 - i) % recent]; }
    std::size_t events() const { return std::min<std::size_t>(added_, recent); }

    double base() const { return base_; }
    /// The time of the last spike of any target, or before all.
    double newest() const { return newest_; }
    /// The first or the second chunks of all targets.
    const double* chunks(std::size_t number) const {
        return lines_.data() + number * targets_ * chunk_size;
    }
    double in_line(std::uint32_t target, std::size_t slot, std::size_t field) const {
        return chunks(slot / chunk)[target * chunk_size + place(slot, field)];
    }

    /// A field of the slot-th newest spike of a target, or of one that never was.
    double value(std::uint32_t target, std::size_t slot, std::size_t field) const {
        if (slot < slots) return in_line(target, slot, field);
        const auto& list = older_[target];
        const std::size_t back = (slot - slots + 1) * entry;
        if (back <= list.size()) return list[list.size() - back + field];
        return field == 0 ? never : 0;
    }

    using Jumps = std::array<double, layout.n_post>;
    /// What an event leaves as it is, or does not have.
    static constexpr double untouched = std::numeric_limits<double>::quiet_NaN();

    /// The j-th postsynaptic trace right before `time`, no earlier than the newest entry.
    double before(std::uint32_t target, double time, std::size_t j) const {
        return in_line(target, 0, layout.sum(j)) * sim::exp(-(time - base_) / post_[j].tau);
    }

    /// A spike, or an event of the modulator with its amount (else `untouched`). `jumps`: what it adds to
    /// each trace, or, of those that only the last one counts for, makes of them.
    void add(std::uint32_t target, double time, const Jumps& jumps, double amount) {
        if (at(target, slots - 1, 0) != never)
            for (std::size_t field = 0; field < entry; ++field)
                older_[target].push_back(value(target, slots - 1, field));
        newest_ = std::max(newest_, time);
        events_[added_++ % recent] = {time, target};
        std::array<double, entry> e{};
        e[0] = time;
        for (std::size_t i = 0; i < layout.n_pre; ++i)
            e[layout.decay(i)] = decay(i, time);
        for (std::size_t j = 0; j < layout.n_post; ++j) {
            const double up = sim::exp((time - base_) / post_[j].tau);
            const double earlier = at(target, 0, layout.sum(j));
            e[layout.sum(j)] = std::isnan(jumps[j]) ? earlier
                               : post_[j].is_sum    ? earlier + jumps[j] * up
                                                    : jumps[j] * up;
            if constexpr (layout.has_before) e[layout.before(j)] = before(target, time, j);
        }
        if constexpr (layout.has_amount) e[layout.amount()] = amount;
        for (std::size_t field = 0; field < entry; ++field) {
            for (std::size_t slot = slots; --slot > 0;)
                at(target, slot, field) = at(target, slot - 1, field);
            at(target, 0, field) = e[field];
        }
    }

    /// Moves the base. Entries before `needed_from` will not be asked for, but for the newest of
    /// them.
    void rebase(double base, double needed_from) {
        if (newest_ == never) {
            base_ = base;
            return;
        }
        for (auto& list : older_) trim(list, needed_from);
        std::array<double, entry> factor;
        factor.fill(1);
        for (std::size_t i = 0; i < layout.n_pre; ++i)
            factor[layout.decay(i)] = sim::exp((base - base_) / pre_[i].tau);
        for (std::size_t j = 0; j < layout.n_post; ++j)
            factor[layout.sum(j)] = sim::exp(-(base - base_) / post_[j].tau);
        for (std::uint32_t k = 0; k < targets_; ++k)
            for (std::size_t slot = 0; slot < slots; ++slot)
                for (std::size_t field = 0; field < entry; ++field) at(k, slot, field) *= factor[field];
        for (auto& list : older_)
            for (std::size_t i = 0; i < list.size(); ++i) list[i] *= factor[i % entry];
        base_ = base;
    }

    std::uint64_t bytes() const {
        std::uint64_t n = lines_.size();
        for (const auto& list : older_) n += list.capacity();
        return n * sizeof(double);
    }

private:
    double& at(std::uint32_t target, std::size_t slot, std::size_t field) {
        return lines_[(slot / chunk * targets_ + target) * chunk_size + place(slot, field)];
    }
    double decay(std::size_t i, double time) const {
        return sim::exp(-(time - base_) / pre_[i].tau);
    }

    static void trim(std::vector<double>& list, double needed_from) {
        std::size_t keep = list.size();
        while (keep > 0 && list[keep - entry] >= needed_from) keep -= entry;
        if (keep > 0) keep -= entry;
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(keep));
    }

    std::vector<TraceInfo> pre_, post_;
    double base_ = 0;
    double newest_ = never;
    std::array<Event, recent> events_{};
    std::uint64_t added_ = 0;
    std::size_t targets_;
    HugeArray<double> lines_;                 // [chunk][target][field][entry]
    std::vector<std::vector<double>> older_;  // [target][oldest first][entry]
};

}  // namespace sim
