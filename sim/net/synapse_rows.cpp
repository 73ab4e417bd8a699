// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/synapse_rows.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/error.hpp"

namespace sim {
namespace {

constexpr std::uint64_t most_places = std::numeric_limits<std::uint32_t>::max();

}  // namespace

SynapseRows::Builder::Builder(std::uint32_t sources, std::uint32_t targets, const Storage& storage)
    : storage_(storage), indegrees_(targets) {
    rows_.sources_ = sources;
}

// Takes in one more delay, and half as many again as there are on that side, so that random delays
// do not come here often.
void SynapseRows::Builder::widen(Step delay) {
    const std::size_t sources = rows_.sources_;
    if (classes_ == 0) {
        shortest_ = delay;
        classes_ = 1;
        counts_.assign(sources, 0);
        return;
    }
    Step shortest = shortest_;
    Step end = shortest_ + classes_;
    if (delay < shortest) shortest = std::max<Step>(1, delay - classes_ / 2);
    else end = delay + 1 + classes_ / 2;
    const Step classes = end - shortest;
    HugeArray<std::uint32_t> counts(sources * static_cast<std::size_t>(classes), 0);
    for (std::size_t source = 0; source < sources; ++source)
        std::copy_n(counts_.begin() + static_cast<std::ptrdiff_t>(source) * classes_, classes_,
                    counts.begin() + static_cast<std::ptrdiff_t>(source) * classes +
                        (shortest_ - shortest));
    counts_ = std::move(counts);
    shortest_ = shortest;
    classes_ = classes;
}

void SynapseRows::Builder::begin_second_pass() {
    // Drops the delays at both ends that no synapse has.
    Step first = classes_;
    Step last = -1;
    const auto all = static_cast<std::size_t>(classes_);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (counts_[i] > 0) {
            const auto column = static_cast<Step>(i % all);
            first = std::min(first, column);
            last = std::max(last, column);
        }
    if (last < first) first = last = 0;
    const auto kept = static_cast<std::size_t>(last - first + 1);
    rows_.shortest_ = shortest_ + first;
    rows_.classes_ = static_cast<Step>(kept);
    rows_.begin_.reserve(rows_.sources_ * kept + 1);
    for (const auto n : indegrees_) rows_.largest_indegree_ = std::max(rows_.largest_indegree_, n);
    if (storage_.weights == Stored::packed && !can_sum_packed()) storage_.weights = Stored::narrow;
    const bool is_packed = storage_.weights == Stored::packed;
    const bool is_timed = storage_.offsets == Stored::packed && total_ > 0;
    const bool in_chunks = is_packed || is_timed;
    const std::uint32_t unit = in_chunks ? chunk : 1;
    std::uint64_t sum = 0;
    for (std::size_t source = 0; source < rows_.sources_; ++source)
        for (std::size_t c = 0; c < kept; ++c) {
            const std::uint32_t n =
                counts_.empty() ? 0 : counts_[source * all + static_cast<std::size_t>(first) + c];
            const std::uint32_t unused = -n % unit;
            rows_.begin_.push_back(static_cast<std::uint32_t>(sum) + unused);
            sum += n + unused;
            if (sum >= most_places)
                throw BadNetwork(
                    "more than 4 G synapses from one population onto one tile of neurons");
        }
    rows_.begin_.push_back(static_cast<std::uint32_t>(sum));
    counts_.assign(rows_.begin_.begin(), rows_.begin_.end() - 1);
    if (in_chunks)
        for (auto& k : counts_) k = SynapseRows::chunked_begin(&k);
    shortest_ = rows_.shortest_;
    classes_ = rows_.classes_;
    rows_.size_ = total_;

    rows_.fraction_ = storage_.fraction;
    rows_.quantum_ = storage_.lattice.quantum;
    if (storage_.weights == Stored::common) rows_.timed_unit_ = storage_.common_weight;
    if (is_packed) rows_.packed_.resize(sum);
    if (is_timed) rows_.timed_.resize(sum);
    if (in_chunks) return;
    rows_.targets_.resize(total_ + readable_beyond);
    if (storage_.weights == Stored::narrow) rows_.floats_.resize(total_);
    if (storage_.weights == Stored::doubles) rows_.doubles_.resize(total_);
    if (storage_.offsets == Stored::narrow) rows_.fractions_.resize(total_);
    if (storage_.offsets == Stored::doubles) rows_.offsets_.resize(total_);
}

void SynapseRows::Builder::sort_by_offset(std::uint32_t first, std::uint32_t last) {
    run_.resize(last - first);
    for (std::uint32_t k = first; k < last; ++k)
        run_[k - first] = {rows_.offsets_.empty() ? 0 : rows_.offsets_[k],
                           rows_.doubles_.empty() ? 0 : rows_.doubles_[k],
                           rows_.floats_.empty() ? 0 : rows_.floats_[k],
                           rows_.fractions_.empty() ? std::uint16_t{0} : rows_.fractions_[k],
                           rows_.targets_[k]};
    std::stable_sort(run_.begin(), run_.end(), [](const Synapse& a, const Synapse& b) {
        return a.fraction != b.fraction ? a.fraction < b.fraction : a.offset < b.offset;
    });
    for (std::uint32_t k = first; k < last; ++k) {
        const auto& from = run_[k - first];
        if (!rows_.offsets_.empty()) rows_.offsets_[k] = from.offset;
        if (!rows_.doubles_.empty()) rows_.doubles_[k] = from.weight;
        if (!rows_.floats_.empty()) rows_.floats_[k] = from.narrow_weight;
        if (!rows_.fractions_.empty()) rows_.fractions_[k] = from.fraction;
        rows_.targets_[k] = from.target;
    }
}

// A neuron fires once a step at most, so that no sum exceeds an in-degree times the largest weight.
bool SynapseRows::Builder::can_sum_packed() const {
    return std::uint64_t{rows_.largest_indegree_} * storage_.lattice.most <= most_packed_sum;
}

// What fills a chunk up has a weight of 0, and targets that the run has just touched.
void SynapseRows::Builder::fill_chunks() {
    for (std::size_t i = 0; i + 1 < rows_.begin_.size(); ++i) {
        auto* run = rows_.packed_.data() + chunked_begin(&rows_.begin_[i]);
        const auto size = chunked_size(&rows_.begin_[i]);
        for (std::uint32_t k = size; k % chunk != 0; ++k) run[k] = run[k % size] & 0xFFFFU;
    }
}

// By the parts of delays, then by targets, then by the bits of weights. Filled up with weights of 0
// that act with the last synapse.
void SynapseRows::Builder::sort_timed() {
    for (std::size_t i = 0; i + 1 < rows_.begin_.size(); ++i) {
        auto* run = rows_.timed_.data() + chunked_begin(&rows_.begin_[i]);
        const auto size = chunked_size(&rows_.begin_[i]);
        std::sort(run, run + size);
        constexpr std::uint64_t weight = 0xFFFFFFFF;
        for (std::uint32_t k = size; k % chunk != 0; ++k) run[k] = run[size - 1] & ~weight;
    }
}

SynapseRows SynapseRows::Builder::finish() {
    if (rows_.is_packed()) fill_chunks();
    if (rows_.is_timed()) sort_timed();
    else if (rows_.each_has_offset())
        for (std::size_t i = 0; i + 1 < rows_.begin_.size(); ++i)
            sort_by_offset(rows_.begin_[i], rows_.begin_[i + 1]);
    return std::move(rows_);
}

std::uint64_t SynapseRows::bytes() const {
    return (begin_.size() + packed_.size()) * sizeof(std::uint32_t) +
           timed_.size() * sizeof(std::uint64_t) + targets_.size() * sizeof(std::uint16_t) +
           fractions_.size() * sizeof(std::uint16_t) + floats_.size() * sizeof(float) +
           (doubles_.size() + offsets_.size()) * sizeof(double);
}

}  // namespace sim
