// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The synapses of one group of projections onto one tile of targets, as delivery wants them.
//
// Invariants
//   (1) a run is the synapses of one (source, delay in whole steps); runs of a source are adjacent
//       and in ascending delay, so a source's whole row is one stretch.
//   (2) within a run the order is that of the parts of the delays below a step, then that of the
//       edges: target ascending, as the connector drew (of timed ones: target, weight). So what a
//       spike brings within a bin, and what it brings in the next one, are one stretch each.
//   (3) immutable after construction; read by any thread.
// Bytes per synapse: 2 for the target, 0 (one weight for all), 2 (packed), 4 (floats) or 8 for the
// weight, and where delays have parts below the resolution 2 (random ones) or 8. Timed synapses take 8
// in all. The index takes 4 bytes for every source and delay.

#include <bit>
#include <cstdint>
#include <vector>

#include "sim/core/huge_array.hpp"
#include "sim/core/time.hpp"
#include "sim/net/weight_lattice.hpp"

namespace sim {

/// How the weights, or the parts of delays below the resolution, of some rows are kept.
/// Packed weights: a synapse is 32 bits, the target below and the weight above, in quanta.
/// Packed parts of delays: a timed synapse, 64 bits with the weight (a float) below, then the target,
/// then the part of the delay.
enum class Stored { common, packed, narrow, doubles };

class SynapseRows {
public:
    class Builder;

    /// Drawn delays are rounded to such parts of a step, so that what is below a step fits 16 bits.
    static constexpr double parts_of_step = 1U << 16U;

    std::uint64_t size() const { return size_; }
    Step shortest() const { return shortest_; }
    Step longest() const { return shortest_ + classes_ - 1; }
    std::uint32_t sources() const { return sources_; }
    std::uint64_t bytes() const;

    /// Where the first synapse of (source, delay) is; the next entry, that of the next delay or
    /// source, ends the run. Of rows in chunks, what chunked_begin and chunked_size understand.
    /// Needs: shortest() <= delay <= longest()
    const std::uint32_t* run(std::uint32_t source, Step delay) const {
        return begin_.data() +
               static_cast<std::size_t>(source) * static_cast<std::size_t>(classes_) +
               static_cast<std::size_t>(delay - shortest_);
    }

    /// A run of packed or timed rows begins at a chunk and is filled up to whole ones with weights of 0.
    static constexpr std::uint32_t chunk = 8;
    static std::uint32_t chunked_begin(const std::uint32_t* entry) { return *entry & ~(chunk - 1); }
    static std::uint32_t chunked_size(const std::uint32_t* entry) {
        return chunked_begin(entry + 1) - *entry;
    }
    bool in_chunks() const { return is_packed() || is_timed(); }

    static constexpr std::uint64_t most_packed_sum = 0x7FFFFFFF;  ///< of a neuron in a step
    bool is_packed() const { return !packed_.empty(); }
    const std::uint32_t* packed() const { return packed_.data(); }

    bool is_timed() const { return !timed_.empty(); }
    const std::uint64_t* timed() const { return timed_.data(); }
    /// What the weights of timed synapses are to be multiplied by.
    double timed_unit() const { return timed_unit_; }
    static std::uint32_t timed_target(std::uint64_t synapse) {
        return static_cast<std::uint16_t>(synapse >> 32U);
    }

    /// The places of the synapses of (source, delay), of any rows.
    struct Places {
        std::uint32_t first;
        std::uint32_t last;
    };
    Places places(std::uint32_t source, Step delay) const {
        const auto* entry = run(source, delay);
        if (!in_chunks()) return {entry[0], entry[1]};
        return {chunked_begin(entry), chunked_begin(entry) + chunked_size(entry)};
    }
    std::uint32_t target(std::size_t k) const {
        if (is_timed()) return timed_target(timed_[k]);
        return is_packed() ? packed_[k] & 0xFFFFU : targets_[k];
    }

    /// Any numbers follow the last one, so that whole registers can be read from every place.
    static constexpr std::size_t readable_beyond = 32;
    const std::uint16_t* targets() const { return targets_.data(); }

    /// The part of the delay below a step, ms.
    bool each_has_offset() const { return is_timed() || !fractions_.empty() || !offsets_.empty(); }
    double offset(std::size_t k) const {
        if (is_timed()) return static_cast<double>(timed_[k] >> 48U) * fraction_;
        if (!fractions_.empty()) return fractions_[k] * fraction_;
        return offsets_.empty() ? common_offset_ : offsets_[k];
    }
    /// ms, the unit of the offsets of timed synapses
    double fraction() const { return fraction_; }

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
    /// Asks for the offset of a synapse.
    void fetch_offset(std::size_t k) const {
        if (!fractions_.empty()) __builtin_prefetch(fractions_.data() + k);
        else if (!offsets_.empty()) __builtin_prefetch(offsets_.data() + k);
    }

    /// An arrival can fall a bin later than its spike's step and the whole steps of the delay say.
    bool may_carry() const { return common_offset_ != 0 || each_has_offset(); }

    double weight(std::size_t k) const {
        if (!floats_.empty()) return static_cast<double>(floats_[k]);
        if (is_packed()) return quantum_ * (packed_[k] >> 16U);
        if (is_timed())
            return timed_unit_ *
                   static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(timed_[k])));
        return doubles_.empty() ? common_weight_ : doubles_[k];
    }
    const float* floats() const { return floats_.data(); }

    /// One weight for all synapses.
    bool is_uniform() const { return floats_.empty() && doubles_.empty() && !in_chunks(); }
    double common_weight() const { return common_weight_; }

    /// The most synapses that a target has.
    std::uint32_t largest_indegree() const { return largest_indegree_; }

    /// Which signs occur; a projection of one sign needs no test per synapse.
    bool all_non_negative() const { return all_non_negative_; }
    bool all_negative() const { return all_negative_; }

    /// Calls `visit` with a callable weight(k), so that a loop over synapses has no branch on storage.
    /// Needs: not in_chunks()
    template <class Visit>
    void with_weights(Visit visit) const {
        if (!floats_.empty())
            visit([w = floats_.data()](std::size_t k) { return static_cast<double>(w[k]); });
        else if (!doubles_.empty()) visit([w = doubles_.data()](std::size_t k) { return w[k]; });
        else visit([w = common_weight_](std::size_t) { return w; });
    }

private:
    std::uint64_t size_ = 0;
    std::uint32_t sources_ = 0;
    Step shortest_ = 1;
    Step classes_ = 1;
    // [source][delay class], and one end; of rows in chunks, in the lowest bits, how many places at
    // the end of the run hold no synapse
    HugeArray<std::uint32_t> begin_;
    HugeArray<std::uint32_t> packed_;
    HugeArray<std::uint64_t> timed_;
    HugeArray<std::uint16_t> targets_;
    HugeArray<float> floats_;  // one of floats_, doubles_ is used, or neither
    HugeArray<double> doubles_;
    HugeArray<std::uint16_t> fractions_;  // the same of the parts of delays, in units of fraction_
    HugeArray<double> offsets_;
    std::uint32_t largest_indegree_ = 0;
    double common_weight_ = 0;
    double quantum_ = 0;
    double timed_unit_ = 1;
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
        double fraction;             ///< ms, the unit of narrow and packed offsets
        WeightLattice lattice = {};  ///< of packed weights
        double common_weight = 0;    ///< where `weights` says so
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
        (weight < 0 ? rows_.all_non_negative_ : rows_.all_negative_) = false;
        if (rows_.is_packed()) {
            const auto quanta = static_cast<std::uint32_t>(weight / rows_.quantum_);
            rows_.packed_[k] = target | quanta << 16U;
            return;
        }
        if (rows_.is_timed()) {
            rows_.timed_[k] = timed(target, weight, delay);
            return;
        }
        rows_.targets_[k] = static_cast<std::uint16_t>(target);
        if (!rows_.floats_.empty()) rows_.floats_[k] = static_cast<float>(weight);
        else if (!rows_.doubles_.empty()) rows_.doubles_[k] = weight;
        else rows_.common_weight_ = weight;
        if (!rows_.fractions_.empty()) rows_.fractions_[k] = parts(delay);
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
    std::uint16_t parts(const Time& delay) const {
        return static_cast<std::uint16_t>(delay.offset / rows_.fraction_ + 0.5);
    }
    /// Needs: the weight is the common one, or a float
    std::uint64_t timed(std::uint32_t target, double weight, const Time& delay) const {
        const bool is_common = storage_.weights == Stored::common;
        const float factor = is_common ? 1.0F : static_cast<float>(weight);
        return std::uint64_t{parts(delay)} << 48U | std::uint64_t{target} << 32U |
               std::bit_cast<std::uint32_t>(factor);
    }
    void widen(Step delay);
    void sort_timed();
    void sort_by_offset(std::uint32_t first, std::uint32_t last);
    bool can_sum_packed() const;
    void fill_chunks();

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
