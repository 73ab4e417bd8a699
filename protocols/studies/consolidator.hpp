// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A consolidator in spikes: cells of CA3, hidden cells, one output for each item of an episode; and
// the lessons that teach it which item follows.
//
// In a cycle of a ripple the inputs are the spikes of CA3, from the begin of the cycle on, and the
// outputs are taught what CA3 sent a cycle earlier. Each cycle is a presentation on a clock of its
// own, longer than the cycle, so that credit has run down before the next one.
//
// Threads: one object, one thread.

#include <Eigen/Core>
#include <vector>

#include "protocols/circuits/spiking_credit_learning.hpp"
#include "protocols/studies/ca3_network.hpp"
#include "sim/core/random.hpp"
#include "sim/record/sink.hpp"

namespace protocols::ca3 {

using Trains = std::vector<models::Spike>;

/// What CA3 sent in one cycle.
struct Volley {
    double begin = 0;       ///< ms
    Trains spikes;          ///< times from the begin on; neurons are cells of items
    Eigen::VectorXd items;  ///< part of the cells of each that fired
};

/// The volleys of a ripple, in their order. Units: begin, window, smoothing ms
std::vector<Volley> volleys(const sim::SpikeColumn& spikes, double begin, double window,
                            double smoothing, const Ca3Params& params);

/// Input spikes, and what the outputs are taught.
/// Shape: targets [item][pattern]
struct Lesson {
    std::vector<Trains> inputs;
    Eigen::MatrixXd targets;
};

/// Of each volley what came one volley earlier; none of fewer than two.
Lesson replayed(const std::vector<Volley>& volleys, const Ca3Params& params);

/// Of each item, in a volley as input drives it, the item that follows.
Lesson as_lived(const Ca3Params& params, sim::RandomStream& random);

struct ConsolidatorSpec {
    double hidden = 200;
    double input_gain = 1;      ///< of weights from CA3, times 1 / sqrt(cells)
    double readout_gain = 0.2;  ///< of weights to the outputs, times 1 / sqrt(hidden)
    double learning_rate = 1;
    double taught = 10;      ///< ms of a presentation
    double threshold = 0.3;  ///< spikes, of retrograde events
    double ask = 100;        ///< ms
    bool learns_readout = false;
    bool has_credit = true;  ///< else retrograde events of the outputs reach nobody
};

class Consolidator {
public:
    Consolidator(const ConsolidatorSpec& spec, const Ca3Params& params, std::uint64_t seed);

    /// Presents all patterns of a lesson, then commits the mean of what synapses gathered.
    /// Throws: NumericFailure if weights run away
    void learn(const Lesson& lesson);

    /// The output that tells most when the cells of each item spike regularly, without a teacher.
    std::vector<std::size_t> next() const;

    const SpikingLearner& learner() const { return learner_; }

private:
    Eigen::Index items_, assembly_;
    double ask_;
    SpikingLearning learning_;
    SpikingLearner learner_;
};

}  // namespace protocols::ca3
