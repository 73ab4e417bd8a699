// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Brings up to date those synapses of a run alone whose targets have spiked since the last presynaptic
// spike, where these are few and no other would change.

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "sim/run/block_pass.hpp"

namespace sim {

template <Rule R>
class FewPass {
public:
    using Steps = SynapseSteps<R>;
    using Store = SynapseStore<R>;

    /// Needs: the targets of every run ascend
    FewPass(const Steps& steps, Store& store) : steps_(steps), store_(store) {}

    /// The synapses of an arrival with one delay. False, with nothing done, if there are too many.
    bool pass(const PreArrival& arrival, const typename Steps::template Frame<double>& frame) {
        if (!find_targets(frame.begin, (arrival.last - arrival.first) / worth)) return false;
        const auto* run = store_.rows().targets();
        for (std::size_t t = 0; t < found_; ++t) {
            const auto [from, to] = places_of(targets_[t], run + arrival.first, run + arrival.last);
            // The presynaptic spike changes nothing.
            for (auto k = static_cast<std::uint32_t>(from - run); run + k != to; ++k)
                pass_alone<false>(steps_, store_, arrival, frame, k, store_.one(k));
        }
        return true;
    }

private:
    static constexpr std::size_t most = 16;
    static constexpr std::uint32_t worth = 8;  // synapses side by side cost as much as one alone

    bool find_targets(double begin, std::size_t allowed) {
        const auto& history = steps_.history;
        std::size_t i = 0;
        // Spikes of one step come in any order.
        for (; i < history.events() && history.event(i).time >= begin - 1; ++i) {
            const auto target = history.event(i).target;
            const auto end = targets_.begin() + static_cast<std::ptrdiff_t>(found_);
            if (std::find(targets_.begin(), end, target) != end) continue;
            if (found_ == std::min(most, allowed)) return false;
            targets_[found_++] = target;
        }
        return i < Steps::History::recent;
    }

    /// Of a target in ascending ones; at once where it stands as far behind the first as it is above it.
    static std::pair<const std::uint16_t*, const std::uint16_t*> places_of(
        std::uint32_t target, const std::uint16_t* first, const std::uint16_t* last) {
        const auto ahead = static_cast<std::ptrdiff_t>(target) - *first;
        if (ahead >= 0 && ahead < last - first) {
            const auto* guess = first + ahead;
            if (*guess == target && (guess == first || guess[-1] != target) &&
                (guess + 1 == last || guess[1] != target))
                return {guess, guess + 1};
        }
        return std::equal_range(first, last, target);
    }

    const Steps& steps_;
    Store& store_;
    std::array<std::uint32_t, most> targets_;
    std::size_t found_ = 0;
};

}  // namespace sim
