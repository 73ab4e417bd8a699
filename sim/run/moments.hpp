// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sums of responses to all inputs of a bin, for each neuron.
//
// The response is evaluated once for a spike, not for a synapse: what remains of an input is one
// addition to the sums of its target. Inputs of positive and of negative weight have sums of their
// own, of those fields of the state that they reach: few bytes a neuron, which stay in the caches,
// and sums of one sign tell how far their inputs may have lifted the gap.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "sim/core/flatten.hpp"
#include "sim/core/huge_array.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/power_sums.hpp"
#include "sim/run/response.hpp"
#include "sim/run/timed_runs.hpp"

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
            std::size_t size)
        : response_(free), resolution_(resolution) {
        if (free == nullptr || held == nullptr || !find_held(p)) return;
        if (!find_side(positive(), 1) || !find_side(negative(), -1)) return;
        for (auto& side : sides_) side.sums.resize(size * side.width());
        is_usable_ = true;
    }

    bool is_usable() const { return is_usable_; }

    void add(const StepRuns& runs, Arrived& arrived) {
        const auto& [all, ahead, timed] = runs;
        for (std::size_t i = 0; i < all.size(); ++i) {
            fetch_ahead(all, i, ahead);
            (all[i].is_source ? arrived.from_sources : arrived.from_neurons) += add(all[i]);
        }
        for (auto& rows : timed->rows())
            (rows.is_source ? arrived.from_sources : arrived.from_neurons) += add(rows);
    }

    /// False, with nothing added, where a current from outside changes.
    bool add(std::size_t neuron, std::span<const Arrival> arrivals) {
        for (const auto& arrival : arrivals)
            if (arrival.receptor == Receptor::current) return false;
        for (const auto& arrival : arrivals) {
            Side& side = sides_[arrival.weight < 0 ? 1 : 0];
            with_width(side, [&](auto width) {
                add_row<width>(side.sums.data(), neuron,
                               arrival.weight * effect<width>(side, arrival.offset));
            });
        }
        return true;
    }

    /// What a drive brings to neurons from `first` on, side by side. False, with nothing added, where
    /// sums of powers are not precise enough.
    /// Needs: nothing arrives beyond the last neuron
    bool add(std::size_t first, const ArrivalBatch& batch) {
        for (auto& side : sides_)
            if (has(side, batch) && !side.are_batches_precise) return false;
        if (batch.largest == 0) return true;
        for (auto& side : sides_)
            if (has(side, batch))
                with_width(side, [&](auto width) {
                    response_->table(side.receptor).with_terms([&](auto terms) {
                        add_batch<width, terms>(side, first, batch);
                    });
                });
        return true;
    }

    /// Adds the sums of `lanes` neurons to their states, as free and as held; clears and returns how far
    /// the gap may have been lifted.
    class Taker;
    Taker taker() { return Taker(*this); }

private:
    static constexpr std::size_t n = Response<M>::n;
    using Table = typename Response<M>::Table;

    /// Inputs of one sign.
    struct Side {
        std::size_t width() const { return std::bit_ceil(fields.size()); }

        double sign;
        Receptor receptor;
        std::vector<std::size_t> fields;  // that they reach
        // By field: the gap is lifted by at most so many times its sum, all added up.
        std::array<double, n> lift{};
        std::array<BatchPolynomial, n> batches;  // by field
        bool are_batches_precise = true;
        HugeArray<double> sums;  // [neuron][width]
    };
    template <std::size_t width>
    using Row = typename Register<width>::Type;

    Side& positive() { return sides_[0]; }
    Side& negative() { return sides_[1]; }

    template <class Use>
    static void with_width(const Side& side, const Use& use) {
        with_width_from<1>(side.width(), use);
    }
    template <std::size_t width, class Use>
    static void with_width_from(std::size_t wanted, const Use& use) {
        if constexpr (width < std::bit_ceil(n))
            if (wanted > width) return with_width_from<2 * width>(wanted, use);
        use(std::integral_constant<std::size_t, width>{});
    }

    // Runs.

    std::uint64_t add(const Run& run) {
        if (!run.all_negative()) with_width(positive(), [&](auto w) { add<w>(positive(), run); });
        if (!run.all_non_negative())
            with_width(negative(), [&](auto w) { add<w>(negative(), run); });
        return run.last - run.first;
    }

    /// What of an input of weight 1 the sums of a side take.
    template <std::size_t width>
    Row<width> effect(const Side& side, double offset) const {
        const auto all = response_->at(side.receptor, resolution_ - offset);
        Row<width> result{};
        for (std::size_t i = 0; i < side.fields.size(); ++i) result[i] = all[side.fields[i]];
        return result;
    }

    template <std::size_t width>
    static void add_row(double* sums, std::size_t target, const Row<width>& change) {
        Row<width> sum;
        std::memcpy(&sum, sums + target * width, sizeof sum);
        sum += change;
        std::memcpy(sums + target * width, &sum, sizeof sum);
    }

    /// The synapses of one sign of a run.
    template <std::size_t width>
    void add(Side& side, const Run& run) {
        const auto* targets = run.rows->targets();
        double* const sums = side.sums.data();
        const auto [first, last] = std::pair(run.first, run.last);  // which no store can change
        const bool is_mixed = !run.all_non_negative() && !run.all_negative();
        const bool is_positive = side.sign > 0;
        if (!run.each_has_offset && run.is_uniform()) {
            const double weight = run.rows->common_weight();
            if (is_mixed && (weight >= 0) != is_positive) return;
            const auto change = weight * effect<width>(side, run.offset);
            for (auto k = first; k < last; ++k) add_row<width>(sums, targets[k], change);
            return;
        }
        const auto common = effect<width>(side, run.each_has_offset ? 0 : run.offset);
        run.with_weights([&](auto weight) {
            for (auto k = first; k < last; ++k) {
                const double w = weight(k);
                if (is_mixed && (w >= 0) != is_positive) continue;
                add_row<width>(
                    sums, targets[k],
                    w * (run.each_has_offset ? effect<width>(side, offset_of(k, run, resolution_))
                                             : common));
            }
        });
    }

    std::uint64_t add(TimedRuns::OfRows& runs) {
        std::uint64_t synapses = 0;
        for (auto& side : sides_) {
            if (side.sign > 0 ? runs.rows().all_negative() : runs.rows().all_non_negative())
                continue;
            with_width(side, [&](auto width) {
                response_->table(side.receptor).with_terms([&](auto terms) {
                    synapses = add_timed<width, terms>(side, runs);
                });
            });
        }
        return synapses;
    }

    template <std::size_t width, std::size_t terms>
    SHARPWAVE_FLATTEN std::uint64_t add_timed(Side& side, TimedRuns::OfRows& runs) {
        const SynapseRows& rows = runs.rows();
        const auto& table = response_->table(side.receptor);
        // Copies, which no store can change.
        std::array<std::array<double, terms>, width> coefficients{};
        for (std::size_t i = 0; i < side.fields.size(); ++i)
            for (std::size_t k = 0; k < terms; ++k)
                coefficients[i][k] = table.coefficient(k, side.fields[i]);
        const bool is_mixed = !rows.all_non_negative() && !rows.all_negative();
        const Pack unit(rows.timed_unit());
        const Pack sign(side.sign);
        const Pack h(resolution_);
        const Pack scale(table.scale());
        double* const sums = side.sums.data();
        return runs.for_each_chunk([=](const std::uint64_t* chunk, const TimedRuns::Run& run,
                                       const TimedRuns::Offsets& offsets) {
            unsigned acting = 0;
            for (std::size_t k = 0; k < SynapseRows::chunk; k += lanes) {
                const TimedPack synapses(chunk + k);
                typename Pack::mask_type acts;
                const Pack place = (h - offsets.of(run, synapses.parts, acts)) * scale - Pack(1);
                acting |= bits_of(acts) << k;
                Pack weights = synapses.weights * unit;
                if (is_mixed) acts = acts && weights * sign > Pack(0);
                where(!acts, weights) = 0;
                std::array<Pack, width> changes;
                for (std::size_t i = 0; i < width; ++i)
                    changes[i] =
                        weights * Table::template sum<Pack>(place, terms, [&](std::size_t j) {
                            return Pack(coefficients[i][j]);
                        });
                alignas(64) std::array<double, lanes * width> by_synapse;
                put_rows(changes, by_synapse.data());
                for (std::size_t i = 0; i < lanes; ++i) {
                    Row<width> change;
                    std::memcpy(&change, by_synapse.data() + i * width, sizeof change);
                    add_row<width>(sums, SynapseRows::timed_target(chunk[k + i]), change);
                }
            }
            return acting;
        });
    }

    // Batches.

    static bool has(const Side& side, const ArrivalBatch& batch) {
        return batch.sign * side.sign >= 0;
    }

    template <std::size_t width, std::size_t terms>
    SHARPWAVE_FLATTEN void add_batch(Side& side, std::size_t first, const ArrivalBatch& batch) {
        const PowerSums<terms> powers(batch);
        std::array<std::array<Pack, width>, ArrivalBatch::width / lanes> changes{};
        for (std::size_t field = 0; field < width; ++field) {
            if (field >= side.fields.size()) continue;
            powers.of(side.batches[field],
                      [&](std::size_t i, const Pack& sum) { changes[i / lanes][field] = sum; });
        }
        for (std::size_t i = 0; i < ArrivalBatch::width; i += lanes) {
            if (first + i >= side.sums.size() / width) break;
            Pack weights = load(batch.weights + i);
            if (batch.sign == 0) where(weights * Pack(side.sign) < Pack(0), weights) = 0;
            for (auto& change : changes[i / lanes]) change *= weights;
            alignas(64) std::array<double, lanes * width> rows;
            put_rows(changes[i / lanes], rows.data());
            double* const to = side.sums.data() + (first + i) * width;
            for (std::size_t k = 0; k < rows.size(); k += lanes)
                store(load(to + k) + load(rows.data() + k), to + k);
        }
    }

    // Setting up.

    /// Whether fields are reached in refractory neurons, too. False if in part.
    bool find_held(const Params& p) {
        bool is_simple = true;
        reaches_held_.fill(1);
        for (const auto receptor : {Receptor::exc, Receptor::inh})
            for (const double part : {0.3, 1.0}) {
                const auto free = Response<M>::unit_effect(p, receptor, part * resolution_, false);
                const auto held = Response<M>::unit_effect(p, receptor, part * resolution_, true);
                for (std::size_t i = 0; i < n; ++i) {
                    if (held[i] == free[i]) continue;
                    reaches_held_[i] = 0;
                    is_simple = is_simple && held[i] == 0;
                }
            }
        return is_simple;
    }

    /// The fields that inputs of a sign reach. False if their sums do not tell the lift.
    bool find_side(Side& side, double sign) {
        side.sign = sign;
        side.receptor = receptor_of<M>(sign);
        const auto& table = response_->table(side.receptor);
        for (std::size_t field = 0; field < n; ++field)
            if (table.is_there(field)) side.fields.push_back(field);
        for (std::size_t i = 0; i < side.fields.size(); ++i) {
            const auto field = side.fields[i];
            // An arrival with x is at the place -(x + 2^-16): see ArrivalBatch.
            side.batches[i] = BatchPolynomial(table.in_powers(field, -1, -0x1p-16));
            double most = 0;
            for (const auto& response : responses(side))
                most = std::max(most, std::abs(response[i]));
            // Of an input's effect by the end of its bin: far below what tells times 1e-9 ms apart.
            constexpr double precision = 1e-9;
            if (side.batches[i].error() > precision * most) side.are_batches_precise = false;
        }
        return find_lift(side);
    }

    /// The responses of the fields of a side to an input at some times of a bin.
    std::vector<std::array<double, n>> responses(const Side& side) const {
        constexpr int checks = 257;
        std::vector<std::array<double, n>> result(checks);
        for (int j = 0; j < checks; ++j) {
            const auto all = response_->at(side.receptor, resolution_ * j / (checks - 1));
            for (std::size_t i = 0; i < side.fields.size(); ++i)
                result[static_cast<std::size_t>(j)][i] = all[side.fields[i]];
        }
        return result;
    }

    /// A combination of two fields whose response to every input is at least that of the gap and changes
    /// least within a bin.
    bool find_lift(Side& side) const {
        const double lift = response_->lift(side.receptor, side.sign);
        if (lift == 0) return true;
        const auto all = responses(side);
        double best = std::numeric_limits<double>::max();
        for (std::size_t a = 0; a < side.fields.size(); ++a)
            for (std::size_t b = 0; b < side.fields.size(); ++b) {
                // 1 at both ends of the bin; of one field alone, at its begin.
                const double at_begin = all.back()[a];
                const double determinant = at_begin * all[0][b] - all[0][a] * all.back()[b];
                const double of_a =
                    a == b ? 1 / at_begin : (all[0][b] - all.back()[b]) / determinant;
                const double of_b = a == b ? 0 : (at_begin - all[0][a]) / determinant;
                double least = std::numeric_limits<double>::max();
                double most = 0;
                for (const auto& response : all) {
                    const double sum = of_a * response[a] + of_b * response[b];
                    least = std::min(least, sum);
                    most = std::max(most, sum);
                }
                if (!(least > 0) || !(most / least < best)) continue;
                best = most / least;
                side.lift = {};
                side.lift[a] = side.sign * lift / least * of_a;
                side.lift[b] += side.sign * lift / least * of_b;
            }
        return best < std::numeric_limits<double>::max();
    }

    const Response<M>* response_ = nullptr;
    double resolution_ = 0;
    bool is_usable_ = false;
    std::array<double, n> reaches_held_{};
    std::array<Side, 2> sides_;
};

/// Copies of what a loop over packs needs, which no store can change.
template <ClosedForm M>
class Moments<M>::Taker {
public:
    explicit Taker(Moments& moments) {
        for (std::size_t i = 0; i < n; ++i) reaches_held_[i] = Pack(moments.reaches_held_[i]);
        for (std::size_t s = 0; s < sides_.size(); ++s) {
            auto& from = moments.sides_[s];
            auto& to = sides_[s];
            to.sums = from.sums.data();
            to.width = from.width();
            to.places.fill(none);
            to.lift.fill(Pack(0));
            for (std::size_t i = 0; i < from.fields.size(); ++i) {
                to.places[from.fields[i]] = i;
                to.lift[i] = Pack(from.lift[i]);
            }
        }
    }

    Pack take(std::size_t first, WideState& free, WideState& held) const {
        Pack lift(0);
        for (const auto& side : sides_) take_from<1>(side, first, free, held, lift);
        return lift;
    }

private:
    static constexpr std::size_t none = n;
    struct Side {
        double* sums;
        std::size_t width;
        std::array<std::size_t, n> places;  // of every field in the sums, or none
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
        for_each_field<Pack>(
            [&](auto field, Pack& x, Pack& x_held) {
                // Branches that are always the same, so that columns stay in registers.
                for (std::size_t i = 0; i < std::min(width, n); ++i)
                    if (side.places[field] == i) {
                        x += columns[i];
                        x_held += columns[i] * reaches_held_[field];
                    }
            },
            free, held);
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
