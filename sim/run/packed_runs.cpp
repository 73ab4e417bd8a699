// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/packed_runs.hpp"

#include <algorithm>
#include <cstring>

namespace sim {

void PackedRuns::open(const Tile& tile, const std::vector<ProjectionGroup>& groups,
                      std::span<const std::int16_t> sums_of) {
    is_open_ = true;
    for (const auto& [group, rows] : tile.incoming)
        if (rows.is_packed())
            rows_.push_back({RunCalendar<Run>(rows, groups[group].pre), sums_of[group]});
}

void PackedRuns::list(const Tile& tile, const std::vector<ProjectionGroup>& groups,
                      std::span<const std::int16_t> sums_of, const std::vector<SpikeRing>& rings,
                      Window window) {
    if (!is_open_) open(tile, groups, sums_of);
    if (rows_.empty()) return;
    for (auto& [calendar, sums] : rows_)
        for (Step step = begin_; step < window.begin; ++step)
            calendar.enter(rings[calendar.pre()].at(step), step,
                           [](const Spike&, const auto* entry) {
                               return Run{entry[0], entry[1]};
                           });
    begin_ = window.begin;
    n_chunks_ = 0;
    stretches_.clear();
    ends_.clear();
    for (Step step = window.begin; step < window.end; ++step) {
        std::uint64_t synapses = 0;
        for (auto& [calendar, sums] : rows_) {
            synapses += take(calendar.rows(), calendar.at(step));
            stretches_.push_back({sums, n_chunks_});
        }
        ends_.push_back({stretches_.size(), synapses});
    }
    if (n_chunks_ == 0) return;
    if (chunks_.size() < n_chunks_ + ahead) chunks_.resize(n_chunks_ + ahead);
    for (std::size_t i = 0; i < ahead; ++i) {
        chunks_[n_chunks_ + i] = chunks_[0];  // nothing more to fetch
        __builtin_prefetch(chunks_[i]);
    }
}

/// Moves runs of the calendar to the chunks of the window. Writes the first chunks of a run without
/// asking how many there are, and those that are none again.
std::uint64_t PackedRuns::take(const SynapseRows& rows, std::vector<Run>& runs) {
    constexpr std::size_t unasked = 8;
    std::size_t n = n_chunks_;
    std::uint64_t synapses = 0;
    for (const auto& run : runs) {
        const auto begin = SynapseRows::chunked_begin(&run.entry);
        const auto end = SynapseRows::chunked_begin(&run.next);
        const std::size_t chunks = (end - begin) / SynapseRows::chunk;
        if (n + chunks + unasked > chunks_.size()) chunks_.resize(2 * (n + chunks + unasked));
        const auto* first = rows.packed() + begin;
        const auto** to = chunks_.data() + n;
        for (std::size_t k = 0; k < unasked; ++k) to[k] = first + k * SynapseRows::chunk;
        for (std::size_t k = unasked; k < chunks; ++k) to[k] = first + k * SynapseRows::chunk;
        n += chunks;
        synapses += end - run.entry;  // whose lowest bits say how many places are empty
    }
    n_chunks_ = n;
    runs.clear();
    return synapses;
}

void PackedRuns::add(std::size_t first, std::size_t last, std::int32_t* sums) const {
    for (std::size_t i = first; i < last; ++i) {
        __builtin_prefetch(chunks_[i + ahead], 0, 2);
        for (std::size_t k = 0; k < SynapseRows::chunk; k += 2) {
            std::uint64_t two = 0;  // synapses
            std::memcpy(&two, chunks_[i] + k, sizeof two);
            sums[two & 0xFFFFU] += static_cast<std::int32_t>(two >> 16U & 0xFFFFU);
            sums[two >> 32U & 0xFFFFU] += static_cast<std::int32_t>(two >> 48U);
        }
    }
}

}  // namespace sim
