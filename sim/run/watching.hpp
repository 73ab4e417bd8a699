// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a rule keeps of the postsynaptic neurons that it watches, and what its synapses may still ask
// for: the looks of the time that a spike takes from the neuron to the synapse and back.
// Threads: part of the plastic synapses of a tile.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/run/rule.hpp"

namespace sim {

/// Of a rule that does not watch.
template <Rule R>
class Watching {
public:
    Watching(std::uint32_t, const typename R::Params&, double, double) {}
    void clear() {}
    std::uint64_t bytes() const { return 0; }
};

template <Rule R>
    requires Watches<R>
class Watching<R> {
public:
    /// `resolution` in ms; `longest`: dendritic part of a delay, steps.
    Watching(std::uint32_t targets, const typename R::Params&, double resolution, double longest)
        : h_(resolution),
          looks_(HasSeen<R> ? static_cast<std::size_t>(2 * longest) + 4 : 0),
          neurons_(targets),
          spikes_(targets, 0.0),
          seen_(looks_ * targets, 0.0) {}

    void note_spike(std::uint32_t target) { ++spikes_[target]; }

    /// The amount that goes to the synapses. `time` in steps, a whole number.
    double look(const typename R::Params& p, std::uint32_t target, double time, double value) {
        auto& neuron = neurons_[target];
        double amount = 0;
        if (neuron) amount = R::watch(p, *neuron, value, spikes_[target], h_);
        else neuron = R::begin(p, value);
        spikes_[target] = 0;
        if constexpr (HasSeen<R>)
            seen_[place(target, static_cast<std::size_t>(time))] = R::seen(p, *neuron);
        return amount;
    }

    /// At the last look before `time`, steps; 0 before all.
    double seen(std::uint32_t target, double time) const {
        const double look = std::ceil(time - rounding) - 1;
        return look < 0 ? 0 : seen_[place(target, static_cast<std::size_t>(look))];
    }

    void clear() {
        std::fill(neurons_.begin(), neurons_.end(), std::nullopt);
        std::fill(spikes_.begin(), spikes_.end(), 0.0);
        std::fill(seen_.begin(), seen_.end(), 0.0);
    }
    std::uint64_t bytes() const {
        return neurons_.size() * sizeof(neurons_[0]) +
               (spikes_.size() + seen_.size()) * sizeof(double);
    }

private:
    static constexpr double rounding = 1e-9;  // steps, of times that are whole on the grid

    std::size_t place(std::uint32_t target, std::size_t look) const {
        return target * looks_ + look % looks_;
    }

    double h_;
    std::size_t looks_;  // that are kept
    std::vector<std::optional<typename R::Watch>> neurons_;
    std::vector<double> spikes_;  // since the last look
    std::vector<double> seen_;    // [target][look]
};

}  // namespace sim
