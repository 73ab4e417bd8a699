// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a source model is to the engine. A source is one header in models/sources and one name in
// models/CMakeLists.txt; it states its physics, the adapters behind register_source.hpp do the rest.
//
// Every model M has
//   name, summary, source   text; the file stem is the name
//   Params, params()        parameters in house units and their table. With `start` and `stop` (ms of
//                           the run) it is heard in [start, stop), and its units begin at start
// and one of
//   Process(p, unit), with  Time next(clock)    a train that projections carry: the time after the
//                                               last one, `never` when there is no more; optional:
//                                               bool keeps(time, clock), asked once it is due
//                     or    Piece next(clock)   a current that acts on neurons: the next constant
//                                               piece, from the end of the last one (first: start)
//   mean(p, dt)             Poisson arrivals that act on neurons: how many in dt ms
// Optional: reads_trains = true, if it repeats the spike trains of the description.
// A process draws from unit.random() alone.

#include <concepts>

#include "sim/core/instants.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// One unit of a train, or one neuron of a drive, as its process meets it.
struct SourceUnit {
    const SourceContext& source;
    std::uint64_t number;  ///< of the unit, or of the neuron inside its population
    Time start;            ///< parameter `start`, or the begin of the run

    /// The draws of this unit, its own and no one else's.
    RandomStream random() const { return {source.key, number}; }
};

/// A current (pA) that is valid until a time.
struct Piece {
    double current;
    Time until;
};

template <class M, class Result>
concept ProcessModel = requires(typename M::Process& process, const typename M::Params& p,
                                const SourceUnit& unit, const Clock& clock) {
    {typename M::Process(p, unit)};
    { process.next(clock) } -> std::same_as<Result>;
};

template <class M>
concept TrainModel = ProcessModel<M, Time>;

template <class M>
concept CurrentModel = ProcessModel<M, Piece>;

template <class M>
concept BackgroundModel = requires(const typename M::Params& p) {
    { M::mean(p, 1.0) } -> std::same_as<double>;
};

}  // namespace sim
