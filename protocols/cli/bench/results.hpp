// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// All that a session of `bench` has measured, and how it is shown: tables for people, JSON for programs.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "protocols/cli/bench/limits.hpp"
#include "protocols/cli/bench/measurement.hpp"
#include "protocols/cli/bench/networks.hpp"
#include "protocols/cli/bench/statistics.hpp"

namespace protocols::cli {

/// One network in one size on a number of threads, and its repeats.
struct BenchPoint {
    BenchNetwork network;
    std::vector<std::string> sets;  ///< over the settings of the network
    int threads = 1;
    double duration = 0;           ///< ms on the clock; 0: as the file says
    std::optional<double> factor;  ///< of the sweep
    std::vector<Measurement> runs;
};

struct BenchResults {
    std::vector<BenchPoint> points;
    std::map<int, std::vector<MachineLimits>> limits;  ///< by threads, one a repeat
    std::string sweep;                                 ///< its name, empty without one
    std::string started_utc;
    bool is_complete = false;
};

/// How the time per synaptic event of one network grows along a sweep.
struct Growth {
    std::string network;
    int threads;  ///< 0 where they are what grows
    Spread size;  ///< what the sweep is named for, as measured
    PowerLaw law;
};

/// Networks with fewer than two sizes, or a run without events, are left out.
std::vector<Growth> growths(const BenchResults& results);

/// The events a second that the machine's memory would allow a network.
struct Ceiling {
    double events_per_s;
    bool is_stream;  ///< set by reading the synapses; otherwise by adding to the targets
};

/// Synapses are read once an event, targets are updated in a set that stays in the cache: the lower
/// of the two. Nothing where there are no synapses or no limits.
std::optional<Ceiling> ceiling(const BenchPoint& point, const BenchResults& results);

/// Of what has runs.
std::string shown_results(const BenchResults& results);

Json to_json(const BenchResults& results);

}  // namespace protocols::cli
