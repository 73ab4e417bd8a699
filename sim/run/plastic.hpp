// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Plastic synapses as the engine sees them: those of one group onto one tile, one virtual call for
// every run of synapses that a spike reaches.
//
// A synapse is brought up to date when a presynaptic spike arrives: first the postsynaptic spikes
// since the one before, from a history that each target keeps, then the presynaptic one. Times are
// in steps of the resolution and told by the clock of the postsynaptic neuron: a presynaptic spike
// at t meets the postsynaptic spikes before t + shift, where shift is the axonal minus the
// dendritic part of the delay.
//
// Threads: one at a time; that of the tile.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/net/synapse_rows.hpp"

namespace sim {

/// How much of the delay is axonal: all but `rest` ms, or `rest` alone.
struct DelaySplit {
    bool rest_is_axonal = true;
    double rest = 0;
};

/// Of the amount of a weight.
struct Bounds {
    double low, high;
};

/// A trace without its rule.
struct TraceInfo {
    double tau;  ///< ms
    bool is_sum; ///< all spikes count
};

/// What a spike was preceded by: [time of the source's spike before, in steps; its traces after that].
using PreRecord = const double*;

struct PreArrival {
    double time;       ///< of the spike, steps
    PreRecord before;
    Step delay;        ///< of the run, whole steps
    std::uint32_t first, last;  ///< synapses
};

class Plastic {
public:
    virtual ~Plastic() = default;

    /// A presynaptic spike arrives.
    virtual void arrive(const PreArrival& arrival) = 0;

    /// What acts on the neurons, by place in the rows; it changes with every arrival.
    virtual const double* delivered() const = 0;

    /// 1 or -1 if no weight has the other sign, else 0.
    virtual int sign() const = 0;

    virtual void post_spike(std::uint32_t target, double time) = 0;
    /// An event of the modulator. Needs: after all spikes and events before `time`
    virtual void modulate(std::uint32_t target, double time, double amount) = 0;

    /// Brings synapses up to date with the postsynaptic spikes that have reached them by `now`,
    /// steps; `arrival.time` and the end of their own are not used. Every synapse has to be caught up
    /// to the same `now`, and then `caught_up` says so.
    virtual void catch_up(const PreArrival& arrival, double now) = 0;
    virtual void caught_up(double now) = 0;

    /// The longest time between calls of `caught_up`, steps.
    virtual double patience() const = 0;

    /// A value of a synapse, up to date as by catch_up, which is left as it is.
    virtual double value(std::uint32_t k, const PreArrival& arrival, double now,
                         std::size_t field) const = 0;

    /// ms between ticks; 0: none.
    virtual double tick_interval() const { return 0; }
    virtual bool reads_row() const { return false; }
    /// What a synapse adds to m.row (rule.hpp) of itself and of those behind it.
    virtual double to_row(std::uint32_t /*k*/, const PreArrival& /*arrival*/,
                          double /*now*/) const {
        return 0;
    }
    /// A tick for the synapses of the arrival; `rows`, by place: as m.row in rule.hpp.
    /// Needs: all synapses caught up to `now`
    virtual void tick(const PreArrival& /*arrival*/, double /*now*/,
                      std::span<const double> /*rows*/) {}

    /// The state variable that has to be shown at every step; empty: none.
    virtual std::string_view watched() const { return {}; }
    /// Its value at `time`, steps, after the spikes until then.
    virtual void watch(std::uint32_t /*target*/, double /*time*/, double /*value*/) {}

    /// While off, spikes leave synapses as they are; traces go on.
    virtual void switch_on(bool is_on) = 0;

    /// Forgets spikes and events; the synapses stay.
    virtual void reset_traces() = 0;

    /// By place in the rows. Who changes them keeps their sign and the bounds of their amounts.
    virtual std::span<double> weights() = 0;
    virtual Bounds bounds() const = 0;

    /// Members of a new synapse.
    virtual std::vector<double> fresh() const = 0;

    /// Takes other synapses onto the same targets; `values`: what each keeps, by place and member.
    /// Needs: all synapses caught up; `rows` outlives this
    virtual void rewire(const SynapseRows& rows, std::span<const double> values) = 0;

    virtual std::uint64_t bytes() const = 0;
};

struct PlasticContext {
    const SynapseRows& rows;
    std::uint32_t targets;
    std::vector<double> params;
    Clock clock;
    DelaySplit split;
    bool is_inh;  ///< of the projection, where a tile has no weights that tell
};

/// As the catalogue stores a rule. Synapses that stay as they are have none.
struct RuleFactory {
    std::function<std::vector<TraceInfo>(const std::vector<double>& params)> pre_traces;
    std::function<std::unique_ptr<Plastic>(const PlasticContext&)> make;
    std::string_view watched;  ///< state variable that the targets must have; empty: none
    bool any_sign;             ///< weights may change their sign
};

}  // namespace sim
