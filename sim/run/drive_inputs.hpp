// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What drives bring to the neurons of a tile in a bin of exact timing: into lists, or into sums and
// then into the lists of those neurons that are walked.
//
// Threads: part of a block.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/run/bin_inputs.hpp"
#include "sim/run/block.hpp"

namespace sim {

class DriveInputs {
public:
    /// `size`: of the tile
    explicit DriveInputs(std::size_t size) : loose_(size) {}

    /// Lists all that a bin brings; returns how many spikes.
    std::uint64_t list_all(Step bin, std::span<const TileDrive> drives, ArrivalLists& lists) {
        std::uint64_t spikes = 0;
        for (const auto& driven : drives)
            for (std::uint32_t local = 0; local < driven.size;)
                for (const auto& batch : fill(driven, bin, local)) {
                    if (!batch.is_filled || batch.all > 0)
                        spikes += ask_all(driven, bin, local, lists);
                    local += width;
                }
        return spikes;
    }

    /// Begins a bin that goes into sums.
    /// Needs: drives that act on the same neurons have the same `first`
    void begin(Step bin, std::span<const TileDrive> drives) {
        bin_ = bin;
        drives_ = drives;
        loose_.clear();
        next_.assign(drives.size(), 0);
        filled_.resize(drives.size());
        for (auto& filled : filled_) filled.clear();
    }

    /// Adds what is left for neurons before `end`, and for some more. Opens lists of those that a current
    /// reaches, which sums do not take. Returns how many spikes arrive.
    template <class Sums>
    std::uint64_t add_to(Sums& sums, std::size_t end, ArrivalLists& lists) {
        std::uint64_t spikes = 0;
        const auto known = loose_.neurons().size();
        for (std::size_t i = 0; i < drives_.size(); ++i) {
            const auto& driven = drives_[i];
            auto& local = next_[i];
            while (local < driven.size && driven.first + local < end)
                for (auto& batch : fill(driven, bin_, local)) {
                    batch.is_filled = batch.is_filled && sums.add(driven.first + local, batch);
                    filled_[i].push_back(batch.is_filled ? 1 : 0);
                    spikes += batch.is_filled ? batch.all : ask_all(driven, bin_, local, loose_);
                    local += width;
                }
        }
        for (const auto k : loose_.neurons().subspan(known))
            if (!sums.add(k, loose_.of(k))) lists.open(k);
        return spikes;
    }

    /// Whether a current has ever changed.
    bool has_currents() const { return has_currents_; }

    /// Appends what the bin brings to neuron k, one by one.
    void append(std::uint32_t k, std::vector<Arrival>& list) {
        if (loose_.has(k)) list.insert(list.end(), loose_.of(k).begin(), loose_.of(k).end());
        for (std::size_t i = 0; i < drives_.size(); ++i) {
            const std::uint32_t local = k - drives_[i].first;  // wraps around before the first
            if (local < drives_[i].size && filled_[i][local / width] != 0)
                drives_[i].drive->arrivals(bin_, local, list);
        }
    }

private:
    static constexpr auto width = static_cast<std::uint32_t>(ArrivalBatch::width);

    /// Some batches of a drive, from neuron `local` of it on.
    std::span<ArrivalBatch> fill(const TileDrive& driven, Step bin, std::uint32_t local) {
        const std::size_t left = (driven.size - local + width - 1) / width;
        const auto batches = std::span(batches_).first(std::min(batches_.size(), left));
        driven.drive->fill(bin, local, batches);
        return batches;
    }

    /// Lists what a drive brings to the neurons of a batch; returns how many spikes.
    std::uint64_t ask_all(const TileDrive& driven, Step bin, std::uint32_t local,
                          ArrivalLists& lists) {
        std::uint64_t spikes = 0;
        for (auto k = local; k < std::min(local + width, driven.size); ++k)
            spikes += ask(driven, bin, k, lists);
        return spikes;
    }

    /// Lists what a drive brings to a neuron; returns how many spikes.
    std::uint64_t ask(const TileDrive& driven, Step bin, std::uint32_t local, ArrivalLists& lists) {
        arrivals_.clear();
        const auto spikes = driven.drive->arrivals(bin, local, arrivals_);
        if (arrivals_.empty()) return spikes;
        for (const auto& arrival : arrivals_)
            has_currents_ = has_currents_ || arrival.receptor == Receptor::current;
        auto& list = lists.open(driven.first + local);
        list.insert(list.end(), arrivals_.begin(), arrivals_.end());
        return spikes;
    }

    bool has_currents_ = false;
    Step bin_ = 0;
    std::span<const TileDrive> drives_;
    std::vector<std::uint32_t> next_;        // by drive: its first neuron that is not done
    std::vector<std::vector<char>> filled_;  // [drive][batch] whether it went into sums as a batch
    ArrivalLists loose_;                     // what went into sums neuron by neuron
    std::array<ArrivalBatch, 8> batches_;
    std::vector<Arrival> arrivals_;  // scratch
};

}  // namespace sim
