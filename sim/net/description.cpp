// SPDX-License-Identifier: BSD-3-Clause
#include "sim/net/description.hpp"

namespace sim {

namespace {

/// The phases of the same trial as `first`, which follow on it.
std::size_t end_of_trial(const std::vector<PhaseSpec>& phases, std::size_t first) {
    std::size_t end = first + 1;
    while (!phases[first].trial.empty() && end < phases.size() &&
           phases[end].trial == phases[first].trial)
        ++end;
    return end;
}

}  // namespace

std::vector<PhaseSpan> phase_spans(const Description& description, const Clock& clock) {
    const auto& phases = description.phases;
    std::vector<PhaseSpan> spans;
    Step begin = 0;
    for (std::size_t first = 0; first < phases.size();) {
        const std::size_t end = end_of_trial(phases, first);
        for (std::uint64_t trial = 0; trial < phases[first].repeat; ++trial)
            for (std::size_t i = first; i < end; ++i) {
                const Step next = begin + clock.nearest_step(phases[i].duration);
                spans.push_back({i, trial, begin, next});
                begin = next;
            }
        first = end;
    }
    return spans;
}

double total_duration(const std::vector<PhaseSpec>& phases) {
    double sum = 0;
    for (std::size_t first = 0; first < phases.size();) {
        const std::size_t end = end_of_trial(phases, first);
        double trial = 0;
        for (std::size_t i = first; i < end; ++i) trial += phases[i].duration;
        sum += trial * static_cast<double>(phases[first].repeat);
        first = end;
    }
    return sum;
}

}  // namespace sim
