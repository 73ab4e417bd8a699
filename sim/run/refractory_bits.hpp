// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Which neurons of a tile are refractory in a step: a bit each, so that a pack reads one byte where
// times of release would be a register.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/run/neuron_bits.hpp"

namespace sim {

class RefractoryBits {
public:
    /// Those beyond `size`, which fill up the last pack, are held for ever.
    RefractoryBits(std::uint32_t size, std::uint32_t padded)
        : bits_(padded), release_(padded), due_(turn) {
        for (std::uint32_t k = size; k < padded; ++k) bits_.set(k);
    }

    /// Frees the neurons whose period ends at `step` or before, and calls freed(neuron) for each.
    /// Needs: ascending steps
    template <class Freed>
    void begin(Step step, const Freed& freed) {
        for (Step at = std::max(seen_ + 1, step - turn + 1); at <= step; ++at) {
            auto& due = due_[slot(at)];
            if (due.empty()) continue;
            const auto is_over = [&](std::uint32_t k) { return release_[k] <= step; };
            for (const auto k : due)
                if (is_over(k)) {
                    free(k);
                    freed(k);
                }
            due.erase(std::remove_if(due.begin(), due.end(), is_over), due.end());
        }
        seen_ = step;
    }

    /// Holds a neuron in all steps before `release`.
    void hold(std::size_t k, Step release) {
        release_[k] = release;
        if (release <= seen_) return;
        bits_.set(k);
        due_[slot(release)].push_back(static_cast<std::uint32_t>(k));
    }

    void free(std::size_t k) { bits_.clear(k); }
    bool is_held(std::size_t k) const { return bits_.test(k); }

    /// By pack, for mask_of.
    const std::uint8_t* bits() const { return bits_.data(); }

private:
    // A neuron that is held longer stays in its slot for another turn.
    static constexpr Step turn = 64;
    static std::size_t slot(Step step) { return static_cast<std::size_t>(step % turn); }

    NeuronBits bits_;
    std::vector<Step> release_;                    // by neuron, of the last period
    std::vector<std::vector<std::uint32_t>> due_;  // [step of release % turn]
    Step seen_ = 0;
};

}  // namespace sim
