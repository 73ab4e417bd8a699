// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The networks that `bench` measures: built-in protocols, each with what it changes, for how long it
// runs, and what makes it larger.

#include <map>
#include <string>
#include <vector>

namespace protocols::cli {

/// A parameter that a sweep multiplies: its path takes `factor * base`.
struct Knob {
    std::string path;
    std::string base;  ///< a number, a quantity or a parameter of the protocol
};

struct BenchNetwork {
    std::string name;
    std::string protocol;                     ///< a built-in one, or a file
    std::vector<std::string> settings;        ///< path=value, as for --set
    std::vector<std::string> quick_settings;  ///< what makes it small for --quick
    double warm_up;                           ///< ms simulated before the clock starts
    double duration;                          ///< ms on the clock; 0: as the protocol says
    std::map<std::string, Knob> knobs;        ///< by name of the sweep: neurons, synapses, rate
};

const std::vector<BenchNetwork>& standard_networks();

/// What a name stands for: one network, all that begin with "NAME-", or a file of the user.
/// Throws: UsageError with the nearest name
std::vector<BenchNetwork> networks_named(const std::string& name);

}  // namespace protocols::cli
