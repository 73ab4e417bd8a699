// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/synapse_rows.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/error.hpp"

namespace sim {

SynapseRows::SynapseRows(std::uint32_t sources, std::span<const Synapse> synapses)
    : sources_(sources) {
    if (synapses.size() >= std::numeric_limits<std::uint32_t>::max())
        throw BadNetwork("more than 4 G synapses of one projection onto one tile of neurons");
    if (!synapses.empty()) {
        const auto [least, most] = std::minmax_element(
            synapses.begin(), synapses.end(),
            [](const Synapse& a, const Synapse& b) { return a.delay.step < b.delay.step; });
        shortest_ = least->delay.step;
        classes_ = most->delay.step - shortest_ + 1;
    }
    begin_.assign(static_cast<std::size_t>(sources) * static_cast<std::size_t>(classes_) + 1, 0);
    const auto key = [this](const Synapse& s) {
        return static_cast<std::size_t>(s.source) * static_cast<std::size_t>(classes_) +
               static_cast<std::size_t>(s.delay.step - shortest_);
    };
    for (const auto& s : synapses) ++begin_[key(s) + 1];
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];

    std::vector<std::uint32_t> place(synapses.size());
    {
        std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
        for (std::size_t e = 0; e < synapses.size(); ++e) place[e] = next[key(synapses[e])]++;
    }
    targets_.resize(synapses.size() + readable_beyond);
    for (std::size_t e = 0; e < synapses.size(); ++e) targets_[place[e]] = synapses[e].target;
    measure_indegrees();
    store_weights(synapses, place);
    store_offsets(synapses, place);
}

void SynapseRows::measure_indegrees() {
    std::vector<std::uint32_t> indegrees(std::size_t{1} << 16U);
    for (std::size_t k = 0; k < size(); ++k)
        largest_indegree_ = std::max(largest_indegree_, ++indegrees[targets_[k]]);
}

void SynapseRows::store_weights(std::span<const Synapse> synapses,
                                std::span<const std::uint32_t> place) {
    if (synapses.empty()) return;
    common_weight_ = synapses.front().weight;
    bool same = true;
    bool fits_float = true;
    for (const auto& s : synapses) {
        same = same && s.weight == common_weight_;
        fits_float = fits_float && static_cast<double>(static_cast<float>(s.weight)) == s.weight;
        (s.weight < 0 ? all_non_negative_ : all_negative_) = false;
    }
    if (same) return;
    if (fits_float) {
        floats_.resize(synapses.size());
        for (std::size_t e = 0; e < synapses.size(); ++e)
            floats_[place[e]] = static_cast<float>(synapses[e].weight);
    } else {
        doubles_.resize(synapses.size());
        for (std::size_t e = 0; e < synapses.size(); ++e) doubles_[place[e]] = synapses[e].weight;
    }
}

void SynapseRows::store_offsets(std::span<const Synapse> synapses,
                                std::span<const std::uint32_t> place) {
    if (synapses.empty()) return;
    common_offset_ = synapses.front().delay.offset;
    if (std::all_of(synapses.begin(), synapses.end(),
                    [this](const Synapse& s) { return s.delay.offset == common_offset_; }))
        return;
    offsets_.resize(synapses.size());
    for (std::size_t e = 0; e < synapses.size(); ++e) offsets_[place[e]] = synapses[e].delay.offset;
}

std::uint64_t SynapseRows::bytes() const {
    return begin_.size() * sizeof(std::uint32_t) + targets_.size() * sizeof(std::uint16_t) +
           floats_.size() * sizeof(float) + (doubles_.size() + offsets_.size()) * sizeof(double);
}

}  // namespace sim
