// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the adapters of sources share: when a unit may be heard, and its parameters.

#include <algorithm>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/run/source_model.hpp"

namespace sim {

/// When a unit is heard: in [start, stop), where no phase has it off.
class Gate {
public:
    template <class Params>
    Gate(const SourceContext& source, const Params& p) : source_(&source) {
        if constexpr (requires { p.start, p.stop; }) {
            start_ = instant(source.clock, p.start);
            stop_ = instant(source.clock, p.stop);
        }
    }

    Time start() const { return start_; }
    Time stop() const { return stop_; }

    bool is_open(Time time) const {
        return time >= start_ && time < stop_ && source_->is_on(time.step);
    }

    /// The first instant after `time` at which the gate may open or close.
    Time next_change(Time time) const {
        Time next = never;
        const auto consider = [&](Time edge) {
            if (edge > time) next = std::min(next, edge);
        };
        consider(start_);
        consider(stop_);
        for (const auto& window : source_->off) {
            consider({window.begin, 0});
            consider({window.end, 0});
        }
        return next;
    }

private:
    const SourceContext* source_;
    Time start_;
    Time stop_ = never;
};

/// The parameters of units first, first + 1, ... of a source; one entry if they share them.
template <class M>
std::vector<typename M::Params> source_params(const SourceContext& source, std::uint64_t first,
                                              std::uint64_t size) {
    RandomKey key = source.key;
    key.purpose = Purpose::parameter;
    std::vector<typename M::Params> result;
    for (const auto& row : tabulate(source.info, source.spec.params, first, size, key))
        result.push_back(assemble<typename M::Params>(M::params(), row));
    return result;
}

}  // namespace sim
