// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What preceded each recent spike of a population: the spike before of the same source, and the
// presynaptic traces of a rule after it.
//
// Invariant: the records of a step are in the order of its spikes in the ring of the population.
// Threads: written between windows by one thread, read by all.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/core/exponential.hpp"
#include "sim/run/plastic.hpp"
#include "sim/run/spike_ring.hpp"

namespace sim {

class PreLog {
public:
    /// `taus` of the traces in ms.
    PreLog(std::uint64_t sources, std::vector<TraceInfo> traces, double resolution, Step steps)
        : traces_(std::move(traces)),
          h_(resolution),
          size_(traces_.size() + 1),
          latest_(sources * size_, 0.0),
          slots_(static_cast<std::size_t>(steps)) {
        reset();
    }

    /// Forgets all spikes.
    void reset() {
        std::fill(latest_.begin(), latest_.end(), 0.0);
        for (std::size_t k = 0; k < latest_.size(); k += size_) latest_[k] = before_all;
        for (auto& slot : slots_) slot.clear();
    }

    /// Spikes under way are lost.
    void drop() {
        for (auto& slot : slots_) slot.clear();
    }

    /// The sorted spikes of a step that has just ended.
    void add(Step step, const std::vector<Spike>& spikes) {
        auto& slot = slots_[index(step)];
        slot.clear();
        for (const auto& spike : spikes) {
            double* latest = latest_.data() + spike.id * size_;
            const double time = static_cast<double>(step) + spike.time.offset / h_;
            slot.push_back(time);
            slot.insert(slot.end(), latest, latest + size_);
            for (std::size_t i = 0; i < traces_.size(); ++i) {
                double& trace = latest[1 + i];
                trace = traces_[i].is_sum
                            ? trace * sim::exp((latest[0] - time) * h_ / traces_[i].tau) + 1
                            : 1;
            }
            latest[0] = time;
        }
    }

    /// Of the i-th spike of a step.
    double time(Step step, std::size_t i) const { return slots_[index(step)][i * (size_ + 1)]; }
    PreRecord before(Step step, std::size_t i) const {
        return slots_[index(step)].data() + i * (size_ + 1) + 1;
    }
    /// After the last spike of a source.
    PreRecord latest(std::uint32_t source) const { return latest_.data() + source * size_; }

private:
    static constexpr double before_all = -1e15;  // steps; whatever the delay

    std::size_t index(Step step) const { return static_cast<std::size_t>(step) % slots_.size(); }

    std::vector<TraceInfo> traces_;
    double h_;
    std::size_t size_;                        // of a record
    std::vector<double> latest_;              // [source][record]
    std::vector<std::vector<double>> slots_;  // [step][spike][its time, record]
};

/// The plastic synapses of a group onto a tile; nothing for static ones.
struct TilePlastic {
    Plastic* synapses = nullptr;
    const PreLog* log = nullptr;
    const SynapseRows* rows = nullptr;  ///< of the network, or others after a rewiring
};

}  // namespace sim
