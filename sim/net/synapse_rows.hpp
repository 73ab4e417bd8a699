// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The synapses of one group of projections onto one tile of targets, as delivery wants them.
//
// Invariants
//   (1) a run is the synapses of one (source, delay in whole steps); runs of a source are adjacent
//       and in ascending delay, so a source's whole row is one stretch.
//   (2) within a run the order is that of the parts of the delays below a step, then that of the
//       edges: target ascending, as the connector drew. So what a spike brings within a bin, and what
//       it brings in the next one, are one stretch each.
//   (3) immutable after construction; read by any thread.
// Bytes per synapse: 2 for the target, 0 (one weight for all), 4 (floats) or 8 for the weight, and
// where delays have parts below the resolution 2 (random ones) or 8. The index takes 4 bytes for
// every source and delay.

#include <cstdint>
#include <vector>

#include "sim/core/huge_array.hpp"
#include "sim/core/time.hpp"

namespace sim {

/// How the weights, or the parts of delays below the resolution, of some rows are kept.
enum class Stored { common, narrow, doubles };

class SynapseRows {
public:
    class Builder;

    std::uint64_t size() const { return begin_.back(); }
    Step shortest() const { return shortest_; }
    Step longest() const { return shortest_ + classes_ - 1; }
    std::uint32_t sources() const { return sources_; }
    std::uint64_t bytes() const;

    /// Where the first synapse of (source, delay) is; the next entry, that of the next delay or
    /// source, ends the run.
    /// Needs: shortest() <= delay <= longest()
    const std::uint32_t* run(std::uint32_t source, Step delay) const {
        return begin_.data() +
               static_cast<std::size_t>(source) * static_cast<std::size_t>(classes_) +
               static_cast<std::size_t>(delay - shortest_);
    }

    /// Any numbers follow the last one, so that whole registers can be read from every place.
    static constexpr std::size_t readable_beyond = 32;
    const std::uint16_t* targets() const { return targets_.data(); }

    /// The part of the delay below a step, ms.
    bool each_has_offset() const { return !fractions_.empty() || !offsets_.empty(); }
    double offset(std::size_t k) const {
        if (!fractions_.empty()) return fractions_[k] * fraction_;
        return offsets_.empty() ? common_offset_ : offsets_[k];
    }

    /// The first synapse of [first, last) with spike_offset + offset >= resolution, or last.
    std::uint32_t carried(std::uint32_t first, std::uint32_t last, double spike_offset,
                          double resolution) const {
        while (first < last) {
            const std::uint32_t middle = first + (last - first) / 2;
            if (spike_offset + offset(middle) >= resolution) last = middle;
            else first = middle + 1;
        }
        return first;
    }
    /// Readable like targets.
    const std::uint16_t* fractions() const { return fractions_.data(); }
    double fraction() const { return fraction_; }

    /// An arrival can fall a bin later than its spike's step and the whole steps of the delay say.
    bool may_carry() const { return common_offset_ != 0 || each_has_offset(); }

    double weight(std::size_t k) const {
        if (!floats_.empty()) return static_cast<double>(floats_[k]);
        return doubles_.empty() ? common_weight_ : doubles_[k];
    }
    const float* floats() const { return floats_.data(); }

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
    std::uint32_t sources_ = 0;
    Step shortest_ = 1;
    Step classes_ = 1;
    HugeArray<std::uint32_t> begin_;  // [source][delay class], and one end
    HugeArray<std::uint16_t> targets_;
    HugeArray<float> floats_;  // one of floats_, doubles_ is used, or neither
    HugeArray<double> doubles_;
    HugeArray<std::uint16_t> fractions_;  // the same of the parts of delays, in units of fraction_
    HugeArray<double> offsets_;
    std::uint32_t largest_indegree_ = 0;
    double common_weight_ = 0;
    double common_offset_ = 0;
    double fraction_ = 0;
    bool all_non_negative_ = true;
    bool all_negative_ = true;
};

/// Builds rows without a second copy: all synapses come twice, in the order of the edges; first they
/// are counted, then put in place (a counting sort by source and delay).
class SynapseRows::Builder {
public:
    struct Storage {
        Stored weights;
        Stored offsets;
        double fraction;  ///< ms, the unit of narrow offsets
    };
    /// `targets`: how many the tile has
    Builder(std::uint32_t sources, std::uint32_t targets, const Storage& storage);

    /// First pass.
    void count(std::uint32_t source, std::uint32_t target, Step delay) {
        if (delay < shortest_ || delay >= shortest_ + classes_) widen(delay);
        ++counts_[place(source, delay)];
        ++indegrees_[target];
        ++total_;
    }

    /// Throws: BadNetwork if there are too many
    void begin_second_pass();

    void put(std::uint32_t source, std::uint32_t target, double weight, const Time& delay) {
        const std::uint32_t k = counts_[place(source, delay.step)]++;
        rows_.targets_[k] = static_cast<std::uint16_t>(target);
        (weight < 0 ? rows_.all_non_negative_ : rows_.all_negative_) = false;
        if (!rows_.floats_.empty()) rows_.floats_[k] = static_cast<float>(weight);
        else if (!rows_.doubles_.empty()) rows_.doubles_[k] = weight;
        else rows_.common_weight_ = weight;
        if (!rows_.fractions_.empty())
            rows_.fractions_[k] = static_cast<std::uint16_t>(delay.offset / rows_.fraction_ + 0.5);
        else if (!rows_.offsets_.empty()) rows_.offsets_[k] = delay.offset;
        else rows_.common_offset_ = delay.offset;
    }

    /// Needs: both passes brought the same synapses
    SynapseRows finish();

private:
    std::size_t place(std::uint32_t source, Step delay) const {
        return static_cast<std::size_t>(source) * static_cast<std::size_t>(classes_) +
               static_cast<std::size_t>(delay - shortest_);
    }
    void widen(Step delay);
    void sort_by_offset(std::uint32_t first, std::uint32_t last);

    Storage storage_;
    SynapseRows rows_;
    Step shortest_ = 1;
    Step classes_ = 0;
    std::uint64_t total_ = 0;
    struct Synapse {
        double offset;
        double weight;
        float narrow_weight;
        std::uint16_t fraction;
        std::uint16_t target;
    };
    std::vector<Synapse> run_;         // to be sorted
    HugeArray<std::uint32_t> counts_;  // [source][delay class]; in the second pass the next place
    std::vector<std::uint32_t> indegrees_;
};

}  // namespace sim
