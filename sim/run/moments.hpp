// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sums of responses to all inputs of a bin, for each neuron.
//
// The response is evaluated once for a spike, and side by side for synapses whose delays have parts
// below a step: what remains of an input is one addition to the sums of its target. Inputs of positive
// and of negative weight have sums of their own: those of one sign stay in the caches while they are
// added to.

#include <algorithm>
#include <array>
#include <span>

#include "sim/run/block.hpp"
#include "sim/run/signed_sums.hpp"

namespace sim {

template <ClosedForm M>
class Moments {
public:
    using Params = typename M::template Params<double>;
    using WideState = typename M::template State<Pack>;

    Moments() = default;

    /// Usable if both responses are there and a refractory neuron takes of a field all or nothing.
    /// `size`: a multiple of `lanes`
    Moments(const Params& p, const Response<M>* free, const Response<M>* held, double resolution,
            std::size_t size) {
        if (free == nullptr || held == nullptr || !find_held(p, resolution)) return;
        positive() = SignedSums<M>(*free, 1, resolution, size);
        negative() = SignedSums<M>(*free, -1, resolution, size);
        is_usable_ = positive().tells_lift() && negative().tells_lift();
    }

    bool is_usable() const { return is_usable_; }

    void add(const StepRuns& runs, Arrived& arrived) {
        const auto& [all, ahead, timed] = runs;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Run& run = all[i];
            fetch_ahead(all, i, ahead);
            if (!run.all_negative()) positive().add(run);
            if (!run.all_non_negative()) negative().add(run);
            (run.is_source ? arrived.from_sources : arrived.from_neurons) += run.last - run.first;
        }
        for (auto& runs_of_rows : timed->rows()) {
            const auto& rows = runs_of_rows.rows();
            std::uint64_t synapses = 0;
            if (!rows.all_negative()) synapses = positive().add(runs_of_rows);
            if (!rows.all_non_negative()) synapses = negative().add(runs_of_rows);
            (runs_of_rows.is_source ? arrived.from_sources : arrived.from_neurons) += synapses;
        }
    }

    /// False, with nothing added, where a current from outside changes.
    bool add(std::size_t neuron, std::span<const Arrival> arrivals) {
        for (const auto& arrival : arrivals)
            if (arrival.receptor == Receptor::current) return false;
        for (const auto& arrival : arrivals)
            (arrival.weight < 0 ? negative() : positive()).add(neuron, arrival);
        return true;
    }

    /// What a drive brings to neurons from `first` on, side by side. False, with nothing added, where
    /// sums of powers are not precise enough.
    /// Needs: nothing arrives beyond the last neuron
    bool add(std::size_t first, const ArrivalBatch& batch) {
        for (const auto& sums : sums_)
            if (sums.may_have_arrivals(batch) && !sums.takes_batches()) return false;
        if (batch.largest == 0) return true;
        for (auto& sums : sums_)
            if (sums.may_have_arrivals(batch)) sums.add(first, batch);
        return true;
    }

    /// Adds the sums of `lanes` neurons to their states, as free and as held; clears and returns how far
    /// the gap may have been lifted.
    class Taker;
    Taker taker() { return Taker(*this); }

private:
    static constexpr std::size_t n = Response<M>::n;

    SignedSums<M>& positive() { return sums_[0]; }
    SignedSums<M>& negative() { return sums_[1]; }

    /// Whether fields are reached in refractory neurons, too. False if in part.
    bool find_held(const Params& p, double resolution) {
        bool is_simple = true;
        reaches_held_.fill(1);
        for (const auto receptor : {Receptor::exc, Receptor::inh})
            for (const double part : {0.3, 1.0}) {
                const auto free = Response<M>::unit_effect(p, receptor, part * resolution, false);
                const auto held = Response<M>::unit_effect(p, receptor, part * resolution, true);
                for (std::size_t i = 0; i < n; ++i) {
                    if (held[i] == free[i]) continue;
                    reaches_held_[i] = 0;
                    is_simple = is_simple && held[i] == 0;
                }
            }
        return is_simple;
    }

    bool is_usable_ = false;
    std::array<double, n> reaches_held_{};
    std::array<SignedSums<M>, 2> sums_;
};

/// Copies of what a loop over packs needs, which no store can change.
template <ClosedForm M>
class Moments<M>::Taker {
public:
    explicit Taker(Moments& moments) {
        for (std::size_t i = 0; i < n; ++i) reaches_held_[i] = Pack(moments.reaches_held_[i]);
        for (std::size_t s = 0; s < sides_.size(); ++s) {
            auto& from = moments.sums_[s];
            auto& to = sides_[s];
            to.sums = from.data();
            to.width = from.width();
            to.lift.fill(Pack(0));
            for (std::size_t i = 0; i < from.fields().size(); ++i) {
                to.summed |= 1U << from.fields()[i];
                to.lift[i] = Pack(from.lift()[i]);
            }
        }
    }

    Pack take(std::size_t first, WideState& free, WideState& held) const {
        Pack lift(0);
        for (const auto& side : sides_) take_from<1>(side, first, free, held, lift);
        return lift;
    }

private:
    struct Side {
        double* sums;
        std::size_t width;
        unsigned summed = 0;  // bits: fields that the sums have, in this order
        std::array<Pack, n> lift;
    };

    template <std::size_t width>
    void take_from(const Side& side, std::size_t first, WideState& free, WideState& held,
                   Pack& lift) const {
        if constexpr (width < std::bit_ceil(n))
            if (width < side.width) return take_from<2 * width>(side, first, free, held, lift);
        double* const sums = side.sums + first * width;
        const auto columns = columns_of<width>(sums);
        for (std::size_t i = 0; i < width; ++i) store(Pack(0), sums + i * lanes);
        for (std::size_t i = 0; i < std::min(width, n); ++i) lift += columns[i] * side.lift[i];
        add_fields<0, 0>(side.summed, columns, fields<n>(free), fields<n>(held));
    }

    /// From a field and a column on; columns are in the order of the fields. Branches that are always the
    /// same, so that columns stay in registers; as many paths as there are choices of fields.
    template <std::size_t field, std::size_t column, std::size_t width, class Refs>
    void add_fields(unsigned summed, const std::array<Pack, width>& columns, const Refs& free,
                    const Refs& held) const {
        static_assert(n <= 8, "some other way where there are so many paths");
        if constexpr (field < n && column < width) {
            if ((summed >> field & 1U) != 0) {
                std::get<field>(free) += columns[column];
                std::get<field>(held) += columns[column] * reaches_held_[field];
                add_fields<field + 1, column + 1>(summed, columns, free, held);
            } else {
                add_fields<field + 1, column>(summed, columns, free, held);
            }
        }
    }

    std::array<Pack, n> reaches_held_;
    std::array<Side, 2> sides_;
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
