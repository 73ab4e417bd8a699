// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the plastic synapses of a rule keep, by place in their rows: one array for each member.
//
// Threads: part of the plastic synapses of a tile.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/huge_array.hpp"
#include "sim/core/text.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/plastic_frame.hpp"

namespace sim {

/// Weights are kept with their sign, rules have their amounts.
struct Amounts {
    int sign;  ///< 0: the weight is its amount
    Bounds bounds;

    /// From a weight to its amount, and back.
    template <class T>
    void flip(T& w) const {
        if (sign < 0) w = -w;
    }
    template <class T>
    void clip(T& w) const {
        std::experimental::where(w < T(bounds.low), w) = T(bounds.low);
        std::experimental::where(w > T(bounds.high), w) = T(bounds.high);
    }
};

template <Rule R>
class SynapseStore {
public:
    template <class T>
    using Synapse = typename R::template Synapse<T>;
    using Params = typename R::Params;
    static constexpr std::size_t n = sizeof(Synapse<double>) / sizeof(double);

    SynapseStore(const SynapseRows& rows, const Amounts& amounts)
        : rows_(&rows), amounts_(amounts) {
        const Synapse<double> fresh{};
        for_each_field<double>(
            [&](auto f, const double& x) { fields_[f].assign(rows.size() + lanes, x); }, fresh);
        for (std::size_t k = 0; k < rows.size(); ++k) fields_[0][k] = rows.weight(k);
        if constexpr (HasDelivered<R>) delivered_ = fields_[0];
    }

    /// `values`: by place and member
    void rewire(const SynapseRows& rows, std::span<const double> values, const Params& p) {
        rows_ = &rows;
        for (std::size_t f = 0; f < n; ++f) {
            fields_[f].assign(rows.size() + lanes, 0.0);
            for (std::size_t k = 0; k < rows.size(); ++k) fields_[f][k] = values[k * n + f];
        }
        if constexpr (HasDelivered<R>) {
            delivered_ = fields_[0];
            for (std::uint32_t k = 0; k < rows.size(); ++k) deliver(k, p);
        }
    }

    /// Throws: BadNetwork if a weight is out of bounds
    void check() const {
        const auto [sign, bounds] = amounts_;
        for (std::size_t k = 0; k < rows_->size(); ++k) {
            const double w = fields_[0][k] * (sign < 0 ? -1 : 1);
            if (w >= bounds.low && w <= bounds.high) continue;
            if (!AnySign<R> && w < 0)
                throw BadNetwork("weight has weights of both signs, and " + std::string(R::name) +
                                 " keeps the sign; make them two projections");
            throw BadNetwork("weight = " + number(fields_[0][k]) + ": " + std::string(R::name) +
                             " keeps its amount between " + number(bounds.low) + " and " +
                             number(bounds.high));
        }
    }
    /// Whether the targets of every run ascend.
    bool ascends() const {
        for (std::uint32_t source = 0; source < rows_->sources(); ++source)
            for (Step delay = rows_->shortest(); delay <= rows_->longest(); ++delay) {
                const auto* run = rows_->run(source, delay);
                if (!std::is_sorted(rows_->targets() + run[0], rows_->targets() + run[1]))
                    return false;
            }
        return true;
    }

    const SynapseRows& rows() const { return *rows_; }
    const Amounts& amounts() const { return amounts_; }
    std::span<double> weights() { return {fields_[0].data(), rows_->size()}; }
    double weight(std::size_t k) const { return fields_[0][k]; }  ///< with its sign
    const double* delivered() const {
        return HasDelivered<R> ? delivered_.data() : fields_[0].data();
    }
    std::uint64_t bytes() const {
        return (n + (HasDelivered<R> ? 1 : 0)) * rows_->size() * sizeof(double);
    }

    Synapse<double> one(std::size_t k) const {
        Synapse<double> s;
        for_each_field<double>([&](auto f, double& x) { x = fields_[f][k]; }, s);
        return s;
    }
    void set_one(std::size_t k, const Synapse<double>& s) {
        for_each_field<double>([&](auto f, const double& x) { fields_[f][k] = x; }, s);
    }

    /// Neighbours, from place k on.
    Synapse<Pack> pack(std::size_t k) const {
        Synapse<Pack> s;
        for_each_field<Pack>([&](auto f, Pack& x) { x = load(fields_[f].data() + k); }, s);
        return s;
    }
    /// The first `size` of them.
    void set_pack(std::size_t k, std::size_t size, const Synapse<Pack>& s) {
        for_each_field<Pack>(
            [&](auto f, const Pack& x) {
                double* to = fields_[f].data() + k;
                if (size == lanes) store(x, to);
                else
                    for (std::size_t i = 0; i < size; ++i) to[i] = x[i];
            },
            s);
    }

    Synapse<Pack> gather(const std::array<std::uint32_t, lanes>& places) const {
        Synapse<Pack> s;
        for_each_field<Pack>([&](auto f, Pack& x) { x = sim::gather(fields_[f].data(), places); },
                             s);
        return s;
    }
    void scatter(const std::array<std::uint32_t, lanes>& places, const Synapse<Pack>& s) {
        for_each_field<Pack>(
            [&](auto f, const Pack& x) { sim::scatter(x, fields_[f].data(), places); }, s);
    }

    double* field(std::size_t f) { return fields_[f].data(); }

    /// What acts on the neuron from now on, for rules that say so.
    void deliver(std::uint32_t k, const Params& p) {
        auto s = one(k);
        amounts_.flip(s.w);
        const double amount = R::delivered(p, s);
        delivered_[k] = amounts_.sign < 0 ? -amount : amount;
    }

    /// Neighbours in the rows, from place k on; the last one again where there are fewer.
    SynapseGroup<Pack> neighbours(std::uint32_t k, std::size_t size) const {
        SynapseGroup<Pack> group;
        for (std::size_t i = 0; i < lanes; ++i) {
            group.places[i] = k + static_cast<std::uint32_t>(std::min(i, size - 1));
            group.targets[i] = rows_->targets()[group.places[i]];
        }
        return group;
    }
    SynapseGroup<double> alone(std::uint32_t k) const { return {{k}, {rows_->targets()[k]}}; }

private:
    const SynapseRows* rows_;
    Amounts amounts_;
    std::array<HugeArray<double>, n> fields_;  // [member][place]; weights with their sign
    HugeArray<double> delivered_;
};

}  // namespace sim
