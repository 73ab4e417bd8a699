// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Events of replay: bursts whose spikes, decoded by place fields, run along the track.
//
// An event is decoded in windows of `window_s`, places alike beforehand; its score is that of the
// best line. Shuffles exchange the fields of the units; p = (1 + shuffles with at least that score)
// / (1 + shuffles). The line tells the direction: with a map for each direction of running, an
// event is forward if its line moves as the animal did in the map that holds more of the posterior
// along it, and reverse otherwise; with one map, upwards is forward.
// Source: Davidson, Kloosterman & Wilson 2009, Neuron 63:497; Diba & Buzsaki 2007, Nat Neurosci
//         10:1241, for the direction

#include "protocols/analysis/line_fit.hpp"
#include "protocols/analysis/place_decoder.hpp"
#include "protocols/analysis/population_events.hpp"

namespace protocols {

struct EventConfig {
    double window_s = 0.02;
    std::size_t shuffles = 200;
    std::size_t least_rank_units = 5;  ///< active, for a rank correlation
    LineConfig line;
};

struct ReplayEvent {
    Burst burst{};
    Line line;
    double p = 1;
    int direction = 0;            ///< 1 forward, -1 reverse
    double speed = 0;             ///< of the line, px/s, with its sign
    double rank_correlation = 0;  ///< of first spikes and places of fields in that map
    bool has_rank = false;
    double shuffled_p = 1;  ///< the same test on the event with the fields exchanged
};

/// Needs: the burst holds at least one window
ReplayEvent judge_event(const Burst& burst, const UnitSpikes& spikes, const PlaceFields& fields,
                        const EventConfig& config, const sim::RandomKey& key, std::uint64_t number);

}  // namespace protocols
