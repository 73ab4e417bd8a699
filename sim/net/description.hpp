// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What is to be simulated, as plain data: the meeting point of protocol files, SONATA circuits,
// C++ protocols and the engine.
//
// Every field has a path, the one that `--set` and protocol files use ("neurons.exc.tau_m").
// `validate` reports problems by that path; a reader turns it into file:line:column.
// Units: house units (ms, mV, pA, pF, nS, Hz, um) throughout.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/core/value.hpp"

namespace sim {

using Values = std::map<std::string, Value>;

/// Recorded or given spike trains, one sorted list of times (ms) per unit.
struct SpikeTrains {
    std::vector<std::vector<double>> times;
};

/// Edges by number; `weight` and `delay` lists of a projection are indexed by edge.
struct EdgeList {
    std::vector<std::uint64_t> source;
    std::vector<std::uint64_t> target;
};

/// [neurons.NAME]
struct NeuronsSpec {
    std::string name;
    std::string model;
    std::uint64_t size = 0;
    Values params;    ///< name -> value; what is missing takes the model's default
    Values initial;   ///< state variable -> value at t = 0 (path: initial.v)
    Values position;  ///< "x", "y", "z" in um

    /// Name and ids that files of spikes and traces give these neurons, where they are part of a
    /// larger population or its ids have gaps. Empty: `name`; 0, 1, 2, ...
    std::string recorded_as = {};
    std::vector<std::uint64_t> recorded_ids = {};  ///< one per neuron, ascending

    const std::string& recorded_name() const { return recorded_as.empty() ? name : recorded_as; }
    std::uint64_t recorded_id(std::uint64_t neuron) const {
        return recorded_ids.empty() ? neuron : recorded_ids[neuron];
    }
};

/// [sources.NAME]: spike trains that projections carry, or (with `to`) an input that acts on
/// every neuron of the listed populations without wiring.
struct SourceSpec {
    std::string name;
    std::string model;
    std::uint64_t size = 1;
    Values params;
    std::vector<std::string> to;
    Value weight = Value::of(1.0);
    std::string receptor;  ///< "exc", "inh", "current"; empty: by the sign of the weight
    std::string path;      ///< file of spike trains, for models that read one
    std::shared_ptr<const SpikeTrains> trains;
};

/// [projections.NAME]; several names in `from` or `to` mean one projection for every pair.
struct ProjectionSpec {
    std::string name;
    std::vector<std::string> from;
    std::vector<std::string> to;
    std::string connector;
    std::map<std::string, double> connector_params;
    std::string synapse = "static";
    Values synapse_params;
    Value weight = Value::of(1.0);
    Value delay = Value::of(1.0);
    /// The part of the delay before the synapse, or that after it; the other one is the rest. At most
    /// one is given; without any all of the delay is dendritic. They matter to synapses that change.
    std::optional<double> axonal_delay = {};
    std::optional<double> dendritic_delay = {};
    /// That its rule listens to; empty: the credit of the targets, for rules that listen.
    std::string modulator = {};
    std::string receptor;
    std::string path;                       ///< edge file, for connectors that read one
    std::shared_ptr<const EdgeList> edges;  ///< explicit edges
    /// Carries credit from neurons that have some to such, and counts in the balance of taught ones.
    bool credit = true;
};

/// [modulators.NAME]: a signal made of events, each of some amount, that rules of plasticity listen
/// to: reward, novelty, an error. Spikes of `from` are events, and so are `times`.
struct ModulatorSpec {
    std::string name;
    std::vector<std::string> from;
    double amount = 1;
    double delay = 1;   ///< ms, from a spike to its event
    bool each = false;  ///< a spike of neuron k acts on the k-th postsynaptic neuron alone
    std::vector<double> times = {};    ///< ms
    std::vector<double> amounts = {};  ///< of `times`; empty: `amount`
};

/// [credit.NAME]: the neurons of a population have credit. It comes from the balance of excitation and
/// inhibition of those that are taught, and goes backward through all synapses onto neurons with
/// credit (sim/run/credit.hpp).
struct CreditSpec {
    std::string population;
    /// Sources and populations of as many: a spike of unit k adds `amount` to what neuron k should get.
    std::vector<std::string> teacher = {};
    double amount = 1;
    double threshold = 0.3;  ///< the least amount that a retrograde event carries, in spikes
    double delay = 1;        ///< ms, of retrograde events
    double tau_c = 0;        ///< ms, in which credit that comes takes effect; 0: at once
    double unit = 1;         ///< the weight that counts 1, in the unit of the weights onto NAME
    std::optional<double> unit_inh = {};  ///< the same of negative weights, an amount; else `unit`
    bool release_rest = true;  ///< what is held goes when the teacher leaves, if a neuron spiked
    double tail = 0;           ///< ms, for how long after that it goes again
    bool blocked = false;      ///< events reach the synapses onto NAME and no other neuron
};

/// [[homeostasis]]: what keeps the weights of a plastic projection in bounds, at intervals.
struct HomeostasisSpec {
    std::string projection;
    std::string kind;  ///< "incoming", "outgoing": the amounts of the weights of each target, or of
                       ///< each source, are scaled to the sum `total`; "scaling": towards `rate`
    double every = 0;  ///< ms; 0: at the end of every phase
    double total = 0;
    double rate = 0;   ///< Hz, of the targets
    double tau = 0;    ///< ms: amounts grow by (every / tau) (1 - rate of the target / rate)
};

/// [[structure]]: a plastic projection is rewired at the end of every phase. Synapses of small amount
/// are pruned; as many grow between pairs drawn at random that have none, with the delays of the pruned.
struct StructureSpec {
    std::string projection;
    double prune_below = 0;
    bool regrow = true;
    double weight = 0;  ///< amount of a new synapse
};

/// [[record.traces]]
struct TraceSpec {
    std::string population;
    std::vector<std::string> variables;
    std::vector<std::uint64_t> neurons;  ///< empty: all
    double interval = 1.0;
};

/// [[record.weights]]: the weights of a plastic projection in time.
struct WeightSpec {
    std::string projection;
    double interval = 100;      ///< ms
    std::uint64_t count = 100;  ///< synapses, evenly spread over sources and targets; or
    std::vector<std::pair<std::uint64_t, std::uint64_t>> synapses = {};  ///< (source, target)
    bool changed_only = false;  ///< no row for a weight that is as it was
};

/// [record]
struct RecordSpec {
    bool all_spikes = true;
    std::vector<std::string> spikes;  ///< populations, when not all
    std::vector<TraceSpec> traces;
    std::vector<WeightSpec> weights = {};
    /// Of all plastic projections, as files of edges: "end", "phases" (and at the end of each),
    /// "none"; empty: "end" where that is less than 100 MB.
    std::string snapshots = {};
};

/// Ends a phase early, with all repetitions of it or of its trial: the rest is passed over. The clock
/// goes on to its end, spikes under way and the traces of rules are lost, neurons stay as they are.
/// One condition; it is looked at in steps of `every` from the begin of the phase.
struct StopSpec {
    double every = 1000;  ///< ms
    std::string
        projection;     ///< its weights have settled: the mean of the changes since the last look,
    double change = 0;  ///< all as amounts, is below this part of the mean weight; or
    std::string population;                                  ///< its rate since the last look lies
    std::optional<double> rate_above = {}, rate_below = {};  ///< Hz
};

/// [[phases]]: stretches of the run; `off` names sources that are silent meanwhile.
struct PhaseSpec {
    std::string name;
    double duration = 0;
    bool record = true;
    std::vector<std::string> off;
    std::vector<std::string> frozen = {};  ///< projections whose rules rest
    /// What is as at the start when the phase begins: "neurons" (all states of all), "NAME" (those of a
    /// population), "NAME.variable" (one of them); "traces" (of spikes and modulators); "spikes"
    /// (those under way are lost); "credit" (all of it, and what is under way).
    std::vector<std::string> reset = {};
    std::string trial = {};    ///< phases of a trial follow on each other
    std::uint64_t repeat = 1;  ///< of the phase, or of the trial (then given with its first phase)
    std::optional<StopSpec> stop = {};  ///< only where nothing is recorded
};

/// [run]
struct RunSpec {
    double duration = 1000;
    Timing timing = Timing::exact;
    double resolution = 0.1;
    /// Error per step of the integrated models, over 1 + |x|.
    double tolerance = 1e-6;
    /// In grid timing, where a file says nothing: spikes are put on a grid far wider than that.
    static constexpr double tolerance_on_grid = 1e-4;
    std::uint64_t seed = 1;
};

struct Description {
    std::string name;
    std::string summary;
    std::string source;
    RunSpec run;
    std::vector<NeuronsSpec> neurons;
    std::vector<SourceSpec> sources;
    std::vector<ProjectionSpec> projections;
    RecordSpec record;
    std::vector<PhaseSpec> phases;  ///< empty: one phase of run.duration
    std::vector<ModulatorSpec> modulators = {};
    std::vector<HomeostasisSpec> homeostasis = {};
    std::vector<StructureSpec> structure = {};
    std::vector<CreditSpec> credit = {};
};

/// A phase as it happens: which one, in which repetition, when.
struct PhaseSpan {
    std::size_t phase;
    std::uint64_t trial;
    Step begin;
    Step end;
};
std::vector<PhaseSpan> phase_spans(const Description& description, const Clock& clock);

/// Of all phases with their repetitions, ms.
double total_duration(const std::vector<PhaseSpec>& phases);

/// A mistake at a path of the description.
struct Problem {
    std::string path;
    std::string text;
};

class Catalogue;

/// Everything that is wrong, at once; empty means a network can be built.
std::vector<Problem> validate(const Description& description, const Catalogue& catalogue);

}  // namespace sim
