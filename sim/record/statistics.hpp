// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Rates and regularity of populations, gathered while the run goes on.
//
// Invariants
//   (1) memory is bounded: one small record per neuron of a recorded population, no spikes.
//   (2) intervals never reach across time that is not recorded.
// Threads: one at a time.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/description.hpp"
#include "sim/record/sink.hpp"

namespace sim {

/// Half-open stretch of simulated time, ms.
struct Stretch {
    double begin;
    double end;
};

/// The stretches in which a run records, in order; phases that follow on each other are one.
std::vector<Stretch> recorded_stretches(const Description& description);

struct PopulationStatistics {
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t spikes = 0;
    double rate_hz = 0;  ///< per neuron, over the recorded time
    /// Standard deviation over mean of a neuron's intervals, averaged over the neurons with at
    /// least five spikes; nothing if there is none.
    std::optional<double> cv_isi;
};

class Statistics final : public Sink {
public:
    explicit Statistics(std::vector<Stretch> recorded) : recorded_(std::move(recorded)) {}

    void begin(const RecordingPlan& plan) override;
    void write(const Batch& batch) override;
    void end(ExitState) override {}

    /// In the order of the plan.
    std::vector<PopulationStatistics> populations() const;

    double recorded_ms() const;

private:
    // Mean and sum of squared deviations of the intervals, updated one by one (Welford 1962).
    struct Neuron {
        double last = -std::numeric_limits<double>::infinity();
        double mean = 0;
        double squares = 0;
        std::uint64_t intervals = 0;
        std::uint64_t spikes = 0;
    };
    struct Population {
        std::string name;
        std::vector<Neuron> neurons;
        std::uint64_t spikes = 0;
        std::size_t stretch = 0;
    };

    void note(Population& population, double time, std::uint64_t id) const;
    static std::optional<double> mean_cv(const std::vector<Neuron>& neurons);

    std::vector<Stretch> recorded_;
    std::vector<Population> populations_;
    double until_ = 0;
};

}  // namespace sim
