// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The recent spikes of the postsynaptic neurons of a tile, with what a rule wants to know of them.
//
// For every target the newest spikes stand in a line, newest first, and older ones in a list. An
// entry holds the time and, so that no synapse has to evaluate an exponential,
//   decay[i]   e^(-(t - base) / tau) of every presynaptic trace
//   sum[j]     of every postsynaptic trace after the spike, times e^((t - base) / tau)
//   before[j]  that trace right before the spike, for rules that read it
// Threads: part of the plastic synapses of a tile.

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/exponential.hpp"
#include "sim/run/plastic.hpp"

namespace sim {

/// Where things are in an entry.
struct EntryLayout {
    std::size_t n_pre, n_post;
    bool has_before;

    constexpr std::size_t decay(std::size_t i) const { return 1 + i; }
    constexpr std::size_t sum(std::size_t j) const { return 1 + n_pre + j; }
    constexpr std::size_t before(std::size_t j) const { return 1 + n_pre + n_post + j; }
    constexpr std::size_t size() const { return 1 + n_pre + n_post * (has_before ? 2 : 1); }
};

template <EntryLayout layout>
class PostHistory {
public:
    static constexpr std::size_t slots = 8;  ///< in a line
    static constexpr std::size_t entry = layout.size();
    static constexpr double never = -std::numeric_limits<double>::max();

    /// `taus` in steps.
    PostHistory(std::uint32_t targets, std::vector<TraceInfo> pre, std::vector<TraceInfo> post)
        : pre_(std::move(pre)), post_(std::move(post)), older_(targets) {
        std::vector<double> none(entry, 0.0);
        none[0] = never;
        for (std::size_t i = 0; i < targets * slots; ++i)
            lines_.insert(lines_.end(), none.begin(), none.end());
    }

    double base() const { return base_; }

    /// Of slot 0, the newest, and on.
    const double* line(std::uint32_t target) const {
        return lines_.data() + static_cast<std::size_t>(target) * slots * entry;
    }
    /// The i-th newest, or one that never was.
    const double* at(std::uint32_t target, std::size_t i) const {
        if (i < slots) return line(target) + i * entry;
        const auto& list = older_[target];
        const std::size_t back = (i - slots + 1) * entry;
        return back <= list.size() ? list.data() + list.size() - back : none_.data();
    }

    void add(std::uint32_t target, double time) {
        double* newest = lines_.data() + static_cast<std::size_t>(target) * slots * entry;
        const double* last = newest + (slots - 1) * entry;
        if (last[0] != never) older_[target].insert(older_[target].end(), last, last + entry);
        std::array<double, entry> e{};
        e[0] = time;
        for (std::size_t i = 0; i < layout.n_pre; ++i)
            e[layout.decay(i)] = sim::exp(-(time - base_) / pre_[i].tau);
        for (std::size_t j = 0; j < layout.n_post; ++j) {
            const double up = sim::exp((time - base_) / post_[j].tau);
            const double earlier = newest[layout.sum(j)];
            e[layout.sum(j)] = post_[j].is_sum ? earlier + up : up;
            if constexpr (layout.has_before)
                e[layout.before(j)] = earlier * sim::exp(-(time - base_) / post_[j].tau);
        }
        std::copy_backward(newest, newest + (slots - 1) * entry, newest + slots * entry);
        std::copy(e.begin(), e.end(), newest);
    }

    /// Moves the base. Entries before `needed_from` will not be asked for, but for the newest of
    /// them.
    void rebase(double base, double needed_from) {
        for (auto& list : older_) trim(list, needed_from);
        std::array<double, entry> factor;
        factor.fill(1);
        for (std::size_t i = 0; i < layout.n_pre; ++i)
            factor[layout.decay(i)] = sim::exp((base - base_) / pre_[i].tau);
        for (std::size_t j = 0; j < layout.n_post; ++j)
            factor[layout.sum(j)] = sim::exp(-(base - base_) / post_[j].tau);
        const auto scale = [&](std::vector<double>& list) {
            for (std::size_t i = 0; i < list.size(); ++i) list[i] *= factor[i % entry];
        };
        scale(lines_);
        for (auto& list : older_) scale(list);
        base_ = base;
    }

    std::uint64_t bytes() const {
        std::uint64_t n = lines_.size();
        for (const auto& list : older_) n += list.capacity();
        return n * sizeof(double);
    }

private:
    static void trim(std::vector<double>& list, double needed_from) {
        std::size_t keep = list.size();
        while (keep > 0 && list[keep - entry] >= needed_from) keep -= entry;
        if (keep > 0) keep -= entry;
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(keep));
    }

    static constexpr std::array<double, entry> none_ = [] {
        std::array<double, entry> e{};
        e[0] = never;
        return e;
    }();
    std::vector<TraceInfo> pre_, post_;
    double base_ = 0;
    std::vector<double> lines_;               // [target][slot][entry]
    std::vector<std::vector<double>> older_;  // [target][oldest first][entry]
};

}  // namespace sim
