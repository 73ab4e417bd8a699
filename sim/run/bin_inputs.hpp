// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What arrives at the neurons of a tile within one bin of exact timing.
//
// Threads: part of a block.

#include <algorithm>
#include <cstdint>
#include <experimental/simd>
#include <span>
#include <vector>

#include "sim/run/block.hpp"
#include "sim/run/neuron_bits.hpp"

namespace sim {

// Inlined always: g++ takes a function that only fetches for one without effect, and drops its calls.
template <class T>
[[gnu::always_inline]] inline void fetch(const T* first, const T* last) {
    constexpr std::size_t line = 64;
    const auto* to = reinterpret_cast<const char*>(last);
    for (auto* from = reinterpret_cast<const char*>(first); from < to; from += line)
        __builtin_prefetch(from);
}

/// Asks for the synapses of a run.
[[gnu::always_inline]] inline void fetch(const Run& run) {
    fetch(run.rows->targets() + run.first, run.rows->targets() + run.last);
    if (run.weights != nullptr) fetch(run.weights + run.first, run.weights + run.last);
    else if (const float* weights = run.rows->floats())
        fetch(weights + run.first, weights + run.last);
    run.rows->fetch_offset(run.first);
}

/// A run is short and its place random; without this each would wait for memory at its start.
[[gnu::always_inline]] inline void fetch_ahead(std::span<const Run> runs, std::size_t i,
                                               std::size_t ahead) {
    if (i + ahead < runs.size()) fetch(runs[i + ahead]);
}

/// Where a spike of this weight arrives in a neuron of model M.
template <class M>
Receptor receptor_of(double weight) {
    return M::ports.size() == 2 && weight < 0 ? Receptor::inh : Receptor::exc;
}

/// When in its bin a synapse of a run acts, ms.
inline double offset_of(std::uint32_t k, const Run& run, double resolution) {
    if (!run.each_has_offset) return run.offset;
    const double offset = run.offset + run.rows->offset(k);
    return run.is_carried ? offset - resolution : offset;
}

/// Calls visit(target, offset, weight) for every synapse of a run; returns their number.
template <class Visit>
std::uint64_t for_each_synapse(const Run& run, double resolution, Visit visit) {
    const auto* targets = run.rows->targets();
    run.with_weights([&](auto weight) {
        for (std::uint32_t k = run.first; k < run.last; ++k)
            visit(targets[k], offset_of(k, run, resolution), weight(k));
    });
    return run.last - run.first;
}

/// Calls visit(index) for every synapse of a run onto a target. All targets are compared, side by
/// side: a run need not be in their order.
template <class Visit>
void for_each_index_onto(std::uint32_t target, const Run& run, const Visit& visit) {
    using Targets = std::experimental::native_simd<std::uint16_t>;
    constexpr auto width = static_cast<std::uint32_t>(Targets::size());
    static_assert(width <= SynapseRows::readable_beyond);
    const auto* targets = run.rows->targets();
    const Targets wanted(static_cast<std::uint16_t>(target));
    const auto is_there = [&](std::uint32_t k) {
        return Targets(targets + k, std::experimental::element_aligned) == wanted;
    };
    typename Targets::mask_type found(false);
    for (std::uint32_t k = run.first; k < run.last; k += width) found = found | is_there(k);
    if (none_of(found)) [[likely]]
        return;
    for (std::uint32_t begin = run.first; begin < run.last; begin += width) {
        if (none_of(is_there(begin))) continue;
        for (std::uint32_t k = begin; k < std::min(begin + width, run.last); ++k)
            if (targets[k] == target) visit(k);
    }
}

/// Calls visit(index) for every synapse of a run onto targets that have a flag.
template <class Visit>
void for_each_flagged_index(const std::uint8_t* flags, const Run& run, const Visit& visit) {
    constexpr std::uint32_t width = 8;  // looked up without a branch
    // By pointers: an index of 32 bits would cost an instruction a synapse.
    const auto* const begin = run.rows->targets();
    const auto* const last = begin + run.last;
    const auto* at = begin + run.first;
    for (; last - at >= width; at += width) {
        unsigned any = 0;
        for (std::uint32_t i = 0; i < width; ++i) any |= flags[at[i]];
        if (any == 0) [[likely]]
            continue;
        for (std::uint32_t i = 0; i < width; ++i)
            if (flags[at[i]] != 0) visit(static_cast<std::uint32_t>(at + i - begin));
    }
    for (; at < last; ++at)
        if (flags[*at] != 0) visit(static_cast<std::uint32_t>(at - begin));
}

/// In the order of arrival; those of one instant stay in theirs.
inline void sort_by_offset(std::vector<Arrival>& list) {
    const auto is_before = [](const Arrival& a, const Arrival& b) { return a.offset < b.offset; };
    constexpr std::size_t few = 48;
    if (list.size() > few) {
        std::stable_sort(list.begin(), list.end(), is_before);
        return;
    }
    for (std::size_t i = 1; i < list.size(); ++i)
        for (std::size_t j = i; j > 0 && is_before(list[j], list[j - 1]); --j)
            std::swap(list[j], list[j - 1]);
}

/// Arrivals sorted by neuron, for those neurons that are asked for.
class ArrivalLists {
public:
    explicit ArrivalLists(std::size_t size) : has_(size, 0), bits_(size), list_of_(size) {}

    bool has(std::size_t neuron) const { return has_[neuron] != 0; }
    /// 1 for neurons that have lists, 0 for others.
    const std::uint8_t* flags() const { return has_.data(); }
    /// The same by pack, for mask_of.
    const std::uint8_t* bits() const { return bits_.data(); }
    std::span<const std::uint32_t> neurons() const { return neurons_; }

    /// Opens an empty list; no effect if it is open.
    std::vector<Arrival>& open(std::size_t neuron) {
        if (has_[neuron] == 0) {
            has_[neuron] = 1;
            bits_.set(neuron);
            list_of_[neuron] = static_cast<std::uint32_t>(neurons_.size());
            neurons_.push_back(static_cast<std::uint32_t>(neuron));
            if (lists_.size() < neurons_.size()) lists_.emplace_back();
        }
        return of(neuron);
    }

    std::vector<Arrival>& of(std::size_t neuron) { return lists_[list_of_[neuron]]; }

    void clear() {
        for (std::size_t i = 0; i < neurons_.size(); ++i) {
            has_[neurons_[i]] = 0;
            bits_.clear(neurons_[i]);
            lists_[i].clear();
        }
        neurons_.clear();
    }

private:
    std::vector<std::uint8_t> has_;       // by neuron
    NeuronBits bits_;                     // the same
    std::vector<std::uint32_t> list_of_;  // neuron -> number of its list, if it has one
    std::vector<std::uint32_t> neurons_;  // that have lists, in the order of opening
    std::vector<std::vector<Arrival>> lists_;
};

}  // namespace sim
