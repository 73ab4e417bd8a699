// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The weights that a run records of chosen synapses, in intervals of their own.
// Threads: one caller, between windows.

#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/learning.hpp"
#include "sim/run/recorder.hpp"

namespace sim {

class WeightLogs {
public:
    /// Finds the synapses and tells the recorder of them.
    /// Throws: BadNetwork
    void plan(const Network& network, const Learning& learning, Recorder& recorder);

    /// Samples what is due at `step`. Needs: what is recorded has been planned with this recorder
    void sample(Step step, double time_ms, const Learning& learning,
                const std::vector<SpikeRing>& rings, Recorder& recorder);

    /// No window may reach beyond it.
    Step next_after(Step step) const;

    /// After rows were built anew.
    void find_again(const Learning& learning);

private:
    struct Log {
        Step interval;
        bool changed_only;
        std::vector<Learning::Address> synapses;
        std::vector<double> last;
        Step sampled = -1;
    };
    std::vector<Log> logs_;
};

}  // namespace sim
