// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From spikes to inputs: finds everything that arrives at a tile in a stretch of steps.
//
// Spikes are pulled: for every step and delay, the runs of the sources that fired that long ago.
// All arrivals of a window are known at its begin, since every delay is at least a window. The runs
// are listed first, so that index and synapses can be fetched ahead of use.
//
// Invariant: for each neuron and step, inputs come in the order group, delay, (offset, source), then
// row order: it depends neither on threads nor on windows nor on tiles.
// Threads: one object per worker.

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/block.hpp"
#include "sim/run/pre_log.hpp"
#include "sim/run/spike_ring.hpp"
#include "sim/run/step_inputs.hpp"

namespace sim {

class Delivery {
public:
    /// `driven`: what drives bring that can be counted, one entry a weight, `most` of all together.
    Delivery(const Network& network, const std::vector<SpikeRing>& rings,
             const std::vector<CountedDrive>& driven);

    /// Lists the runs that act on a tile in `window`. `plastic`: by its incoming rows, or empty.
    void list(const Tile& tile, std::span<const TilePlastic> plastic,
              std::span<const TileDrive> drives, Window window, bool has_inh_port);

    /// Brings the plastic synapses of the runs of a step up to date, so that their weights are those
    /// to deliver. Needs: the target's spikes before the step are in their histories
    void learn(Step step);

    /// Those of one step of the window. Asks for the first ones of the next step on the way.
    StepRuns runs(Step step) const;

    /// Whether so much arrives in the whole network that a sum of every neuron is worth its while.
    bool is_busy(Step step) const;

    /// Grid timing: all that arrives at `step`, from synapses and drives.
    StepInputs sum(Step step, Arrived& arrived);

private:
    struct Counts {
        double weight;
        std::uint64_t most = 0;           // in a step
        std::vector<std::uint16_t> of{};  // by neuron
    };
    struct PlasticArrival {
        Plastic* synapses;
        PreArrival arrival;
    };
    struct Lookup {
        Run run;  // without its synapses
        const std::uint32_t* index;
    };

    void plan_counts(const std::vector<CountedDrive>& driven);
    std::int16_t row_of(double weight, std::uint64_t most);
    std::int16_t row_of(const Drive& drive) const;
    void choose_counts(const Tile& tile);
    bool add_drives(Step step, Arrived& arrived);
    void look_up(std::size_t group, const SynapseRows& rows, const TilePlastic& plastic,
                 Step arrival, bool is_carried);
    void keep_earlier(std::span<Run> runs, std::size_t i, const PlasticArrival& arrival);
    void find_runs();
    static void count(const Run& run, std::uint16_t* of);
    void add_weighted(const Run& run);
    bool is_source(const ProjectionGroup& group) const {
        return network_.populations()[group.pre].is_source;
    }

    const Network& network_;
    const std::vector<SpikeRing>& rings_;
    std::vector<Counts> counts_;
    std::vector<std::int16_t> plan_;  // [group] number in counts_, or -1
    BinRuns bins_;
    std::vector<Lookup> lookups_;  // of one step
    std::vector<PlasticArrival> arrivals_;
    std::vector<std::vector<double>> kept_;  // weights of runs whose synapses changed again in a bin
    bool has_inh_port_ = true;
    std::span<const TileDrive> drives_;     // of this tile
    std::vector<std::int16_t> drive_rows_;  // their numbers in counts_, or -1
    std::vector<std::pair<double, std::int16_t>>
        driven_;                                 // weight of drives, number in counts_ or -1
    std::array<CountedInput, 2> first_counted_;  // of exc and inh in this tile
    std::vector<CountedInput> more_counted_;
    std::vector<double> exc_, inh_, current_;  // of one step
};

}  // namespace sim
