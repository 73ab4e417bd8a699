// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Where recorded data goes. The engine knows only this interface, never a file format.
//
// Invariants
//   (1) begin, then any number of write, then end; all from one thread at a time.
//   (2) batches cover consecutive stretches of simulated time; inside a batch the spikes of a
//       population are sorted by (time, id), so the concatenation is sorted too.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/units.hpp"

namespace sim {

/// What will be recorded, known before the first batch.
struct RecordingPlan {
    struct Population {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t first_id = 0;  ///< number of its first neuron over all populations
    };
    struct Trace {
        std::string population;
        std::string variable;
        Unit unit = Unit::none;
        std::vector<std::uint64_t> neurons;  ///< ids inside the population, ascending
        double start = 0;                    ///< ms, time of the first row
        double interval = 1;                 ///< ms between rows
    };
    struct Weights {
        std::string projection;
        std::vector<std::uint64_t> sources, targets;  ///< of each synapse, inside its population
        double start = 0;     ///< ms, of the first sample
        double interval = 1;  ///< ms
        bool changed_only = false;
    };
    std::vector<Population> populations;  ///< those whose spikes are recorded
    std::vector<Trace> traces;
    double resolution = 0.1;  ///< ms
    std::vector<Weights> weights = {};
};

struct SpikeColumn {
    std::vector<double> times;       ///< ms; rows are sorted by time, then id
    std::vector<std::uint64_t> ids;  ///< inside the population
};

/// Samples of weights: when, which synapse of the plan, how much.
struct WeightColumn {
    std::vector<double> times;  ///< ms
    std::vector<std::uint32_t> synapses;
    std::vector<double> weights;
};

/// Everything recorded in [previous until, until).
struct Batch {
    double until = 0;                          ///< ms
    std::vector<SpikeColumn> spikes;           ///< one per planned population
    std::vector<std::vector<float>> traces;    ///< one per planned trace: rows x neurons, row-major
    std::vector<WeightColumn> weights = {};    ///< one per planned
    std::uint64_t spike_count() const {
        std::uint64_t n = 0;
        for (const auto& column : spikes) n += column.times.size();
        return n;
    }
};

enum class ExitState { running, complete, interrupted, failed };

class Sink {
public:
    virtual ~Sink() = default;
    virtual void begin(const RecordingPlan& plan) = 0;
    virtual void write(const Batch& batch) = 0;
    virtual void end(ExitState state) = 0;
};

}  // namespace sim
