// SPDX-License-Identifier: BSD-3-Clause
#include "sim/run/packed_runs.hpp"

#include <algorithm>
#include <cstring>

namespace sim {

void PackedRuns::clear(Step begin) {
    begin_ = begin;
    n_chunks_ = 0;
    stretches_.clear();
    ends_.clear();
}

void PackedRuns::look_up(const SynapseRows& rows, const SpikeRing& spikes, Step arrival,
                         std::int32_t* sums) {
    const Step longest = std::min(rows.longest(), arrival);
    const auto look_up = [&](std::uint32_t source, Step delay) {
        entries_.push_back(rows.index(source, delay));
        __builtin_prefetch(entries_.back());
    };
    Step delay = rows.shortest();
    for (; delay <= longest && delay < rows.sparse_from(); ++delay)
        for (const auto& spike : spikes.at(arrival - delay)) look_up(spike.id, delay);
    for (; delay <= longest; ++delay)
        for (const auto& spike : spikes.at(arrival - delay))
            if (rows.reaches(spike.id, delay)) look_up(spike.id, delay);
    lookups_.push_back({rows.packed(), sums, entries_.size()});
}

void PackedRuns::end_step() {
    std::size_t first = 0;
    for (const auto& lookup : lookups_) {
        find_chunks(lookup, first);
        first = lookup.end;
        stretches_.push_back({lookup.sums, n_chunks_});
    }
    ends_.push_back({stretches_.size(), synapses_});
    lookups_.clear();
    entries_.clear();
    synapses_ = 0;
}

// Writes the first chunks of a run without asking how many there are, and those that are none again.
void PackedRuns::find_chunks(const Lookup& lookup, std::size_t first) {
    constexpr std::size_t unasked = 8;
    std::size_t n = n_chunks_;
    std::uint64_t all = 0;
    for (std::size_t i = first; i < lookup.end; ++i) {
        const auto* entry = entries_[i];
        const auto begin = SynapseRows::packed_begin(entry);
        const std::size_t chunks =
            (SynapseRows::packed_begin(entry + 1) - begin) / SynapseRows::chunk;
        all += SynapseRows::packed_size(entry);
        if (n + chunks + unasked > chunks_.size()) chunks_.resize(2 * (n + chunks + unasked));
        const auto* synapses = lookup.synapses + begin;
        const auto** to = chunks_.data() + n;
        for (std::size_t k = 0; k < unasked; ++k) to[k] = synapses + k * SynapseRows::chunk;
        for (std::size_t k = unasked; k < chunks; ++k) to[k] = synapses + k * SynapseRows::chunk;
        n += chunks;
    }
    n_chunks_ = n;
    synapses_ += all;
}

void PackedRuns::end() {
    if (n_chunks_ == 0) return;
    if (chunks_.size() < n_chunks_ + ahead) chunks_.resize(n_chunks_ + ahead);
    for (std::size_t i = 0; i < ahead; ++i) {
        chunks_[n_chunks_ + i] = chunks_[0];  // nothing more to fetch
        __builtin_prefetch(chunks_[i]);
    }
}

std::uint64_t PackedRuns::add(Step step) const {
    const auto bin = static_cast<std::size_t>(step - begin_);
    const std::size_t first = bin == 0 ? 0 : ends_[bin - 1].stretches;
    std::size_t i = first == 0 ? 0 : stretches_[first - 1].end;
    for (std::size_t s = first; s < ends_[bin].stretches; ++s) {
        std::int32_t* const sums = stretches_[s].sums;
        for (; i < stretches_[s].end; ++i) {
            __builtin_prefetch(chunks_[i + ahead], 0, 2);
            for (std::size_t k = 0; k < SynapseRows::chunk; k += 2) {
                std::uint64_t two = 0;  // synapses
                std::memcpy(&two, chunks_[i] + k, sizeof two);
                sums[two & 0xFFFFU] += static_cast<std::int32_t>(two >> 16U & 0xFFFFU);
                sums[two >> 32U & 0xFFFFU] += static_cast<std::int32_t>(two >> 48U);
            }
        }
    }
    return ends_[bin].synapses;
}

}  // namespace sim
