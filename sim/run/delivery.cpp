// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/delivery.hpp"

#include <algorithm>
#include <cstring>

#include "sim/run/bin_inputs.hpp"
#include "sim/run/neighbours.hpp"

namespace sim {
Delivery::Delivery(const Network& network, const std::vector<SpikeRing>& rings,
                   const std::vector<CountedDrive>& driven)
    : network_(network), rings_(rings) {
    std::size_t largest = 0;
    for (const auto& tile : network.tiles()) largest = std::max<std::size_t>(largest, tile.size);
    largest += StepInputs::room;
    for (auto* sums : {&exc_, &inh_, &current_}) sums->resize(largest);
    plan(driven);
    counts_.resize(largest);
    quanta_.resize(largest);
}

// A neuron fires once a step at most, so that what a group brings does not exceed an in-degree.
void Delivery::plan(const std::vector<CountedDrive>& driven) {
    for (const auto& group : network_.groups()) {
        const bool is_counted =
            group.storage.weights == Stored::common && !group.is_plastic && !is_source(group);
        count_rows_.push_back(
            is_counted ? counts_.plan(group.storage.common_weight, group.largest_indegree)
                       : no_row);
    }
    for (const auto& drive : driven)
        driven_.emplace_back(drive.weight, counts_.plan(drive.weight, drive.most));
    quanta_rows_.assign(network_.groups().size(), no_row);
    std::vector<std::uint64_t> most(network_.groups().size());
    for (const auto& tile : network_.tiles())
        for (const auto& [group, rows] : tile.incoming)
            if (rows.is_packed())
                most[group] = std::max<std::uint64_t>(most[group], rows.largest_indegree());
    for (std::size_t g = 0; g < most.size(); ++g) {
        const auto& lattice = network_.groups()[g].storage.lattice;
        if (most[g] > 0) quanta_rows_[g] = quanta_.plan(lattice.quantum, most[g] * lattice.most);
    }
}

std::int16_t Delivery::row_of(const Drive& drive) const {
    const auto counted = drive.counted();
    for (const auto& [weight, row] : driven_)
        if (counted && counted->weight == weight) return row;
    return no_row;
}

void Delivery::choose_rows(const Tile& tile) {
    drive_rows_.clear();
    for (const auto& driven : drives_) drive_rows_.push_back(row_of(*driven.drive));
    const auto is_onto_tile = [&](const std::vector<std::int16_t>& rows_of_groups,
                                  std::int16_t row) {
        return std::any_of(
            tile.incoming.begin(), tile.incoming.end(),
            [&](const TileRows& incoming) { return rows_of_groups[incoming.group] == row; });
    };
    counts_.choose(has_inh_port_, [&](std::int16_t row) {
        return is_onto_tile(count_rows_, row) ||
               std::find(drive_rows_.begin(), drive_rows_.end(), row) != drive_rows_.end();
    });
    quanta_.choose(has_inh_port_,
                   [&](std::int16_t row) { return is_onto_tile(quanta_rows_, row); });
}

void Delivery::list(const Tile& tile, TileState& state, std::span<const TilePlastic> plastic,
                    Window window) {
    has_inh_port_ = state.has_inh_port;
    drives_ = state.drive_list;
    packed_ = &state.packed;
    packed_->list(tile, network_.groups(), quanta_rows_, rings_, window);
    timed_ = &state.timed;
    timed_->list(tile, network_.groups(), network_.populations(), network_.clock().resolution(),
                 rings_, window);
    arrivals_.clear();
    choose_rows(tile);
    bins_.begin = window.begin;
    bins_.runs.clear();
    bins_.ends.clear();
    for (Step step = window.begin; step < window.end; ++step) {
        lookups_.clear();
        for (std::size_t i = 0; i < tile.incoming.size(); ++i) {
            const auto& incoming = tile.incoming[i];
            const TilePlastic synapses = plastic.empty() ? TilePlastic{} : plastic[i];
            const auto& rows = synapses.rows == nullptr ? incoming.rows : *synapses.rows;
            if (rows.in_chunks()) continue;
            if (rows.may_carry()) look_up(incoming.group, rows, synapses, step - 1, true);
            look_up(incoming.group, rows, synapses, step, false);
        }
        find_runs();
        bins_.ends.push_back(bins_.runs.size());
    }
    bins_.choose_ahead();
}

bool Delivery::is_busy(Step step, double driven) const {
    constexpr double inputs_per_neuron = 1.0 / 16;  // fewer are worth lists
    double expected = driven;
    for (const auto& group : network_.groups())
        for (Step delay = group.shortest; delay <= group.longest && delay <= step; ++delay)
            expected += group.synapses_per_run *
                        static_cast<double>(rings_[group.pre].at(step - delay).size());
    return expected >= inputs_per_neuron * static_cast<double>(network_.neurons());
}

// The rows whose whole steps end at `arrival`. Offsets of spike and delay that add up to a resolution
// carry an arrival into the next bin.
void Delivery::look_up(std::size_t number_of_group, const SynapseRows& rows,
                       const TilePlastic& plastic, Step arrival, bool is_carried) {
    const auto& group = network_.groups()[number_of_group];
    const auto& ring = rings_[group.pre];
    const double h = network_.clock().resolution();
    const bool each_has_offset = rows.each_has_offset();
    const double* weights = plastic.synapses != nullptr ? plastic.synapses->delivered() : nullptr;
    const int sign = plastic.synapses != nullptr ? plastic.synapses->sign()
                     : rows.all_non_negative()   ? 1
                                                 : (rows.all_negative() ? -1 : 0);
    for (Step delay = rows.shortest(); delay <= rows.longest() && delay <= arrival; ++delay) {
        const Step emitted = arrival - delay;
        const auto& spikes = ring.at(emitted);
        for (std::size_t i = 0; i < spikes.size(); ++i) {
            const auto& spike = spikes[i];
            double offset = spike.time.offset;
            if (!each_has_offset) {
                offset += rows.offset(0);
                if ((offset >= h) != is_carried) continue;
                if (is_carried) offset -= h;
            }
            const auto* index = rows.run(spike.id, delay);
            __builtin_prefetch(index);
            std::int32_t number = -1;
            if (plastic.synapses != nullptr) {
                number = static_cast<std::int32_t>(arrivals_.size());
                arrivals_.push_back({plastic.synapses,
                                     {plastic.log->time(emitted, i),
                                      plastic.log->before(emitted, i), delay, 0, 0}});
            }
            lookups_.push_back(
                {{&rows, offset, 0, 0, count_rows_[number_of_group], each_has_offset, is_carried,
                  is_source(group), static_cast<std::int8_t>(sign), number, weights},
                 index});
        }
    }
}

void Delivery::find_runs() {
    const std::size_t begin = bins_.runs.size();
    for (auto& [run, index] : lookups_) {
        run.first = index[0];
        run.last = index[1];
        if (run.first == run.last) continue;
        bins_.runs.push_back(run);
        run.rows->fetch_offset(run.first + (run.last - run.first) / 2);
    }
    const double h = network_.clock().resolution();
    for (std::size_t i = begin; i < bins_.runs.size(); ++i) {
        auto& run = bins_.runs[i];
        if (!run.each_has_offset) continue;
        const auto carried = run.rows->carried(run.first, run.last, run.offset, h);
        (run.is_carried ? run.first : run.last) = carried;
    }
    const auto from = bins_.runs.begin() + static_cast<std::ptrdiff_t>(begin);
    bins_.runs.erase(std::remove_if(from, bins_.runs.end(),
                                    [](const Run& run) { return run.first == run.last; }),
                     bins_.runs.end());
}

StepRuns Delivery::runs(Step step) {
    const auto all = bins_.at(step);
    const std::span rest(all.data() + all.size(), bins_.runs.data() + bins_.runs.size());
    for (std::size_t i = 0; i < std::min(bins_.ahead, rest.size()); ++i) fetch(rest[i]);
    timed_->begin(step);
    return {all, bins_.ahead, timed_};
}

void Delivery::learn(Step step) {
    if (arrivals_.empty()) return;
    kept_.clear();
    const auto bin = static_cast<std::size_t>(step - bins_.begin);
    const std::size_t begin = bin == 0 ? 0 : bins_.ends[bin - 1];
    const std::span<Run> runs(bins_.runs.data() + begin, bins_.ends[bin] - begin);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        fetch_ahead(runs, i, bins_.ahead);
        if (runs[i].plastic < 0) continue;
        auto& [synapses, arrival] = arrivals_[static_cast<std::size_t>(runs[i].plastic)];
        arrival.first = runs[i].first;
        arrival.last = runs[i].last;
        keep_earlier(runs, i, {synapses, arrival});
        synapses->arrive(arrival);
    }
}

// A source that fired twice within a step can reach the same synapses twice in a bin. All of the bin is
// delivered after this; so the first spike keeps the weights that it met.
void Delivery::keep_earlier(std::span<Run> runs, std::size_t i, const PlasticArrival& now) {
    if (now.arrival.time - now.arrival.before[0] > 1) return;
    for (std::size_t j = 0; j < i; ++j) {
        auto& run = runs[j];
        if (run.plastic < 0 || run.weights != now.synapses->delivered()) continue;
        if (run.last <= now.arrival.first || now.arrival.last <= run.first) continue;
        const auto& kept = kept_.emplace_back(run.weights + run.first, run.weights + run.last);
        run.weights = kept.data() - run.first;
    }
}

// Four targets in a register: fewer loads, and none that has to wait for the stores before it.
void Delivery::count(const Run& run, std::uint16_t* of) {
    const auto* targets = run.rows->targets() + run.first;
    const auto* end = run.rows->targets() + run.last;
    for (; end - targets >= 4; targets += 4) {
        std::uint64_t four = 0;
        std::memcpy(&four, targets, sizeof four);
        ++of[four & 0xFFFFU];
        ++of[four >> 16U & 0xFFFFU];
        ++of[four >> 32U & 0xFFFFU];
        ++of[four >> 48U];
    }
    for (; targets < end; ++targets) ++of[*targets];
}

StepInputs Delivery::sum(Step step, Arrived& arrived) {
    const auto [all, ahead, timed] = runs(step);
    bool has_sums = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Run& run = all[i];
        fetch_ahead(all, i, ahead);
        (run.is_source ? arrived.from_sources : arrived.from_neurons) += run.last - run.first;
        if (run.counted < 0) {
            add_weighted(run);
            has_sums = true;
            continue;
        }
        count(run, counts_.row(run.counted));
    }
    arrived.from_neurons +=
        packed_->add(step, [this](std::int16_t row) { return quanta_.row(row); });
    has_sums |= add_drives(step, arrived);
    const bool has_currents = std::any_of(drives_.begin(), drives_.end(), [](const auto& driven) {
        return driven.drive->brings_currents();
    });
    return {{exc_, inh_, current_}, has_sums, has_currents, quanta_.inputs(), counts_.inputs()};
}

/// Says whether something was added to the sums.
bool Delivery::add_drives(Step step, Arrived& arrived) {
    const InputRow sums{exc_, inh_, current_};
    bool has_sums = false;
    for (std::size_t i = 0; i < drives_.size(); ++i) {
        const auto& [drive, first, size, number] = drives_[i];
        const auto row = drive_rows_[i];
        has_sums |= row < 0;
        arrived.from_sources += row < 0
                                    ? drive->add(step, sums.part(first, size))
                                    : drive->count(step, std::span(counts_.row(row) + first, size));
    }
    return has_sums;
}

void Delivery::add_weighted(const Run& run) {
    const auto* targets = run.rows->targets();
    double* const exc = exc_.data();
    double* const inh = inh_.data();
    const bool has_one_port = !has_inh_port_ || run.sign > 0;
    run.with_weights([&](auto weight) {
        if (!has_one_port && run.sign == 0) {
            for (std::uint32_t k = run.first; k < run.last; ++k)
                (weight(k) < 0 ? inh : exc)[targets[k]] += weight(k);
            return;
        }
        for_each_with_target(targets, run.first, run.last, has_one_port ? exc : inh,
                             [&](double& sum, std::size_t k) { sum += weight(k); });
    });
}

}  // namespace sim
