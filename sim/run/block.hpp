// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A tile's neurons as the engine sees them: one virtual call per tile and stretch of time.
//
// Invariant: the state is carried from bin to bin of the resolution (exact timing) or from step to
// step (grid), so results do not depend on how a run is cut into windows.
// Threads: a block is used by one thread at a time.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/net/synapse_rows.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// A spike on its way through a row of synapses: it acts on targets [first, last) of the rows.
/// By its sign a weight acts at exc or inh.
struct Run {
    bool is_uniform() const { return weights == nullptr && rows->is_uniform(); }
    bool all_non_negative() const { return sign > 0; }
    bool all_negative() const { return sign < 0; }
    double weight(std::size_t k) const {
        return weights == nullptr ? rows->weight(k) : weights[k];
    }
    /// Calls `visit` with a callable weight(k), so that a loop over synapses has no branch on storage.
    template <class Visit>
    void with_weights(Visit visit) const {
        if (weights != nullptr) visit([w = weights](std::size_t k) { return w[k]; });
        else rows->with_weights(visit);
    }

    const SynapseRows* rows;
    double offset;  ///< ms after the begin of the bin; with each_has_offset, of the spike alone
    std::uint32_t first;
    std::uint32_t last;
    std::int16_t counted;  ///< grid timing: the number of its counts, or -1
    bool each_has_offset;  ///< add rows->offset(k), and
    bool is_carried;       ///< take a resolution off: it acts in the bin after that of whole steps
    bool is_source;
    std::int8_t sign = 0;      ///< of all weights: 1 for none below 0, -1 for none above, else 0
    std::int32_t plastic = -1; ///< its number among the arrivals at plastic synapses, or -1
    const double* weights = nullptr;  ///< by place in the rows, of plastic synapses; else null
};

/// The runs that act in each bin of a stretch, in canonical order.
struct BinRuns {
    Step begin = 0;
    std::size_t ahead = 0;  ///< how far ahead of use synapses are fetched, in runs
    std::vector<Run> runs;
    std::vector<std::size_t> ends;  ///< by bin

    /// Far enough to hide the latency of memory, no farther than its queues are long.
    void choose_ahead() {
        constexpr std::uint64_t synapses_ahead = 1200;
        std::uint64_t synapses = 1;
        for (const auto& run : runs) synapses += run.last - run.first;
        ahead = std::clamp<std::uint64_t>(synapses_ahead * runs.size() / synapses, 4, 16);
    }

    std::span<const Run> at(Step step) const {
        const auto bin = static_cast<std::size_t>(step - begin);
        const std::size_t first = bin == 0 ? 0 : ends[bin - 1];
        return {runs.data() + first, ends[bin] - first};
    }
};

class TimedRuns;

/// The runs of one step.
struct StepRuns {
    std::span<const Run> all;
    std::size_t ahead;  ///< as BinRuns::ahead
    TimedRuns* timed;
};

/// Numbers of spikes that arrived.
struct Arrived {
    std::uint64_t from_neurons = 0;
    std::uint64_t from_sources = 0;
};

/// A drive and the neurons of the tile that it acts on.
struct TileDrive {
    Drive* drive;
    std::uint32_t first;
    std::uint32_t size;
    std::uint32_t number = 0;  ///< of (source, target) in the description
};

struct StepInputs;

class Block {
public:
    virtual ~Block() = default;

    /// Exact timing: runs all neurons through a bin. Appends spikes in any order; ids are those in
    /// the tile. `is_busy`: many inputs are expected, so that sums of all neurons cost less than
    /// lists; it must not depend on how the neurons are cut into tiles.
    virtual void run_bin(Step bin, const StepRuns& runs, std::span<const TileDrive> drives,
                         bool is_busy, std::vector<Spike>& out, Arrived& arrived) = 0;

    /// Grid timing: flows over the step that ends at `step`, takes the inputs that arrive there
    /// (all of them, so that they are zero afterwards), then tests the threshold. Step 0 has nothing to flow over and no test.
    virtual void step(Step step, const StepInputs& inputs, std::vector<Spike>& out) = 0;

    /// Makes neurons of the tile, from `first` on, as they were at the start: one state variable, or
    /// all (`variable` beyond them) and free of refractoriness. Random parts are drawn anew.
    virtual void reset(std::uint32_t first, std::uint32_t size, std::size_t variable) = 0;

    /// A state variable (its place in the model's table).
    virtual double value(std::uint32_t neuron, std::size_t variable) const = 0;
};

/// The parameters of all neurons of a population.
struct PopulationParams {
    std::uint64_t size;  ///< of neurons, 1 if all are alike
    /// Shape: [size][parameters]
    std::function<std::vector<std::vector<double>>(std::uint64_t first, std::uint64_t size)> rows;
};

/// What the blocks of a population have in common.
struct SharedByTiles {
    virtual ~SharedByTiles() = default;
};

struct BlockContext {
    std::uint64_t first;  ///< over all neurons
    std::uint32_t size;
    std::function<std::uint64_t(std::uint32_t)>
        id_of;                                ///< tile -> inside the population, in messages
    std::vector<std::vector<double>> params;  ///< [1 or size][parameters]
    struct Initial {
        std::size_t variable;
        std::uint32_t first;  ///< in the tile
        std::vector<double> values;
    };
    std::vector<Initial> initial;  ///< the rest as the model says
    Clock clock;
    Timing timing;
    double tolerance;
    RandomKey key;
    std::shared_ptr<const SharedByTiles> shared{};  ///< what NeuronFactory::share has made
};

/// As the catalogue stores a neuron model.
struct NeuronFactory {
    std::function<std::unique_ptr<Block>(const BlockContext&)> make;
    std::function<std::shared_ptr<const SharedByTiles>(const PopulationParams&, const Clock&)>
        share;
    bool has_inh_port;  ///< false: everything arrives at exc, whatever its sign
};

}  // namespace sim
