// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sums of responses to inputs of one sign, for each neuron: of those fields of the state that they
// reach, which is few bytes a neuron. They tell, too, how far the inputs may have lifted the gap.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>
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
class SignedSums {
public:
    static constexpr std::size_t n = Response<M>::n;

    SignedSums() = default;

    /// `size`: neurons, a multiple of `lanes`
    SignedSums(const Response<M>& response, double sign, double resolution, std::size_t size)
        : response_(&response),
          resolution_(resolution),
          sign_(sign),
          receptor_(receptor_of<M>(sign)) {
        for (std::size_t field = 0; field < n; ++field)
            if (table().is_there(field)) fields_.push_back(field);
        const auto all = responses();
        find_batches(all);
        tells_lift_ = find_lift(all);
        sums_.resize((size + ArrivalBatch::width) * width());  // a batch may reach beyond
    }

    /// Whether the sums tell how far the gap may have been lifted.
    bool tells_lift() const { return tells_lift_; }

    /// The fields that are summed, ascending, and how many numbers a neuron has.
    std::span<const std::size_t> fields() const { return fields_; }
    std::size_t width() const { return std::bit_ceil(fields_.size()); }
    /// Shape: [neuron][width]
    double* data() { return sums_.data(); }
    /// By field summed: the gap is lifted by at most so many times its sum, all added up.
    const std::array<double, n>& lift() const { return lift_; }

    void add(std::size_t neuron, const Arrival& arrival) {
        with_width([&](auto width) {
            add_row<width>(sums_.data(), neuron, arrival.weight * effect<width>(arrival.offset));
        });
    }

    /// The synapses of a run whose weights have the sign.
    void add(const Run& run) {
        with_width([&](auto width) { add_run<width>(run); });
    }

    /// The same; cuts the runs. Returns how many synapses act in the bin, whatever their sign.
    std::uint64_t add(TimedRuns::OfRows& runs) {
        std::uint64_t synapses = 0;
        with_width([&](auto width) {
            table().with_terms([&](auto terms) { synapses = add_timed<width, terms>(runs); });
        });
        return synapses;
    }

    bool may_have_arrivals(const ArrivalBatch& batch) const { return batch.sign * sign_ >= 0; }
    /// Whether sums of powers are precise enough.
    bool takes_batches() const { return takes_batches_; }
    /// What a drive brings to neurons from `first` on, side by side.
    /// Needs: nothing arrives beyond the last neuron
    void add(std::size_t first, const ArrivalBatch& batch) {
        with_width([&](auto width) {
            table().with_terms([&](auto terms) { add_batch<width, terms>(first, batch); });
        });
    }

private:
    using Table = typename Response<M>::Table;
    template <std::size_t width>
    using Row = typename Register<width>::Type;

    const Table& table() const { return response_->table(receptor_); }

    /// Calls use with the width as an integral constant.
    template <class Use>
    void with_width(const Use& use) const {
        with_width_from<1>(use);
    }
    template <std::size_t least, class Use>
    void with_width_from(const Use& use) const {
        if constexpr (least < std::bit_ceil(n))
            if (width() > least) return with_width_from<2 * least>(use);
        use(std::integral_constant<std::size_t, least>{});
    }

    /// What of an input of weight 1 is summed.
    template <std::size_t width>
    Row<width> effect(double offset) const {
        const auto all = response_->at(receptor_, resolution_ - offset);
        Row<width> result{};
        for (std::size_t i = 0; i < fields_.size(); ++i) result[i] = all[fields_[i]];
        return result;
    }

    template <std::size_t width>
    static void add_row(double* sums, std::size_t target, const Row<width>& change) {
        Row<width> sum;
        std::memcpy(&sum, sums + target * width, sizeof sum);
        sum += change;
        std::memcpy(sums + target * width, &sum, sizeof sum);
    }

    template <std::size_t width>
    void add_run(const Run& run) {
        const auto* targets = run.rows->targets();
        double* const sums = sums_.data();
        const auto [first, last] = std::pair(run.first, run.last);  // which no store can change
        const bool is_mixed = !run.all_non_negative() && !run.all_negative();
        const bool is_positive = sign_ > 0;
        if (!run.each_has_offset && run.is_uniform()) {
            const double weight = run.rows->common_weight();
            if (is_mixed && (weight >= 0) != is_positive) return;
            const auto change = weight * effect<width>(run.offset);
            for (auto k = first; k < last; ++k) add_row<width>(sums, targets[k], change);
            return;
        }
        const auto common = effect<width>(run.each_has_offset ? 0 : run.offset);
        run.with_weights([&](auto weight) {
            for (auto k = first; k < last; ++k) {
                const double w = weight(k);
                if (is_mixed && (w >= 0) != is_positive) continue;
                add_row<width>(
                    sums, targets[k],
                    w * (run.each_has_offset ? effect<width>(offset_of(k, run, resolution_))
                                             : common));
            }
        });
    }

    template <std::size_t width, std::size_t terms>
    SHARPWAVE_FLATTEN std::uint64_t add_timed(TimedRuns::OfRows& runs) {
        const SynapseRows& rows = runs.rows();
        // Copies, which no store can change.
        std::array<std::array<double, terms>, width> coefficients{};
        for (std::size_t i = 0; i < fields_.size(); ++i)
            for (std::size_t k = 0; k < terms; ++k)
                coefficients[i][k] = table().coefficient(k, fields_[i]);
        const bool is_mixed = !rows.all_non_negative() && !rows.all_negative();
        const Pack unit(rows.timed_unit());
        const Pack sign(sign_);
        const Pack h(resolution_);
        const Pack scale(table().scale());
        double* const sums = sums_.data();
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

    template <std::size_t width, std::size_t terms>
    SHARPWAVE_FLATTEN void add_batch(std::size_t first, const ArrivalBatch& batch) {
        using Powers = PowerSums<terms>;
        for (std::size_t part = 0; part < ArrivalBatch::width; part += Powers::width) {
            const Powers powers(batch, part);
            std::array<std::array<Pack, width>, Powers::width / lanes> changes{};
            for (std::size_t field = 0; field < width; ++field) {
                if (field >= fields_.size()) continue;
                powers.of(batches_[field],
                          [&](std::size_t i, const Pack& sum) { changes[i / lanes][field] = sum; });
            }
            for (std::size_t i = 0; i < Powers::width; i += lanes) {
                Pack weights = load(batch.weights + part + i);
                if (batch.sign == 0) where(weights * Pack(sign_) < Pack(0), weights) = 0;
                for (auto& change : changes[i / lanes]) change *= weights;
                alignas(64) std::array<double, lanes * width> rows;
                put_rows(changes[i / lanes], rows.data());
                double* const to = sums_.data() + (first + part + i) * width;
                for (std::size_t k = 0; k < rows.size(); k += lanes)
                    store(load(to + k) + load(rows.data() + k), to + k);
            }
        }
    }

    // Setting up.

    /// Of the fields summed, to an input at some times of a bin.
    std::vector<std::array<double, n>> responses() const {
        constexpr int checks = 257;
        std::vector<std::array<double, n>> result(checks);
        for (int j = 0; j < checks; ++j) {
            const auto all = response_->at(receptor_, resolution_ * j / (checks - 1));
            for (std::size_t i = 0; i < fields_.size(); ++i)
                result[static_cast<std::size_t>(j)][i] = all[fields_[i]];
        }
        return result;
    }

    void find_batches(const std::vector<std::array<double, n>>& responses) {
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            // An arrival with x is at the place -(x + 2^-16): see ArrivalBatch.
            batches_[i] = BatchPolynomial(table().in_powers(fields_[i], -1, -0x1p-16));
            double most = 0;
            for (const auto& response : responses) most = std::max(most, std::abs(response[i]));
            // Of an input's effect by the end of its bin: far below what tells times 1e-9 ms apart.
            constexpr double precision = 1e-9;
            takes_batches_ = takes_batches_ && batches_[i].error() <= precision * most;
        }
    }

    /// A combination of two fields whose response to every input is at least that of the gap and changes
    /// least within a bin.
    bool find_lift(const std::vector<std::array<double, n>>& all) {
        const double lift = response_->lift(receptor_, sign_);
        if (lift == 0) return true;
        double best = std::numeric_limits<double>::max();
        for (std::size_t a = 0; a < fields_.size(); ++a)
            for (std::size_t b = 0; b < fields_.size(); ++b) {
                // 1 at both ends of the bin; of one field alone, at its begin.
                const double at_begin = all.back()[a];
                const double determinant = at_begin * all[0][b] - all[0][a] * all.back()[b];
                const double of_a =
                    a == b ? 1 / at_begin : (all[0][b] - all.back()[b]) / determinant;
                const double of_b = a == b ? 0 : (at_begin - all[0][a]) / determinant;
                if (!std::isfinite(of_a) || !std::isfinite(of_b)) continue;
                double least = std::numeric_limits<double>::max();
                double most = 0;
                for (const auto& response : all) {
                    const double sum = of_a * response[a] + of_b * response[b];
                    least = std::min(least, sum);
                    most = std::max(most, sum);
                }
                if (!(least > 0) || !(most / least < best)) continue;
                best = most / least;
                lift_ = {};
                lift_[a] = sign_ * lift / least * of_a;
                lift_[b] += sign_ * lift / least * of_b;
            }
        return best < std::numeric_limits<double>::max();
    }

    const Response<M>* response_ = nullptr;
    double resolution_ = 0;
    double sign_ = 1;
    Receptor receptor_ = Receptor::exc;
    std::vector<std::size_t> fields_;
    std::array<BatchPolynomial, n> batches_{};  // by field summed
    bool takes_batches_ = true;
    std::array<double, n> lift_{};
    bool tells_lift_ = false;
    HugeArray<double> sums_;
};

}  // namespace sim
