// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a learner is given to learn, and how it is judged.
//
// Threads: a task has no state; its methods may be called from several threads.

#include <functional>
#include <memory>
#include <string>

#include "models/rate/reversible_network.hpp"
#include "protocols/tasks/episode.hpp"
#include "sim/core/random.hpp"

namespace protocols {

class RateTask {
public:
    virtual ~RateTask() = default;

    virtual std::size_t inputs() const = 0;
    virtual std::size_t outputs() const = 0;
    virtual models::Loss loss() const = 0;

    /// An episode to learn from, as the draws have it.
    virtual Episode episode(sim::RandomStream& draws) const = 0;
    /// What the network achieves on new episodes.
    virtual double score(const models::ReversibleNetwork& network,
                         sim::RandomStream& draws) const = 0;
    virtual bool is_error() const { return false; }  ///< the score: smaller is better
    /// The score at which the task counts as learned.
    virtual double criterion() const = 0;
    virtual std::size_t batch() const { return 16; }  ///< episodes of an update, by default

    bool is_learned(double reached) const {
        return is_error() ? reached <= criterion() : reached >= criterion();
    }
};

/// Runs episodes side by side and shows the output of every taught step and lane.
/// Shape: visit(episode, step, out, stride): output i at out[i * stride]
using OutputVisitor = std::function<void(std::size_t episode, std::size_t step, const double* out,
                                         std::size_t stride)>;
void visit_outputs(const models::ReversibleNetwork& network, const std::vector<Episode>& episodes,
                   const OutputVisitor& visit);

/// The largest of `count` outputs, the first of equals.
std::size_t argmax(const double* out, std::size_t count, std::size_t stride);

/// How a network does on episodes, each on its own.
struct Judgement {
    double loss = 0;   ///< mean over taught steps
    double right = 0;  ///< part of the taught steps whose largest output is that of the target
};
std::vector<Judgement> judge_episodes(const models::ReversibleNetwork& network,
                                      const std::vector<Episode>& episodes, models::Loss loss);

/// The part of taught steps of new episodes whose largest output is the taught one.
double symbol_accuracy(const RateTask& task, const models::ReversibleNetwork& network,
                       std::size_t episodes, sim::RandomStream& draws);

}  // namespace protocols
