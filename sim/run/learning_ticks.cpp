// SPDX-License-Identifier: BSD-3-Clause
// Ticks of rules: what they do to all synapses in equal intervals.
#include <algorithm>

#include "sim/run/learning.hpp"

namespace sim {

// Sums over the targets of a source do not depend on how they are cut into tiles: they are put in order.
std::vector<std::vector<double>> Learning::row_sums(std::size_t group, Step now,
                                                    const std::vector<SpikeRing>& rings) const {
    struct Part {
        std::uint64_t target;
        Time delay;
        std::size_t tile_rows;
        std::uint32_t place;
        double value;
    };
    std::vector<std::vector<double>> sums;
    std::vector<std::vector<Part>> of_source(
        network_.populations()[network_.groups()[group].pre].size);
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto& rows = this->rows(t, i);
        const auto first = network_.tiles()[t].first;
        for_each_stretch(t, i, now, rings, [&](std::uint32_t source, const PreArrival& arrival) {
            for (std::uint32_t k = arrival.first; k < arrival.last; ++k)
                of_source[source].push_back(
                    {first + rows.targets()[k],
                     {arrival.delay, rows.offset(k)},
                     sums.size(),
                     k,
                     tiles_[t].synapses[i]->to_row(k, arrival, static_cast<double>(now))});
        });
        sums.emplace_back(rows.size());
    });
    for (auto& parts : of_source) {
        std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
            return a.target != b.target ? a.target < b.target : a.delay < b.delay;
        });
        double sum = 0;
        for (std::size_t i = 0, j = 0; i < parts.size(); i = j) {
            for (; j < parts.size() && parts[j].target == parts[i].target; ++j)
                sum += parts[j].value;
            for (std::size_t k = i; k < j; ++k) sums[parts[k].tile_rows][parts[k].place] = sum;
        }
    }
    return sums;
}

void Learning::tick(std::size_t group, Step now, const std::vector<SpikeRing>& rings) {
    bool reads_row = false;
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        reads_row = tiles_[t].synapses[i]->reads_row();
    });
    const auto sums = reads_row ? row_sums(group, now, rings) : std::vector<std::vector<double>>{};
    std::size_t number = 0;
    for_each_rows(group, [&](std::size_t t, std::size_t i) {
        const auto rows =
            reads_row ? std::span<const double>(sums[number++]) : std::span<const double>{};
        for_each_stretch(t, i, now, rings, [&](std::uint32_t, const PreArrival& arrival) {
            tiles_[t].synapses[i]->tick(arrival, static_cast<double>(now), rows);
        });
    });
}

}  // namespace sim
