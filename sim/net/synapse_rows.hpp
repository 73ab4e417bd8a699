// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The synapses of one projection onto one tile of targets, as delivery wants them.
//
// Invariants
//   (1) a run is the synapses of one (source, delay in whole steps); runs of a source are adjacent
//       and in ascending delay, so a source's whole row is one stretch.
//   (2) within a run the order is that of the edges: target ascending, then as the connector drew.
//   (3) immutable after construction; read by any thread.
// Bytes per synapse: 2 for the target, 0 (one weight for all), 4 (weights that are floats) or 8,
// and 8 more only where delays have a part below the resolution. The index takes 4 bytes for every
// source and delay.

#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/time.hpp"

namespace sim {

class SynapseRows {
public:
    struct Synapse {
        std::uint32_t source;
        std::uint16_t target;  ///< inside the tile
        double weight;
        Time delay;  ///< step >= 1
    };

    /// Counting sort by (source, delay); `synapses` is in edge order.
    SynapseRows(std::uint32_t sources, std::span<const Synapse> synapses);

    std::uint64_t size() const { return targets_.size() - readable_beyond; }
    Step shortest() const { return shortest_; }
    Step longest() const { return shortest_ + classes_ - 1; }
    std::uint32_t sources() const { return sources_; }
    std::uint64_t bytes() const;

    /// Index of the first synapse of (source, delay); that of the next delay ends the run.
    /// Needs: shortest() <= delay <= longest() + 1
    std::uint32_t run(std::uint32_t source, Step delay) const {
        return begin_[static_cast<std::size_t>(source) * static_cast<std::size_t>(classes_) +
                      static_cast<std::size_t>(delay - shortest_)];
    }

    /// Any numbers follow the last one, so that whole registers can be read from every place.
    static constexpr std::size_t readable_beyond = 32;
    const std::uint16_t* targets() const { return targets_.data(); }

    /// The part of the delay below a step, ms.
    bool each_has_offset() const { return !offsets_.empty(); }
    double offset(std::size_t k) const { return offsets_.empty() ? common_offset_ : offsets_[k]; }

    /// An arrival can fall a bin later than its spike's step and the whole steps of the delay say.
    bool may_carry() const { return common_offset_ != 0 || !offsets_.empty(); }

    double weight(std::size_t k) const {
        if (!floats_.empty()) return static_cast<double>(floats_[k]);
        return doubles_.empty() ? common_weight_ : doubles_[k];
    }

    /// One weight for all synapses.
    bool is_uniform() const { return floats_.empty() && doubles_.empty(); }
    double common_weight() const { return common_weight_; }

    /// The most synapses that a target has.
    std::uint32_t largest_indegree() const { return largest_indegree_; }

    /// Which signs occur; a projection of one sign needs no test per synapse.
    bool all_non_negative() const { return all_non_negative_; }
    bool all_negative() const { return all_negative_; }

    /// Calls `visit` with a callable weight(k), so that a loop over synapses has no branch on storage.
    template <class Visit>
    void with_weights(Visit visit) const {
        if (!floats_.empty())
            visit([w = floats_.data()](std::size_t k) { return static_cast<double>(w[k]); });
        else if (!doubles_.empty()) visit([w = doubles_.data()](std::size_t k) { return w[k]; });
        else visit([w = common_weight_](std::size_t) { return w; });
    }

private:
    void measure_indegrees();
    void store_weights(std::span<const Synapse> synapses, std::span<const std::uint32_t> place);
    void store_offsets(std::span<const Synapse> synapses, std::span<const std::uint32_t> place);

    std::uint32_t sources_;
    Step shortest_ = 1;
    Step classes_ = 1;
    std::vector<std::uint32_t> begin_;    // [source][delay class], and one end
    std::vector<std::uint16_t> targets_;
    std::vector<float> floats_;           // one of floats_, doubles_ is used, or neither
    std::vector<double> doubles_;
    std::vector<double> offsets_;
    std::uint32_t largest_indegree_ = 0;
    double common_weight_ = 0;
    double common_offset_ = 0;
    bool all_non_negative_ = true;
    bool all_negative_ = true;
};

}  // namespace sim
