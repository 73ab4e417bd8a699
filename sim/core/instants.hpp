// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Instants of sources: times of a description, times after one another, and regular beats, all of
// them as steps and offsets, so that they stay exact however long a run is.

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/time.hpp"

namespace sim {

/// Later than any run.
inline constexpr Time never{std::numeric_limits<Step>::max() / 2, 0};

/// A time of a description (ms, >= 0); what lies beyond the reach of the clock is never.
inline Time instant(const Clock& clock, double ms) {
    constexpr double most_steps = 4e18;  // as in `validate`
    return ms / clock.resolution() < most_steps ? clock.split(ms) : never;
}

/// The time `ms` >= 0 after `time`.
inline Time after(const Clock& clock, Time time, double ms) {
    return std::min(clock.sum(time, instant(clock, ms)), never);
}

/// The first grid point at or after `time`: where grid timing stamps a spike.
inline Step stamp(Time time) { return time.offset > 0 ? time.step + 1 : time.step; }

/// Beats at first + k period, k = 0, 1, ...
///
/// The period is kept in steps as a sum of two doubles (Dekker 1971, Numer Math 18:224), so that
/// its rounding does not add up: beat 1e12 is as exact as beat 1. A period that is whole steps to
/// 1e-9 is just that, and a beat within 1e-9 of a step is on it.
class Rhythm {
public:
    /// The period is the exact ratio of numerator and denominator, ms; numbers of up to three
    /// decimals mean these decimals ("0.3", which no double is).
    /// Needs: both > 0
    Rhythm(const Clock& clock, Time first, double numerator, double denominator)
        : resolution_(clock.resolution()), first_(first) {
        const bool decimal = is_whole(1000 * numerator) && is_whole(1000 * denominator);
        const double n = decimal ? std::round(1000 * numerator) : numerator;
        const double d = decimal ? std::round(1000 * denominator) : denominator;
        const double ms = n / d;
        const double ms_low = std::fma(-ms, d, n) / d;
        const Step per_ms = clock.nearest_step(1.0);
        if (clock.ms(per_ms) == 1.0) {
            const auto factor = static_cast<double>(per_ms);
            period_ = ms * factor;
            period_low_ = std::fma(ms, factor, -period_) + ms_low * factor;
        } else {
            period_ = ms / resolution_;
            period_low_ = (std::fma(-period_, resolution_, ms) + ms_low) / resolution_;
        }
        const double whole = std::round(period_);
        if (whole >= 1 && std::abs(period_ - whole) <= 1e-9) {
            period_ = whole;
            period_low_ = 0;
        }
    }

    Time beat(std::uint64_t number) const {
        const auto k = static_cast<double>(number);
        const double steps = k * period_;
        if (!(steps < 4e18)) return never;
        double whole = std::floor(steps);
        double rest = steps - whole + (std::fma(k, period_, -steps) + k * period_low_);
        const double nearest = std::round(rest);
        const bool is_near = std::abs(rest - nearest) <= 1e-9;
        const double carry = is_near ? nearest : std::floor(rest);
        rest = is_near ? 0 : rest - carry;
        whole += carry;
        Time time{first_.step + static_cast<Step>(whole), first_.offset + rest * resolution_};
        if (time.offset >= resolution_) {
            time.offset -= resolution_;
            ++time.step;
        }
        return std::min(time, never);
    }

private:
    /// True for whole numbers, also after the two roundings of 1000 * 0.3.
    static bool is_whole(double x) {
        return x >= 1 && x < 0x1p53 && std::abs(x - std::round(x)) <= 0x1p-52 * x;
    }

    double resolution_;
    Time first_;
    double period_;      // steps
    double period_low_;  // what period_ lacks of the exact period
};

}  // namespace sim
