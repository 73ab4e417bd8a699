// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson arrivals at the neurons of a tile, bin by bin: how many, and when.
//
// Invariants
//   (1) a count follows the Poisson distribution to a few 2^-64.
//   (2) a time is uniform on the midpoints of 2^16 cells of its bin (1.5 ns with bins of 0.1 ms, the
//       lattice of drawn delays), so never on a grid point.
//   (3) draws are keyed by (neuron, bin), for 2^48 bins: 890 years of 0.1 ms. The times of sixteen
//       neighbours come from the same blocks, one after the other, so that few numbers go unused.
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
    std::span<const std::uint32_t> ticks(std::size_t k, Step bin);

    /// Counts and times of the neurons from `local` of the tile on; those beyond the tile have none.
    /// A batch with a neuron that has more arrivals than it takes is left unfilled.
    /// Needs: first + local a multiple of ArrivalBatch::width; all neurons of each batch that the
    /// population has are in the tile
    void fill(std::uint32_t local, Step bin, std::span<ArrivalBatch> batches) const;

    /// The time of a tick as a share of its bin.
    static double share(std::uint32_t tick) { return (tick + 0.5) * 0x1p-16; }

private:
    static constexpr std::size_t blocks = 16;         // drawn together for counts
    static constexpr std::size_t chunk = 8 * blocks;  // neurons whose first bits they hold

    static constexpr std::size_t lanes = ArrivalBatch::width;

    const PoissonCounts& law(std::size_t k) const { return laws_[law_[law_.size() == 1 ? 0 : k]]; }
    std::uint32_t count(std::size_t k, std::uint16_t prefix, std::uint64_t bin) const;
    std::uint32_t search(std::size_t k, std::uint16_t prefix, std::uint64_t bin) const;
    std::array<std::uint16_t, chunk> first_bits(std::uint64_t number, std::uint64_t bin) const;
    bool are_few() const;
    template <std::size_t N>
    void count_few(const std::array<std::uint16_t, N>& first_bits, std::uint64_t neuron,
                   std::size_t size, std::uint64_t bin, std::array<std::uint16_t, N>& counts) const;
    void count_batches(std::uint64_t neuron, std::uint64_t bin,
                       const std::array<std::uint16_t, chunk>& first_bits,
                       std::span<ArrivalBatch> batches) const;
    void fill_some(std::uint64_t neuron, std::uint64_t bin, std::span<ArrivalBatch> batches) const;
    std::uint32_t draw_all(std::size_t k, std::uint64_t bin);

    RandomKey key_;
    std::uint64_t first_;
    std::size_t size_;
    std::vector<PoissonCounts> laws_;  // one for every mean
    std::vector<std::uint32_t> law_;   // number in laws_: one, or one for every neuron
    std::uint64_t beyond_ = 1;         // no law reaches it
    std::vector<std::uint32_t> counts_;
    // The batch last asked for, by the first of its neurons in the tile.
    ArrivalBatch batch_{};
    std::size_t batch_first_ = ~std::size_t{0};
    Step batch_bin_ = 0;
    std::vector<std::uint32_t> ticks_;  // of the neuron and bin last asked for
};

}  // namespace sim
