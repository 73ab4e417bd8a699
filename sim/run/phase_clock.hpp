// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Where the time of a simulation goes.
//
// Where windows are so short that reading the clock would show, one of several is measured and stands
// for all. The parts are scaled to the whole, which is measured apart, so they always add up to it.
// Threads: one; `is_on` may be asked by all meanwhile.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "sim/run/simulation.hpp"

namespace sim {

class PhaseClock {
public:
    using Clock = std::chrono::steady_clock;
    static double seconds(Clock::duration duration) {
        return std::chrono::duration<double>(duration).count();
    }

    void start() { started_ = Clock::now(); }
    void stop() { whole_ += seconds(Clock::now() - started_); }

    /// `work_us`: what a window takes
    void begin_window(double work_us) {
        constexpr double short_us = 20;
        constexpr std::uint64_t often = 16;
        weight_ = work_us < short_us ? often : 1;
        is_on_ = ++windows_ % weight_ == 0;
        if (is_on_) last_ = Clock::now();
    }
    bool is_on() const { return is_on_; }

    /// Ends a part of the window; gives its seconds if they are measured.
    std::optional<double> lap(double PhaseTimes::*part) {
        if (!is_on_) return {};
        const auto now = Clock::now();
        const double passed = seconds(now - last_);
        last_ = now;
        parts_.*part += passed * static_cast<double>(weight_);
        return passed;
    }
    /// The same of two parts that alternate; `share`: of the first of them.
    std::optional<double> lap(double PhaseTimes::*first, double PhaseTimes::*second, double share) {
        const auto passed = lap(second);
        if (!passed) return {};
        const double moved = *passed * share * static_cast<double>(weight_);
        parts_.*first += moved;
        parts_.*second -= moved;
        return passed;
    }

    PhaseTimes times() const {
        const double sum =
            parts_.delivery_s + parts_.update_s + parts_.exchange_s + parts_.output_s;
        if (sum == 0) return {};
        const double scale = whole_ / sum;
        return {parts_.delivery_s * scale, parts_.update_s * scale, parts_.exchange_s * scale,
                parts_.output_s * scale};
    }

private:
    Clock::time_point started_, last_;
    double whole_ = 0;
    PhaseTimes parts_;
    std::uint64_t windows_ = 0;
    std::uint64_t weight_ = 1;
    bool is_on_ = true;
};

}  // namespace sim
