// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What arrives at the neurons of a tile within one bin of exact timing.
//
// Threads: part of a block.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/run/block.hpp"

namespace sim {

/// How far ahead of use synapses are fetched, in runs: far enough to hide the latency of memory.
inline constexpr std::size_t runs_ahead = 4;

/// Asks for the targets of a run.
inline void fetch(const Run& run) {
    constexpr std::size_t line = 64;
    const auto* from = reinterpret_cast<const char*>(run.rows->targets() + run.first);
    const auto* to = reinterpret_cast<const char*>(run.rows->targets() + run.last);
    for (; from < to; from += line) __builtin_prefetch(from);
}

/// A run is short and its place random; without this each would wait for memory at its start.
inline void fetch_ahead(std::span<const Run> runs, std::size_t i) {
    if (i + runs_ahead < runs.size()) fetch(runs[i + runs_ahead]);
}

/// Calls visit(target, offset, weight) for every synapse of a run; returns their number.
template <class Visit>
std::uint64_t for_each_synapse(const Run& run, double resolution, Visit visit) {
    const auto* targets = run.rows->targets();
    std::uint64_t count = 0;
    run.rows->with_weights([&](auto weight) {
        if (!run.each_has_offset) {
            for (std::uint32_t k = run.first; k < run.last; ++k) visit(targets[k], run.offset, weight(k));
            count = run.last - run.first;
            return;
        }
        for (std::uint32_t k = run.first; k < run.last; ++k) {
            double offset = run.offset + run.rows->offset(k);
            if ((offset >= resolution) != run.is_carried) continue;
            if (run.is_carried) offset -= resolution;
            visit(targets[k], offset, weight(k));
            ++count;
        }
    });
    return count;
}

/// Arrivals sorted by neuron, for those neurons that are asked for.
class ArrivalLists {
public:
    explicit ArrivalLists(std::size_t size) : list_of_(size, 0) {}

    bool has(std::size_t neuron) const { return list_of_[neuron] != 0; }
    std::span<const std::uint32_t> neurons() const { return neurons_; }

    /// Opens an empty list; no effect if it is open.
    std::vector<Arrival>& open(std::size_t neuron) {
        if (list_of_[neuron] == 0) {
            neurons_.push_back(static_cast<std::uint32_t>(neuron));
            list_of_[neuron] = static_cast<std::uint32_t>(neurons_.size());
            if (lists_.size() < neurons_.size()) lists_.emplace_back();
        }
        return lists_[list_of_[neuron] - 1];
    }

    std::vector<Arrival>& of(std::size_t neuron) { return lists_[list_of_[neuron] - 1]; }

    void clear() {
        for (std::size_t i = 0; i < neurons_.size(); ++i) {
            list_of_[neurons_[i]] = 0;
            lists_[i].clear();
        }
        neurons_.clear();
    }

private:
    std::vector<std::uint32_t> list_of_;  // neuron -> number of its list + 1, 0: none
    std::vector<std::uint32_t> neurons_;  // that have lists, in the order of opening
    std::vector<std::vector<Arrival>> lists_;
};

}  // namespace sim
