// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/timed_runs.hpp"

#include "sim/net/network.hpp"

namespace sim {

// Groups with positive weights first: the sums of one sign stay in the caches while they are added to.
// The sign is that of the whole group, so that the order does not depend on how tiles are cut.
void TimedRuns::open(const Tile& tile, const std::vector<ProjectionGroup>& groups,
                     const std::vector<Population>& populations, double resolution) {
    is_open_ = true;
    for (const bool is_positive : {true, false})
        for (const auto& [g, rows] : tile.incoming) {
            if (!rows.is_timed() || groups[g].all_non_negative != is_positive) continue;
            const auto pre = groups[g].pre;
            rows_.emplace_back(rows, pre, populations[pre].is_source, resolution);
        }
}

void TimedRuns::list(const Tile& tile, const std::vector<ProjectionGroup>& groups,
                     const std::vector<Population>& populations, double resolution,
                     const std::vector<SpikeRing>& rings, Window window) {
    if (!is_open_) open(tile, groups, populations, resolution);
    for (auto& of_rows : rows_) {
        auto& calendar = of_rows.calendar_;
        for (Step step = begin_; step < window.begin; ++step)
            calendar.enter(rings[calendar.pre()].at(step), step,
                           [](const Spike& spike, const std::uint32_t* entry) {
                               const auto first = SynapseRows::chunked_begin(entry);
                               return Run{first, first + SynapseRows::chunked_size(entry),
                                          spike.time.offset};
                           });
    }
    begin_ = window.begin;
}

void TimedRuns::clear() {
    for (auto& of_rows : rows_) {
        of_rows.calendar_.clear();
        for (auto* runs : {&of_rows.carried_, &of_rows.fresh_, &of_rows.next_}) runs->clear();
    }
}

}  // namespace sim
