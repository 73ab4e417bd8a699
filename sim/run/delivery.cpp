// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/delivery.hpp"

#include <algorithm>
#include <limits>

#include "sim/run/bin_inputs.hpp"

namespace sim {
namespace {

constexpr std::size_t most_counted = 4;  // different weights that are counted

}  // namespace

bool Delivery::is_source(std::size_t projection) const {
    return network_.populations()[network_.projections()[projection].pre].is_source;
}

void Delivery::list(const Tile& tile, Window window, bool has_inh_port) {
    has_inh_port_ = has_inh_port;
    for (auto* sums : {&exc_, &inh_, &current_})
        if (sums->size() < tile.size) sums->resize(tile.size);
    plan_counts(tile);
    bins_.begin = window.begin;
    bins_.runs.clear();
    bins_.ends.clear();
    for (Step step = window.begin; step < window.end; ++step) {
        for (std::size_t i = 0; i < tile.incoming.size(); ++i) {
            const auto& incoming = tile.incoming[i];
            if (incoming.rows.may_carry()) append(incoming, plan_[i], step - 1, true);
            append(incoming, plan_[i], step, false);
        }
        bins_.ends.push_back(bins_.runs.size());
    }
}

// The runs whose whole steps end at `arrival`. Offsets of spike and delay that add up to a resolution
// carry an arrival into the next bin.
void Delivery::append(const TileRows& incoming, std::int16_t counted, Step arrival, bool is_carried) {
    const auto& rows = incoming.rows;
    const auto& ring = rings_[network_.projections()[incoming.projection].pre];
    const bool from_source = is_source(incoming.projection);
    const double h = network_.clock().resolution();
    for (Step delay = rows.shortest(); delay <= rows.longest() && delay <= arrival; ++delay)
        for (const auto& spike : ring.at(arrival - delay)) {
            Run run{&rows, spike.time.offset, rows.run(spike.id, delay), rows.run(spike.id, delay + 1),
                    counted, rows.each_has_offset(), is_carried, from_source};
            if (run.first == run.last) continue;
            if (!run.each_has_offset) {
                run.offset += rows.offset(0);
                if ((run.offset >= h) != is_carried) continue;
                if (is_carried) run.offset -= h;
            }
            bins_.runs.push_back(run);
        }
}

std::span<const Run> Delivery::runs(Step step) const {
    const auto all = bins_.at(step);
    const std::span rest(all.data() + all.size(), bins_.runs.data() + bins_.runs.size());
    for (std::size_t i = 0; i < std::min(runs_ahead, rest.size()); ++i) fetch(rest[i]);
    return all;
}

// Rows of one weight share counts. The plan depends on the tile alone, and so does the order in which
// inputs are added. A neuron fires once a step at most, so that no count exceeds an in-degree.
void Delivery::plan_counts(const Tile& tile) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
    std::size_t planned = 0;
    plan_.assign(tile.incoming.size(), -1);
    for (std::size_t row = 0; row < tile.incoming.size(); ++row) {
        const auto& [projection, rows] = tile.incoming[row];
        if (!rows.is_uniform() || is_source(projection)) continue;
        std::size_t i = 0;
        while (i < planned && counts_[i].weight != rows.common_weight()) ++i;
        if (i == most_counted) continue;
        if (i == planned) {
            if (counts_.size() == i) counts_.emplace_back();
            counts_[i].weight = rows.common_weight();
            counts_[i].largest_indegree = 0;
            if (counts_[i].of.size() < tile.size) counts_[i].of.resize(tile.size);
            ++planned;
        }
        if (counts_[i].largest_indegree + rows.largest_indegree() > most) continue;
        counts_[i].largest_indegree += rows.largest_indegree();
        plan_[row] = static_cast<std::int16_t>(i);
    }
    counted_.clear();
    for (std::size_t i = 0; i < planned; ++i)
        counted_.push_back({counts_[i].of.data(), counts_[i].weight,
                            has_inh_port_ && counts_[i].weight < 0});
}

StepInputs Delivery::sum(Step step, Arrived& arrived) {
    const auto all = runs(step);
    bool has_sums = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Run& run = all[i];
        fetch_ahead(all, i);
        (run.is_source ? arrived.from_sources : arrived.from_neurons) += run.last - run.first;
        if (run.counted < 0) {
            add_weighted(run);
            has_sums = true;
            continue;
        }
        const auto* targets = run.rows->targets();
        std::uint16_t* of = counted_[static_cast<std::size_t>(run.counted)].counts;
#pragma GCC unroll 8
        for (std::uint32_t k = run.first; k < run.last; ++k) ++of[targets[k]];
    }
    return {{exc_, inh_, current_}, has_sums, false, counted_};
}

void Delivery::add_weighted(const Run& run) {
    const auto& rows = *run.rows;
    const auto* targets = rows.targets();
    rows.with_weights([&](auto weight) {
        if (!has_inh_port_ || rows.all_non_negative())
            for (std::uint32_t k = run.first; k < run.last; ++k) exc_[targets[k]] += weight(k);
        else if (rows.all_negative())
            for (std::uint32_t k = run.first; k < run.last; ++k) inh_[targets[k]] += weight(k);
        else
            for (std::uint32_t k = run.first; k < run.last; ++k)
                (weight(k) < 0 ? inh_ : exc_)[targets[k]] += weight(k);
    });
}

}  // namespace sim
