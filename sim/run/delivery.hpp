// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From spikes to inputs: finds everything that arrives at a tile in a stretch of steps.
//
// Spikes are pulled: for every step and delay, the runs of the sources that fired that long ago.
// All arrivals of a window are known at its begin, since every delay is at least a window. The runs
// are listed first, so that index and synapses can be fetched ahead of use. What comes through packed
// and timed synapses has calendars instead (packed_runs.hpp, timed_runs.hpp).
//
// Invariant: for each neuron and step, inputs come in the order group, delay, (offset, source), then
// row order; through timed synapses after all others, by group, those with positive weights first, then
// as the calendar has them. This depends neither on threads nor on windows nor on tiles. Counts and quanta are whole
// numbers, which no order changes.
// Threads: one object per worker.

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/block.hpp"
#include "sim/run/part_maker.hpp"
#include "sim/run/pre_log.hpp"
#include "sim/run/spike_ring.hpp"
#include "sim/run/step_inputs.hpp"
#include "sim/run/whole_sums.hpp"

namespace sim {

class Delivery {
public:
    /// `driven`: what drives bring that can be counted, one entry a weight, `most` of all together.
    Delivery(const Network& network, const std::vector<SpikeRing>& rings,
             const std::vector<CountedDrive>& driven);

    /// Lists the runs that act on a tile in `window`. `plastic`: by its incoming rows, or empty.
    void list(const Tile& tile, TileState& state, std::span<const TilePlastic> plastic,
              Window window);

    /// Brings the plastic synapses of the runs of a step up to date, so that their weights are those
    /// to deliver. Needs: the target's spikes before the step are in their histories
    void learn(Step step);

    /// Those of one step of the window. Asks for the first ones of the next step on the way.
    StepRuns runs(Step step);

    /// Whether so much arrives in the whole network that a sum of every neuron is worth its while.
    /// `driven`: what drives bring in a step on average
    bool is_busy(Step step, double driven) const;

    /// Grid timing: all that arrives at `step`, from synapses and drives.
    StepInputs sum(Step step, Arrived& arrived);

private:
    struct PlasticArrival {
        Plastic* synapses;
        PreArrival arrival;
    };
    struct Lookup {
        Run run;  // without its synapses
        const std::uint32_t* index;
    };

    void plan(const std::vector<CountedDrive>& driven);
    std::int16_t row_of(const Drive& drive) const;
    void choose_rows(const Tile& tile);
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
    static constexpr std::int16_t no_row = -1;
    static constexpr std::size_t most_counted = 4;  // different weights that are counted
    WholeSums<std::uint16_t> counts_{most_counted};
    WholeSums<std::int32_t> quanta_{std::numeric_limits<std::int16_t>::max()};
    std::vector<std::int16_t> count_rows_, quanta_rows_;  // [group] number of a row, or no_row
    PackedRuns* packed_ = nullptr;                        // of this tile
    TimedRuns* timed_ = nullptr;                          // of this tile
    BinRuns bins_;
    std::vector<Lookup> lookups_;  // of one step
    std::vector<PlasticArrival> arrivals_;
    std::vector<std::vector<double>> kept_;  // weights of runs whose synapses changed again in a bin
    bool has_inh_port_ = true;
    std::span<const TileDrive> drives_;     // of this tile
    std::vector<std::int16_t> drive_rows_;  // their rows of counts
    std::vector<std::pair<double, std::int16_t>> driven_;  // weight of drives, row of counts
    std::vector<double> exc_, inh_, current_;  // of one step
};

}  // namespace sim
