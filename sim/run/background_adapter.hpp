// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Drive of a source model that is a Poisson process for every neuron of a population.
//
// The model says how many arrivals a stretch of time brings on average; they are drawn bin by bin,
// where bin b is the stretch between the grid points b and b + 1. On the grid, what arrives in bin b
// acts at the grid point that ends it.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/run/poisson_draws.hpp"
#include "sim/run/source_gate.hpp"

namespace sim {

template <BackgroundModel M>
class BackgroundAdapter final : public Drive {
public:
    /// Throws: BadNetwork if a bin has too many arrivals
    BackgroundAdapter(const SourceContext& context, const DriveTarget& target)
        : context_(context),
          target_(target),
          means_(open_gates()),
          draws_(context.key, target.first, target.size, means_) {
        RandomKey key = context_.key;
        key.purpose = Purpose::weight;
        for (std::uint32_t k = 0; k < target.size; ++k)
            weights_.push_back(context_.spec.weight.at(key, target.first + k));
        for (std::uint32_t k = 0; k < target.size; ++k)
            has_mixed_receptors_ |= receptor(k) != receptor(0);
        weights_.resize(target.size + ArrivalBatch::width);  // a batch may reach beyond
        for (std::size_t first = 0; first < target.size; first += ArrivalBatch::width) {
            const auto [least, most] = std::minmax_element(
                weights_.data() + first, weights_.data() + first + ArrivalBatch::width);
            signs_.push_back(static_cast<std::int8_t>(*least >= 0 ? 1 : *most <= 0 ? -1 : 0));
        }
    }
    BackgroundAdapter(const BackgroundAdapter&) = delete;  // gates point at the context
    BackgroundAdapter& operator=(const BackgroundAdapter&) = delete;

    /// Independent Poisson processes add up to one. Source: Kingman 1993, Poisson Processes, ch. 2.2
    bool absorb(const Drive& drive) override {
        const auto* other = dynamic_cast<const BackgroundAdapter*>(&drive);
        if (other == nullptr || !is_alike(*other)) return false;
        means_[0] += other->means_[0];
        check(means_[0]);
        draws_ = PoissonDraws(context_.key, target_.first, target_.size, means_);
        return true;
    }

    std::uint64_t add(Step step, const InputRow& row) override {
        const Step bin = step - 1;
        const bool is_shared = gates_.size() == 1;
        const Cover common = cover(0, bin);
        if (is_shared && common == Cover::none) return 0;
        const auto drawn = draws_.counts(bin);
        heard_.assign(drawn.begin(), drawn.end());
        if (!is_shared || common == Cover::part)
            for (std::size_t k = 0; k < heard_.size(); ++k) heard_[k] = heard(k, bin, heard_[k]);
        add_weights(heard_, row);
        return std::accumulate(heard_.begin(), heard_.end(), std::uint64_t{0});
    }

    std::optional<CountedDrive> counted() const override {
        if (!context_.spec.weight.is_constant()) return std::nullopt;
        return CountedDrive{weights_[0], draws_.most()};
    }
    std::uint64_t count(Step step, std::span<std::uint16_t> row) override {
        const Step bin = step - 1;
        if (gates_.size() == 1 && cover(0, bin) != Cover::part)
            return cover(0, bin) == Cover::none ? 0 : draws_.add_counts(bin, row);
        const auto counts = draws_.counts(bin);
        std::uint64_t all = 0;
        for (std::size_t k = 0; k < counts.size(); ++k) {
            const std::uint32_t mine = heard(k, bin, counts[k]);
            row[k] = static_cast<std::uint16_t>(row[k] + mine);
            all += mine;
        }
        return all;
    }

    std::uint64_t arrivals(Step step, std::uint32_t local, std::vector<Arrival>& out) override {
        const Cover mine = cover(local, step);
        if (mine == Cover::none) return 0;
        const auto before = out.size();
        for (const std::uint32_t tick : draws_.ticks(local, step))
            if (mine == Cover::whole || is_heard(local, step, tick))
                out.push_back({offset(tick), weights_[local], receptor(local)});
        return out.size() - before;
    }

    std::uint64_t mean_arrivals() const override {
        std::uint64_t sum = 0;
        for (const double mean : means_)
            sum += static_cast<std::uint64_t>(std::llround(1e6 * mean));
        return means_.size() == 1 ? sum * target_.size : sum;
    }
    void fill(Step step, std::uint32_t local, std::span<ArrivalBatch> batches) override {
        if (gates_.size() == 1 && cover(0, step) != Cover::whole)
            return Drive::fill(step, local, batches);
        draws_.fill(local, step, batches);
        for (auto& batch : batches) {
            batch.weights = weights_.data() + local;
            batch.sign = signs_[local / ArrivalBatch::width];
            const std::size_t end = std::min(local + ArrivalBatch::width, gates_.size());
            for (std::size_t k = local; k < end && gates_.size() > 1; ++k)
                batch.is_filled = batch.is_filled && cover(k, step) == Cover::whole;
            local += static_cast<std::uint32_t>(ArrivalBatch::width);
        }
    }

private:
    enum class Cover { none, part, whole };  // how much of a bin a gate is open

    /// Makes the gates; returns the mean numbers of arrivals in a bin.
    std::vector<double> open_gates() {
        std::vector<double> means;
        for (const auto& p : source_params<M>(context_, target_.first, target_.size)) {
            gates_.emplace_back(context_, p);
            means.push_back(M::mean(p, context_.clock.resolution()));
            check(means.back());
        }
        return means;
    }
    void check(double mean) const {
        constexpr double most = PoissonDraws::most_arrivals;
        if (mean > most)
            throw BadNetwork("sources." + context_.spec.name + ": brings " + number(mean) +
                             " arrivals in a step: must be at most " + number(most) +
                             "; lower the rate or the resolution");
    }

    /// Whether another source is heard when this one is, with the same weight, all neurons alike.
    bool is_alike(const BackgroundAdapter& other) const {
        const auto& mine = context_.spec.weight;
        const auto& theirs = other.context_.spec.weight;
        const auto is_same = [](const Window& a, const Window& b) {
            return a.begin == b.begin && a.end == b.end;
        };
        return mine.is_constant() && theirs.is_constant() && mine.a == theirs.a &&
               gates_.size() == 1 && other.gates_.size() == 1 &&
               gates_[0].start() == other.gates_[0].start() &&
               gates_[0].stop() == other.gates_[0].stop() &&
               std::equal(context_.off.begin(), context_.off.end(), other.context_.off.begin(),
                          other.context_.off.end(), is_same);
    }

    void add_weights(std::span<const std::uint32_t> counts, const InputRow& row) const {
        const double* weights = weights_.data();
        const std::size_t size = counts.size();
        if (has_mixed_receptors_) {
            for (std::size_t k = 0; k < size; ++k)
                (receptor(k) == Receptor::exc ? row.exc : row.inh)[k] += weights[k] * counts[k];
            return;
        }
        double* input = (receptor(0) == Receptor::exc ? row.exc : row.inh).data();
        for (std::size_t k = 0; k < size; ++k) input[k] += weights[k] * counts[k];
    }

    const Gate& gate(std::size_t k) const { return gates_[gates_.size() == 1 ? 0 : k]; }
    Receptor receptor(std::size_t k) const {
        return weights_[k] >= 0 || !target_.has_inh_port ? Receptor::exc : Receptor::inh;
    }
    double offset(std::uint32_t tick) const {
        return PoissonDraws::share(tick) * context_.clock.resolution();
    }
    bool is_heard(std::size_t k, Step bin, std::uint32_t tick) const {
        return gate(k).is_open({bin, offset(tick)});
    }

    Cover cover(std::size_t k, Step bin) const {
        const Time start = gate(k).start();
        const Time stop = gate(k).stop();
        if (bin < start.step || bin >= stamp(stop) || !context_.is_on(bin)) return Cover::none;
        return bin >= stamp(start) && bin < stop.step ? Cover::whole : Cover::part;
    }

    /// How many arrivals of a bin are heard, `count` if all are.
    std::uint32_t heard(std::size_t k, Step bin, std::uint32_t count) {
        const Cover mine = cover(k, bin);
        if (mine != Cover::part) return mine == Cover::whole ? count : 0;
        const auto ticks = draws_.ticks(k, bin);
        return static_cast<std::uint32_t>(std::count_if(
            ticks.begin(), ticks.end(), [&](auto tick) { return is_heard(k, bin, tick); }));
    }

    SourceContext context_;
    DriveTarget target_;
    std::vector<Gate> gates_;    // one, or one per neuron
    std::vector<double> means_;  // arrivals in a bin, alike
    PoissonDraws draws_;
    std::vector<double> weights_;
    std::vector<std::int8_t> signs_;    // of the weights of a batch, or 0
    std::vector<std::uint32_t> heard_;  // of one bin
    bool has_mixed_receptors_ = false;
};

}  // namespace sim
