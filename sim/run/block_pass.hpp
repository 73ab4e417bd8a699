// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the passes over the synapses of a run share: the loop over blocks, and the synapses of a block
// that go alone, with the same bits.

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/core/flatten.hpp"
#include "sim/run/synapse_steps.hpp"

namespace sim {

/// A synapse on its own, from what it was; puts it back, and says what acts on the neuron.
template <bool with_pre, Rule R>
[[gnu::always_inline]] inline void pass_alone(
    const SynapseSteps<R>& steps, SynapseStore<R>& store, const PreArrival& arrival,
    const typename SynapseSteps<R>::template Frame<double>& frame, std::uint32_t k,
    typename R::template Synapse<double> was) {
    steps.template pass<with_pre>(arrival, frame, store.alone(k), was);
    store.set_one(k, was);
    if constexpr (with_pre && HasDelivered<R>) store.deliver(k, steps.p);
}

/// Synapses of a block that go alone. The others pass side by side with them, so what these were is kept.
template <Rule R, std::uint32_t block>
class GoingAlone {
public:
    void add(std::uint32_t k, const SynapseStore<R>& store) {
        places_[size_] = k;
        were_[size_++] = store.one(k);
    }
    template <bool with_pre, class Frames>
    void pass(const SynapseSteps<R>& steps, SynapseStore<R>& store, const PreArrival& arrival,
              const Frames& frames) const {
        for (std::uint32_t i = 0; i < size_; ++i)
            pass_alone<with_pre>(steps, store, arrival, frames.one(places_[i]), places_[i],
                                 were_[i]);
    }

private:
    std::array<std::uint32_t, block> places_;
    std::array<typename R::template Synapse<double>, block> were_;
    std::uint32_t size_ = 0;
};

/// Synapses [first, last) of a run, in blocks. `side_by_side`, called with the first of a block, its
/// size and a GoingAlone, passes those of the block together and adds those that it cannot.
template <bool with_pre, std::uint32_t block, Rule R, class Frames, class SideBySide>
SHARPWAVE_FLATTEN void pass_in_blocks(const SynapseSteps<R>& steps, SynapseStore<R>& store,
                                      const PreArrival& arrival, const Frames& frames,
                                      const SideBySide& side_by_side) {
    for (std::uint32_t k = arrival.first; k < arrival.last; k += block) {
        GoingAlone<R, block> alone;
        side_by_side(k, std::min(block, arrival.last - k), alone);
        alone.template pass<with_pre>(steps, store, arrival, frames);
    }
}

}  // namespace sim
