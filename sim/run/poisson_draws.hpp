// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson arrivals at the neurons of a tile, bin by bin: how many, and when.
//
// Invariants
//   (1) a count follows the Poisson distribution to a few 2^-64.
//   (2) a time is uniform on the midpoints of 2^16 cells of its bin (1.5 ns with bins of 0.1 ms, the
//       lattice of drawn delays), so never on a grid point.
//   (3) draws are keyed by (neuron, bin), for 2^48 bins: 890 years of 0.1 ms.
// `counts` and `ticks` draw apart: a run uses one of them, as its timing says.
// Threads: one at a time.

#include <span>
#include <vector>

#include "sim/core/poisson_counts.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/run/source.hpp"

namespace sim {

class PoissonDraws {
public:
    static constexpr double most_arrivals = 2e5;  ///< a bin's largest mean

    /// `means` are arrivals in a bin: one for all neurons of the tile, or one each.
    /// Needs: means in [0, most_arrivals]
    PoissonDraws(const RandomKey& key, std::uint64_t first, std::uint32_t size,
                 const std::vector<double>& means);

    /// How many arrivals the bin brings to each neuron; valid until the next call.
    std::span<const std::uint32_t> counts(Step bin);

    /// Adds them to a row; returns how many there were in all.
    /// Needs: most() and what is in the row add up to less than 2^16
    std::uint64_t add_counts(Step bin, std::span<std::uint16_t> row);

    /// No count is larger.
    std::uint64_t most() const { return beyond_ - 1; }

    /// Times of the arrivals at neuron k of the tile, ascending, as cells of the bin; valid until
    /// the next call.
    std::span<const std::uint32_t> ticks(std::size_t k, Step bin) {
        const std::uint64_t neuron = first_ + k;
        const auto at = static_cast<std::uint64_t>(bin);
        Group& group = groups_[at % groups_.size()];
        if (group.bin != at || group.number != neuron / lanes) {
            // Who passes all neurons comes to the first of a group before the others.
            if (neuron % lanes != 0) return ticks_of_one(k, at);
            fill(group, neuron / lanes, at);
        }
        const std::size_t lane = neuron % lanes;
        for (std::size_t i = 0; i < at_first; ++i) ticks_[i] = group.ticks[i][lane];
        const std::uint32_t count = group.counts[lane];
        if (count > at_first) [[unlikely]]
            draw_more(neuron, at, count);
        return {ticks_.data(), count};
    }

    /// Counts and ticks, in the order of their draw, of the neurons from `local` of the tile on; those
    /// beyond the tile have none. False if some neuron has more arrivals than a batch takes.
    /// Needs: first + local a multiple of ArrivalBatch::width
    bool fill(std::uint32_t local, Step bin, ArrivalBatch& batch) const;

    /// The time of a tick as a share of its bin.
    static double share(std::uint32_t tick) { return (tick + 0.5) * 0x1p-16; }

private:
    static constexpr std::size_t blocks = 16;         // drawn together for counts
    static constexpr std::size_t chunk = 8 * blocks;  // neurons whose first bits they hold

    // For times sixteen neurons draw together. The engine passes some bins of a neuron before the next one:
    // the groups of that many bins are kept.
    static constexpr std::size_t lanes = 16;
    static constexpr std::size_t at_first = 7;  // ticks of the block that has the count
    static constexpr std::size_t bins_kept = 256;
    using Lanes = std::array<std::uint32_t, lanes>;
    struct Group {
        std::uint64_t number = ~std::uint64_t{0};  // of its neurons
        std::uint64_t bin = 0;
        Lanes counts{};
        std::array<Lanes, at_first> ticks{};  // the first ones, ascending
    };

    const PoissonCounts& law(std::size_t k) const { return laws_[law_[law_.size() == 1 ? 0 : k]]; }
    std::uint32_t count(std::size_t k, std::uint16_t prefix, std::uint64_t bin) const;
    std::uint32_t search(std::size_t k, std::uint16_t prefix, std::uint64_t bin) const;
    void fill(Group& group, std::uint64_t number, std::uint64_t bin) const;
    std::array<std::uint16_t, chunk> first_bits(std::uint64_t number, std::uint64_t bin) const;
    bool are_few() const;
    template <std::size_t N>
    void count_few(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                   std::uint64_t bin, std::array<std::uint16_t, N>& counts) const;
    template <std::size_t N>
    void count_all(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                   std::uint64_t bin, std::uint32_t* counts) const;
    Lanes draw_counts(const Lanes& words, std::uint64_t number, std::uint64_t bin) const;
    std::span<const std::uint32_t> ticks_of_one(std::size_t k, std::uint64_t bin);
    void draw_more(std::uint64_t neuron, std::uint64_t bin, std::uint32_t count);

    RandomKey key_;
    std::uint64_t first_;
    std::size_t size_;
    std::vector<PoissonCounts> laws_;  // one for every mean
    std::vector<std::uint32_t> law_;   // number in laws_: one, or one for every neuron
    std::uint64_t beyond_ = 1;         // no law reaches it
    std::vector<std::uint32_t> counts_;
    std::vector<Group> groups_;         // by bin
    std::vector<std::uint32_t> ticks_;  // of the neuron and bin last asked for
};

}  // namespace sim
