// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/delivery.hpp"

#include <algorithm>
#include <limits>

namespace sim {
namespace {

constexpr std::size_t runs_ahead = 4;    // far enough to hide the latency, near enough to stay cached
constexpr std::size_t most_counted = 4;  // different weights that are counted
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

template <class T>
void prefetch(const T* begin, const T* end) {
    constexpr std::size_t line = 64;
    for (const char* p = reinterpret_cast<const char*>(begin); p < reinterpret_cast<const char*>(end); p += line)
        __builtin_prefetch(p);
}

}  // namespace

bool Delivery::is_source(std::size_t projection) const {
    return network_.populations()[network_.projections()[projection].pre].is_source;
}

// Lists the runs whose whole-step arrival lies in [from, end); returns the number of synapses.
std::uint64_t Delivery::list_runs(const TileRows& incoming, Step from, Step end) {
    const auto& rows = incoming.rows;
    const auto& ring = rings_[network_.projections()[incoming.projection].pre];
    runs_.clear();
    std::uint64_t count = 0;
    for (Step arrival = from; arrival < end; ++arrival)
        for (Step delay = rows.shortest(); delay <= rows.longest() && delay <= arrival; ++delay)
            for (const auto& spike : ring.at(arrival - delay)) {
                const Run run{rows.run(spike.id, delay), rows.run(spike.id, delay + 1),
                              static_cast<std::uint32_t>(arrival - from), spike.time.offset};
                if (run.first == run.last) continue;
                runs_.push_back(run);
                count += run.last - run.first;
            }
    return count;
}

// Calls visit(neuron, bin, offset, k) for every synapse of the runs listed that acts in `window`. An
// arrival whose offsets add up to a resolution or more belongs to the bin after.
template <class Visit>
void Delivery::for_each_event(const SynapseRows& rows, Window window, Step from, Visit visit) const {
    const auto* targets = rows.targets();
    const double h = network_.clock().resolution();
    const auto bins = static_cast<std::size_t>(window.end - window.begin);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const Run& run = runs_[i];
        fetch_ahead(rows, i);
        if (!rows.may_carry()) {
            for (std::uint32_t k = run.first; k < run.last; ++k)
                visit(targets[k] * bins + run.row, run.offset, k);
            continue;
        }
        for (std::uint32_t k = run.first; k < run.last; ++k) {
            double offset = run.offset + rows.offset(k);
            Step step = from + run.row;
            if (offset >= h) {
                offset -= h;
                ++step;
            }
            if (step >= window.begin && step < window.end)
                visit(targets[k] * bins + static_cast<std::size_t>(step - window.begin), offset, k);
        }
    }
}

ExactInputs Delivery::collect(const Tile& tile, Window window, Delivered& delivered) {
    const auto bins = static_cast<std::size_t>(window.end - window.begin);
    ends_.assign(tile.size * bins + 1, 0);
    const auto from_of = [&](const SynapseRows& rows) { return window.begin - (rows.may_carry() ? 1 : 0); };

    // First the number of events of every (neuron, bin), then the events in their places.
    for (const auto& incoming : tile.incoming) {
        list_runs(incoming, from_of(incoming.rows), window.end);
        for_each_event(incoming.rows, window, from_of(incoming.rows),
                       [this](std::size_t cell, double, std::uint32_t) { ++ends_[cell + 1]; });
    }
    for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    events_.resize(ends_.back());

    // ends_[i] is the begin of (neuron, bin) i now, and its end once its events are in place.
    for (const auto& incoming : tile.incoming) {
        const auto& rows = incoming.rows;
        list_runs(incoming, from_of(rows), window.end);
        std::uint64_t count = 0;
        rows.with_weights([&](auto weight) {
            for_each_event(rows, window, from_of(rows),
                           [&](std::size_t cell, double offset, std::uint32_t k) {
                               events_[ends_[cell]++] = {offset, weight(k)};
                               ++count;
                           });
        });
        (is_source(incoming.projection) ? delivered.of_sources : delivered.of_neurons) += count;
    }
    return {window, {ends_.data(), ends_.size() - 1}, events_, {}};
}

// Rows of one weight share counts. The plan depends on the tile alone, and so does the order in which
// inputs are added. A neuron fires once a step at most, so that no count exceeds an in-degree.
void Delivery::plan_counts(const Tile& tile) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
    planned_ = 0;
    plan_.clear();
    for (const auto& [projection, rows] : tile.incoming) {
        plan_.push_back(none);
        if (!rows.is_uniform() || is_source(projection)) continue;
        std::size_t i = 0;
        while (i < planned_ && counts_[i].weight != rows.common_weight()) ++i;
        if (i == most_counted) continue;
        if (i == planned_) {
            if (counts_.size() == i) counts_.emplace_back();
            counts_[planned_++] = {rows.common_weight(), 0, false, std::move(counts_[i].of)};
        }
        if (counts_[i].largest_indegree + rows.largest_indegree() > most) continue;
        counts_[i].largest_indegree += rows.largest_indegree();
        plan_.back() = i;
    }
}

void Delivery::sum(const Tile& tile, Window window, bool has_inh_port, Delivered& delivered) {
    window_ = window;
    size_ = tile.size;
    has_inh_port_ = has_inh_port;
    has_weighted_ = false;
    plan_counts(tile);
    const std::size_t cells = size_ * static_cast<std::size_t>(window.end - window.begin);
    for (std::size_t i = 0; i < tile.incoming.size(); ++i) {
        const auto& [projection, rows] = tile.incoming[i];
        const std::uint64_t synapses = list_runs(tile.incoming[i], window.begin, window.end);
        (is_source(projection) ? delivered.of_sources : delivered.of_neurons) += synapses;
        if (synapses == 0) continue;
        if (plan_[i] != none) count(rows, counts_[plan_[i]], cells);
        else add_weighted(rows, cells);
    }
}

void Delivery::count(const SynapseRows& rows, Counts& counts, std::size_t cells) {
    if (!counts.is_used) counts.of.assign(cells, 0);
    counts.is_used = true;
    const auto* targets = rows.targets();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const Run& run = runs_[i];
        fetch_ahead(rows, i);
        std::uint16_t* row = counts.of.data() + std::size_t{size_} * run.row;
#pragma GCC unroll 8
        for (std::uint32_t k = run.first; k < run.last; ++k) ++row[targets[k]];
    }
}

void Delivery::add_weighted(const SynapseRows& rows, std::size_t cells) {
    if (!has_weighted_) {
        exc_.assign(cells, 0);
        inh_.assign(cells, 0);
        has_weighted_ = true;
    }
    const auto* targets = rows.targets();
    rows.with_weights([&](auto weight) {
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            const Run& run = runs_[i];
            fetch_ahead(rows, i);
            double* exc = exc_.data() + std::size_t{size_} * run.row;
            double* inh = inh_.data() + std::size_t{size_} * run.row;
            if (!has_inh_port_ || rows.all_non_negative())
                for (std::uint32_t k = run.first; k < run.last; ++k) exc[targets[k]] += weight(k);
            else if (rows.all_negative())
                for (std::uint32_t k = run.first; k < run.last; ++k) inh[targets[k]] += weight(k);
            else
                for (std::uint32_t k = run.first; k < run.last; ++k)
                    (weight(k) < 0 ? inh : exc)[targets[k]] += weight(k);
        }
    });
}

// A run is short and its place random: without this each would wait for memory at its start.
void Delivery::fetch_ahead(const SynapseRows& rows, std::size_t i) const {
    if (i + runs_ahead >= runs_.size()) return;
    const auto& run = runs_[i + runs_ahead];
    prefetch(rows.targets() + run.first, rows.targets() + run.last);
}

InputRow Delivery::row(Step step) {
    const std::size_t begin = size_ * static_cast<std::size_t>(step - window_.begin);
    current_row_.assign(size_, 0);
    for (const bool is_inh : {false, true}) {
        auto& row = is_inh ? inh_row_ : exc_row_;
        const auto& weighted = is_inh ? inh_ : exc_;
        if (has_weighted_) {
            const auto* from = weighted.data() + begin;
            row.assign(from, from + size_);
        } else {
            row.assign(size_, 0);
        }
        for (std::size_t i = 0; i < planned_; ++i) {
            const double weight = counts_[i].weight;
            if (!counts_[i].is_used || (has_inh_port_ && weight < 0) != is_inh) continue;
            const std::uint16_t* counts = counts_[i].of.data() + begin;
            double* sums = row.data();
            for (std::size_t k = 0; k < size_; ++k) sums[k] += weight * counts[k];
        }
    }
    return {exc_row_, inh_row_, current_row_};
}

}  // namespace sim
