// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Time as a 64-bit step and an offset within it, exact over years of simulated time.
//
// Invariants
//   (1) 0 <= offset < resolution.
//   (2) the instant is step * resolution + offset; two equal instants have equal members.

#include <cmath>
#include <compare>
#include <cstdint>

namespace sim {

using Step = std::int64_t;

struct Time {
    Step step = 0;
    double offset = 0;  ///< ms
    auto operator<=>(const Time&) const = default;
};

/// The lattice of steps: the grid in `grid` timing, the bookkeeping bins in `exact` timing.
class Clock {
public:
    /// Needs: resolution > 0 (ms)
    explicit Clock(double resolution) : resolution_(resolution), per_ms_(1.0 / resolution) {
        // 0.1 ms is no binary number; dividing by a whole count gives the double nearest to 0.3.
        const double whole = std::round(per_ms_);
        if (whole >= 1 && std::abs(per_ms_ - whole) < 1e-9 * whole) per_ms_ = whole;
        divides_ = per_ms_ == whole;
    }

    double resolution() const { return resolution_; }

    /// Units: result ms
    double ms(Step step) const {
        const auto s = static_cast<double>(step);
        return divides_ ? s / per_ms_ : s * resolution_;
    }
    double ms(Time time) const {
        return time.offset == 0 ? ms(time.step) : ms(time.step) + time.offset;
    }

    /// The step nearest to a time in ms.
    Step nearest_step(double time_ms) const {
        // Halves away from 0, as std::llround, which g++ does not inline.
        const double steps = divides_ ? time_ms * per_ms_ : time_ms / resolution_;
        const auto whole = static_cast<Step>(steps);
        const double rest = steps - static_cast<double>(whole);
        return whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
    }

    /// Splits a time or delay (ms, >= 0); values within 1e-9 of a step snap to it, because "1.5 ms"
    /// means fifteen steps of 0.1 ms although neither is a binary number.
    Time split(double time_ms) const {
        const Step nearest = nearest_step(time_ms);
        const double later = time_ms - ms(nearest);
        if (std::abs(later) <= 1e-9 * resolution_) return {nearest, 0};
        Step step = nearest - static_cast<Step>(later < 0);  // no branch: it is so half of the time
        while (ms(step) > time_ms) --step;
        return normalised({step, time_ms - ms(step)});
    }

    /// Restores invariant (1) after an offset has grown past one or more steps.
    Time normalised(Time time) const {
        while (time.offset >= resolution_) {
            time.offset -= resolution_;
            ++time.step;
        }
        return time;
    }

    /// A distributed delay on the lattice; at least one step.
    Time sum(Time a, Time b) const {
        return normalised({a.step + b.step, a.offset + b.offset});
    }

private:
    double resolution_;
    double per_ms_;
    bool divides_;
};

enum class Timing { exact, grid };

}  // namespace sim
