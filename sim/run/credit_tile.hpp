// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What credit has to do with the synapses onto the neurons of a tile: retrograde events walk those of
// their neuron backward, and what arrives at taught neurons counts in their balance.
//
// A retrograde event finds weights as they are at the begin of the step in which it arrives. Those that
// change have been brought up to date by their last presynaptic spike, or since then at the begin of a
// phase: what a synapse has gathered and not committed yet shows when it is used again.
// Threads: one at a time; that of the tile.

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "sim/run/block.hpp"
#include "sim/run/credit_population.hpp"
#include "sim/run/learning.hpp"

namespace sim {

/// Retrograde events on their way, by the step of their arrival.
struct Underway {
    double offset;  ///< ms, in the step
    std::uint32_t neuron;
    double amount;
};
using UnderwayBySteps = std::map<Step, std::vector<Underway>>;

class CreditTile {
public:
    /// Needs: the arguments outlive this
    CreditTile(const Network& network, const Learning& learning, std::size_t tile,
               const std::vector<int>& credit_of);

    bool is_empty() const { return parts_.empty(); }

    /// Lists the synapses of every neuron, which a rewiring changes.
    void index();

    /// What events that arrive in a step carry to presynaptic neurons. Needs: the plastic synapses have
    /// seen the spikes that arrive before `step`, and no others
    void carry(std::size_t credit, std::span<const Underway> events, Step step,
               const CreditPopulation& population);

    /// What arrives in a step at taught neurons. Needs: weights are those to deliver
    void balance(std::size_t credit, Step step, const StepRuns& runs,
                 const CreditPopulation& population);

    /// Of the window under way. Shape: [credit]
    std::vector<std::vector<CreditHappening>>& found() { return found_; }

private:
    struct Part {
        std::size_t credit;
        const TilePart* part;
    };
    struct Synapse {
        std::uint32_t incoming, place, source;
    };
    const SynapseRows& rows(std::size_t incoming) const;
    bool takes_part(std::size_t incoming, std::size_t post) const;
    int credit_of_source(std::size_t incoming) const;
    const Part* part_of(std::size_t credit) const;
    double weight(const Synapse& one) const;

    const Network& network_;
    const Learning& learning_;
    std::size_t number_;
    const std::vector<int>& credit_of_;  // [population]
    std::vector<Part> parts_;            // that have credit
    std::vector<Synapse> synapses_;      // that carry credit, by target
    std::vector<std::size_t> first_;     // [target], and one end
    std::vector<std::vector<CreditHappening>> found_;
};

}  // namespace sim
