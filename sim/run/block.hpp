// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A tile's neurons as the engine sees them: one virtual call per tile and chunk of time.
//
// Invariant: the state is carried from bin to bin of the resolution (exact timing) or from step to
// step (grid), so results do not depend on how a run is cut into windows.
// Threads: a block is used by one thread at a time.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// A spike that arrives within a bin. By its sign the weight acts at exc or inh.
struct Event {
    double offset;  ///< ms after the begin of the bin
    double weight;
};

/// Everything that arrives at a tile in a stretch of bins, sorted by neuron and bin.
struct ExactInputs {
    Window window;
    std::span<const std::uint32_t> ends;  ///< [neuron][bin]: end of its events
    std::span<const Event> events;        ///< within a bin in canonical order, not by time
    std::span<Drive* const> drives;

    std::span<const Event> at(std::uint32_t neuron, Step step) const {
        const auto bins = static_cast<std::size_t>(window.end - window.begin);
        const std::size_t i = neuron * bins + static_cast<std::size_t>(step - window.begin);
        const std::size_t begin = i == 0 ? 0 : ends[i - 1];
        return events.subspan(begin, ends[i] - begin);
    }
};

class Block {
public:
    virtual ~Block() = default;

    /// Exact timing: runs every neuron through the bins of `window`, which lies in inputs.window.
    /// Appends spikes in the order of neurons; ids are those of the population.
    /// Returns the number of spikes that drives brought.
    virtual std::uint64_t run(Window window, const ExactInputs& inputs, std::vector<Spike>& out) = 0;

    /// Grid timing: flows over the step that ends at `step`, takes the inputs that arrive there,
    /// then tests the threshold. Step 0 has nothing to flow over and no test.
    virtual void step(Step step, const InputRow& inputs, std::vector<Spike>& out) = 0;

    /// A state variable (its place in the model's table).
    virtual double value(std::uint32_t neuron, std::size_t variable) const = 0;
};

struct BlockContext {
    std::uint64_t first;  ///< neuron inside its population
    std::uint32_t size;
    std::vector<std::vector<double>> params;  ///< [1 or size][parameters]
    /// state variable -> value of every neuron; the rest as the model says
    std::vector<std::pair<std::size_t, std::vector<double>>> initial;
    Clock clock;
    double tolerance;
    RandomKey key;
};

/// As the catalogue stores a neuron model.
struct NeuronFactory {
    std::function<std::unique_ptr<Block>(const BlockContext&)> make;
    bool has_inh_port;  ///< false: everything arrives at exc, whatever its sign
};

}  // namespace sim
