// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Makes a Drive of a source model that is a Poisson process for every neuron of a population.
//
// The model says how many arrivals a stretch of time brings on average; counts and times are drawn
// here, bin by bin, where bin b is the stretch between the grid points b and b + 1.
//
// Invariants
//   (1) a count follows the Poisson distribution to a few 2^-64.
//   (2) a time is uniform on the midpoints of 2^32 cells of its bin, so never on a grid point.
//   (3) draws are keyed by (neuron, bin), for 2^48 bins: 890 years of 0.1 ms.
// Grid timing needs counts alone, and draws 16 bits each, eight neurons to a block, and 48 more
// where those do not decide; what arrives in bin b acts at the grid point that ends it.

#include <map>

#include "sim/core/error.hpp"
#include "sim/core/poisson_counts.hpp"
#include "sim/core/text.hpp"
#include "sim/run/source_gate.hpp"

namespace sim {

template <BackgroundModel M>
class BackgroundAdapter final : public Drive {
public:
    /// Throws: BadNetwork if a bin holds too many arrivals for its draws
    BackgroundAdapter(const SourceContext& context, const DriveTarget& target)
        : context_(context), target_(target), bin_(target.size),
          prefixes_(target.size + 2 * lanes) {
        const auto params = source_params<M>(context_, target.first, target.size);
        std::vector<double> means;
        for (const auto& p : params) {
            gates_.emplace_back(context_, p);
            means.push_back(M::mean(p, context_.clock.resolution()));
            check(means.back());
        }
        tabulate_counts(means);
        RandomKey key = context_.key;
        key.purpose = Purpose::weight;
        for (std::uint32_t k = 0; k < target.size; ++k)
            weights_.push_back(context_.spec.weight.at(key, target.first + k));
        for (std::uint32_t k = 0; k < target.size; ++k)
            has_mixed_receptors_ |= receptor(k) != receptor(0);
    }
    BackgroundAdapter(const BackgroundAdapter&) = delete;  // gates point at the context
    BackgroundAdapter& operator=(const BackgroundAdapter&) = delete;

    std::uint64_t add(Step step, const InputRow& row) override {
        const std::uint64_t total = count_bin(step - 1);
        if (total == 0) return 0;
        const double* weights = weights_.data();
        const std::uint32_t* counts = bin_.data();
        if (has_mixed_receptors_) {
            for (std::size_t k = 0; k < target_.size; ++k)
                (receptor(k) == Receptor::exc ? row.exc : row.inh)[k] += weights[k] * counts[k];
        } else {
            double* input = (receptor(0) == Receptor::exc ? row.exc : row.inh).data();
            const std::size_t size = target_.size;
            for (std::size_t k = 0; k < size; ++k) input[k] += weights[k] * counts[k];
        }
        return total;
    }

    std::uint64_t arrivals(Step step, std::uint32_t local, std::vector<Arrival>& out) override {
        const Cover mine = cover(local, step);
        if (mine == Cover::none) return 0;
        const auto before = out.size();
        for (const std::uint32_t tick : draw_ticks(local, step))
            if (mine == Cover::whole || gate(local).is_open({step, offset(tick)}))
                out.push_back({offset(tick), weights_[local], receptor(local)});
        return out.size() - before;
    }

private:
    enum class Cover { none, part, whole };

    // Kinds of draws, in the bits of the entity above the neuron.
    static constexpr std::uint64_t rest_draws = 1ULL << 32U;
    static constexpr std::uint64_t time_draws = 2ULL << 32U;
    static constexpr std::uint32_t lanes = 8;  // counts of one block
    static constexpr int blocks_per_bin_bits = 16;
    static constexpr double most_arrivals = 2e5;  // a bin has room for 2^18 - 2

    void check(double mean) const {
        if (mean <= most_arrivals) return;
        throw BadNetwork("sources." + context_.spec.name + ": brings " + number(mean) +
                         " arrivals in a step: must be at most " + number(most_arrivals) +
                         "; lower the rate or the resolution");
    }

    // Few means have wide guides that decide nearly all counts; many have small ones.
    void tabulate_counts(const std::vector<double>& means) {
        std::map<double, std::uint32_t> numbers;
        for (const double mean : means) numbers.emplace(mean, 0);
        const int guide_bits = numbers.size() <= 4 ? 12 : 8;
        for (auto& [mean, number] : numbers) {
            number = static_cast<std::uint32_t>(counts_.size());
            counts_.emplace_back(mean, guide_bits);
        }
        for (const double mean : means) law_.push_back(numbers.at(mean));
    }

    const Gate& gate(std::size_t k) const { return gates_[gates_.size() == 1 ? 0 : k]; }
    const PoissonCounts& law(std::size_t k) const { return counts_[law_[law_.size() == 1 ? 0 : k]]; }
    Receptor receptor(std::size_t k) const {
        return weights_[k] >= 0 || !target_.has_inh_port ? Receptor::exc : Receptor::inh;
    }
    double offset(std::uint32_t tick) const {
        return (tick + 0.5) * 0x1p-32 * context_.clock.resolution();
    }

    Cover cover(std::size_t k, Step bin) const {
        const Time start = gate(k).start();
        const Time stop = gate(k).stop();
        if (bin < start.step || bin >= stamp(stop) || !context_.is_on(bin)) return Cover::none;
        return bin >= stamp(start) && bin < stop.step ? Cover::whole : Cover::part;
    }

    /// Draws how many arrivals a bin brings to every neuron; returns their sum.
    std::uint64_t count_bin(Step bin) {
        const bool is_shared = gates_.size() == 1;
        const Cover common = cover(0, bin);
        if (is_shared && common == Cover::none) return 0;
        const std::uint16_t* prefixes = draw_prefixes(bin);
        std::uint32_t* counts = bin_.data();
        const std::size_t size = target_.size;
        std::uint64_t total = 0;
        if (is_shared && common == Cover::whole) {
            const PoissonCounts& law = counts_[0];
            for (std::size_t k = 0; k < size; ++k) {
                counts[k] = law.of_prefix(prefixes[k]);
                if (counts[k] == PoissonCounts::undecided) [[unlikely]]
                    counts[k] = extended_count(k, bin, prefixes[k]);
                total += counts[k];
            }
        } else {
            for (std::size_t k = 0; k < size; ++k)
                total += counts[k] = count_of(k, bin, prefixes[k]);
        }
        return total;
    }

    /// The first bits of the counts of all neurons, from the first neuron of the tile on.
    const std::uint16_t* draw_prefixes(Step bin) {
        const std::uint64_t group = target_.first / lanes;
        const std::uint64_t end = (target_.first + target_.size + lanes - 1) / lanes;
        std::uint16_t* out = prefixes_.data();
        for (std::uint64_t g = group; g < end; ++g)
            for (const std::uint32_t word :
                 random_block(context_.key, g, static_cast<std::uint64_t>(bin))) {
                *out++ = static_cast<std::uint16_t>(word);
                *out++ = static_cast<std::uint16_t>(word >> 16U);
            }
        return prefixes_.data() + target_.first % lanes;
    }

    std::uint32_t count_of(std::size_t k, Step bin, std::uint16_t prefix) {
        const Cover mine = cover(k, bin);
        if (mine == Cover::none) return 0;
        if (mine == Cover::whole) {
            const std::uint32_t count = law(k).of_prefix(prefix);
            return count != PoissonCounts::undecided ? count : extended_count(k, bin, prefix);
        }
        const auto ticks = draw_ticks(k, bin);
        return static_cast<std::uint32_t>(
            std::count_if(ticks.begin(), ticks.end(), [&](std::uint32_t tick) {
                return gate(k).is_open({bin, offset(tick)});
            }));
    }

    std::uint32_t extended_count(std::size_t k, Step bin, std::uint16_t prefix) const {
        const auto rest = random_block(context_.key, rest_draws + target_.first + k,
                                       static_cast<std::uint64_t>(bin));
        return law(k).of(static_cast<std::uint64_t>(prefix) << 48U |
                         static_cast<std::uint64_t>(rest[0]) << 16U | rest[1] >> 16U);
    }

    /// The arrivals at a neuron in a bin, ascending; valid until the next call.
    std::span<const std::uint32_t> draw_ticks(std::size_t k, Step bin) {
        const std::uint64_t entity = time_draws + target_.first + k;
        auto block = static_cast<std::uint64_t>(bin) << blocks_per_bin_bits;
        auto words = random_block(context_.key, entity, block);
        const std::uint32_t count =
            law(k).of(static_cast<std::uint64_t>(words[0]) << 32U | words[1]);
        if (ticks_.size() < count + 4) ticks_.resize(count + 4);
        std::copy_n(words.begin() + 2, 2, ticks_.begin());
        for (std::uint32_t i = 2; i < count; i += 4) {
            words = random_block(context_.key, entity, ++block);
            std::copy_n(words.begin(), 4, ticks_.begin() + i);
        }
        const std::span ticks(ticks_.data(), count);
        std::sort(ticks.begin(), ticks.end());
        return ticks;
    }

    SourceContext context_;
    DriveTarget target_;
    std::vector<Gate> gates_;            // one, or one per neuron
    std::vector<std::uint32_t> law_;     // the same: number in counts_
    std::vector<PoissonCounts> counts_;  // one per mean
    std::vector<double> weights_;
    bool has_mixed_receptors_ = false;
    std::vector<std::uint32_t> bin_;  // counts of the bin under way
    std::vector<std::uint16_t> prefixes_;
    std::vector<std::uint32_t> ticks_;  // of the neuron and bin under way
};

}  // namespace sim
