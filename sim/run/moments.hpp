// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sums of responses to all inputs of a bin, one register for each neuron.
//
// The response is evaluated once for a spike, not for a synapse: what remains of an input is one
// addition to the sums of its target. A field that synaptic inputs never touch (a current from
// outside) carries the sum of the most that they can lift the gap.

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "sim/run/bin_inputs.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/response.hpp"

namespace sim {

template <ClosedForm M>
class Moments {
public:
    using Params = typename M::template Params<double>;
    using WideState = typename M::template State<Pack>;
    using Packed = typename Response<M>::Packed;

    Moments() = default;

    /// Usable if both responses are there and a field is free for the lift.
    Moments(const Params& p, const Response<M>* free, const Response<M>* held, double resolution,
            std::size_t size)
        : response_(free), resolution_(resolution) {
        if (free == nullptr || held == nullptr) return;
        find_fields(p);
        if (lift_field_ && is_held_simple_) sums_.assign(size, Packed{});
    }

    bool is_usable() const { return !sums_.empty(); }

    void add(const StepRuns& runs, Arrived& arrived) {
        const auto& [all, ahead] = runs;
        for (std::size_t i = 0; i < all.size(); ++i) {
            fetch_ahead(all, i, ahead);
            (all[i].is_source ? arrived.from_sources : arrived.from_neurons) += add(all[i]);
        }
    }

    /// False, with nothing added, where a current from outside changes.
    bool add(std::size_t neuron, std::span<const Arrival> arrivals) {
        for (const auto& arrival : arrivals)
            if (arrival.receptor == Receptor::current) return false;
        for (const auto& arrival : arrivals)
            sums_[neuron] += arrival.weight * effect(arrival.receptor, arrival.weight, arrival.offset);
        return true;
    }

    /// What a drive brings to neurons from `first` on, side by side.
    void add(std::size_t first, const ArrivalBatch& batch) {
        if (driven_.empty())
            driven_.resize(n + 1, std::vector<double>(sums_.size() + ArrivalBatch::width));
        is_driven_ = true;
        response_->table(batch.receptor).with_terms([&](auto terms) {
            for (std::size_t part = 0; part < ArrivalBatch::width; part += lanes)
                add_part<terms>(first + part, batch, part);
        });
    }

    /// Adds the sums of `lanes` neurons to their states, as free and as held; clears and returns
    /// how far the gap may have been lifted.
    Pack take(std::size_t first, WideState& free, WideState& held) {
        constexpr std::size_t width = sizeof(Packed) / sizeof(double);
        const auto columns =
            columns_of<width>(reinterpret_cast<const double*>(sums_.data() + first));
        const auto column = [&](std::size_t i) { return columns[i]; };
        for_each_field<Pack>(
            [&](auto i, Pack& x, Pack& x_held) {
                Pack sum = column(i) * Pack(reaches_free_[i]);
                if (is_driven_) sum += take_driven(i, first);
                x += sum;
                x_held += sum * Pack(reaches_held_[i]);
            },
            free, held);
        Pack lift = column(*lift_field_);
        if (is_driven_) lift += take_driven(n, first);
        std::fill_n(sums_.begin() + static_cast<std::ptrdiff_t>(first), lanes, Packed{});
        return lift;
    }

    void end_bin() { is_driven_ = false; }

private:
    static constexpr std::size_t n = Response<M>::n;

    template <std::size_t terms>
    void add_part(std::size_t first, const ArrivalBatch& batch, std::size_t part) {
        const Pack counts = widen(batch.counts.data() + part);
        const auto largest = static_cast<std::size_t>(hmax(counts));
        if (largest == 0) return;
        std::array<Pack, terms> sums{};  // of powers of the places of all arrivals
        for (std::size_t i = 0; i < largest; ++i) {
            // Within [-1, 1]; 1 is the begin of the bin.
            const Pack place =
                Pack(1 - 0x1p-16) - widen(batch.cells[i].data() + part) * Pack(0x1p-15);
            Pack power(1);
            where(!(counts > Pack(static_cast<double>(i))), power) = 0;
            for (std::size_t k = 0; k < terms; ++k) {
                sums[k] += power;
                power *= place;
            }
        }
        const Pack weights = load(batch.weights + part);
        const auto& table = response_->table(batch.receptor);
        for (std::size_t field = 0; field < n; ++field) {
            if (!table.is_there(field)) continue;
            double* to = driven_[field].data() + first;
            store(load(to) + weights * table.of_power_sums(sums, field), to);
        }
        const Pack highest(response_->lift(batch.receptor, 1));
        const Pack lowest(-response_->lift(batch.receptor, -1));
        double* to = driven_[n].data() + first;
        store(load(to) + counts * max(weights * highest, weights * lowest), to);
    }

    /// Of a unit input, with the lift in its field.
    Packed effect(Receptor receptor, double sign_of, double offset) const {
        Packed result = response_->at(receptor, resolution_ - offset);
        const double sign = sign_of < 0 ? -1 : 1;
        result[*lift_field_] = sign * response_->lift(receptor, sign);
        return result;
    }

    std::uint64_t add(const Run& run) {
        const auto& rows = *run.rows;
        const auto* targets = rows.targets();
        Packed* sums = sums_.data();
        if (run.each_has_offset) {
            if (rows.fractions() != nullptr && (run.all_non_negative() || run.all_negative()))
                return add_packs(run);
            for (std::uint32_t k = run.first; k < run.last; ++k) {
                const double weight = run.weight(k);
                sums[targets[k]] +=
                    weight * effect(receptor_of<M>(weight), weight, offset_of(k, run, resolution_));
            }
            return run.last - run.first;
        }
        const Packed positive = effect(Receptor::exc, 1, run.offset);
        const Packed negative =
            run.all_non_negative() ? positive : effect(receptor_of<M>(-1), -1, run.offset);
        if (run.is_uniform()) {
            const double weight = rows.common_weight();
            const Packed all = weight * (weight < 0 ? negative : positive);
            for (std::uint32_t k = run.first; k < run.last; ++k) sums[targets[k]] += all;
        } else {
            run.with_weights([&](auto weight) {
                for (std::uint32_t k = run.first; k < run.last; ++k) {
                    const double w = weight(k);
                    sums[targets[k]] += w * (w < 0 ? negative : positive);
                }
            });
        }
        return run.last - run.first;
    }

    Pack take_driven(std::size_t field, std::size_t first) {
        double* from = driven_[field].data() + first;
        const Pack value = load(from);
        store(Pack(0), from);
        return value;
    }

    /// Synapses of one sign with delays of their own, side by side; returns their number.
    std::uint64_t add_packs(const Run& run) {
        const auto& rows = *run.rows;
        const double sign = run.all_non_negative() ? 1 : -1;
        const Receptor receptor = receptor_of<M>(sign);
        const auto& table = response_->table(receptor);
        const double lift = response_->lift(receptor, sign) * sign;
        Packed* sums = sums_.data();
        const auto fetch_sums = [&](std::uint32_t from) {
            for (std::uint32_t i = from; i < from + lanes; ++i)
                __builtin_prefetch(sums + rows.targets()[i], 1);
        };
        fetch_sums(run.first);
        for (std::uint32_t k = run.first; k < run.last; k += lanes) {
            if (k + lanes < run.last) fetch_sums(k + lanes);
            // What follows the last synapse is read, too, and left out.
            const std::size_t size = std::min<std::size_t>(lanes, run.last - k);
            Pack offset = Pack(run.offset) + widen(rows.fractions() + k) * Pack(rows.fraction());
            if (run.is_carried) offset -= Pack(resolution_);
            const Pack place = table.place(Pack(resolution_) - offset);
            alignas(64) std::array<double, lanes> weights{};
            for (std::size_t i = 0; i < size; ++i) weights[i] = run.weight(k + i);
            const Pack weight = load(weights.data());
            std::array<std::array<double, lanes>, sizeof(Packed) / sizeof(double)> effects{};
            for (std::size_t field = 0; field < n; ++field)
                if (table.is_there(field))
                    store(weight * table.sum_at(place, field), effects[field].data());
            store(weight * Pack(lift), effects[*lift_field_].data());
            for (std::size_t i = 0; i < size; ++i) {
                Packed effect;
                for (std::size_t field = 0; field < effects.size(); ++field)
                    effect[field] = effects[field][i];
                sums[rows.targets()[k + i]] += effect;
            }
        }
        return run.last - run.first;
    }

    // Which fields synaptic inputs reach, in free and in refractory neurons; in the latter either as
    // in free ones or not at all.
    void find_fields(const Params& p) {
        std::array<bool, n> is_touched{};
        reaches_held_.fill(1);
        for (const auto receptor : {Receptor::exc, Receptor::inh})
            for (const double part : {0.3, 1.0}) {
                const auto free = Response<M>::unit_effect(p, receptor, part * resolution_, false);
                const auto held = Response<M>::unit_effect(p, receptor, part * resolution_, true);
                for (std::size_t i = 0; i < n; ++i) {
                    is_touched[i] = is_touched[i] || free[i] != 0 || held[i] != 0;
                    if (held[i] == free[i]) continue;
                    reaches_held_[i] = 0;
                    is_held_simple_ = is_held_simple_ && held[i] == 0;
                }
            }
        for (std::size_t i = 0; i < n; ++i) {
            if (!is_touched[i]) lift_field_ = i;
            reaches_free_[i] = is_touched[i] ? 1 : 0;
        }
        if (!lift_field_ && Response<M>::Table::width > n) lift_field_ = n;
    }

    const Response<M>* response_ = nullptr;
    double resolution_ = 0;
    std::optional<std::size_t> lift_field_;
    bool is_held_simple_ = true;
    std::array<double, n> reaches_free_{}, reaches_held_{};
    std::vector<Packed> sums_;
    std::vector<std::vector<double>> driven_;  // [field, last the lift][neuron]
    bool is_driven_ = false;                   // in the bin under way
};

/// Integrated models have none.
struct NoMoments {};
template <class M>
struct MomentsChoice {
    using Type = NoMoments;
};
template <ClosedForm M>
struct MomentsChoice<M> {
    using Type = Moments<M>;
};
template <class M>
using MomentsOf = typename MomentsChoice<M>::Type;

}  // namespace sim
