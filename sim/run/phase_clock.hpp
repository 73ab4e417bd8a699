// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Where the time of a simulation goes.
//
// Where windows are so short that reading the clock would show, one of several is measured and stands
// for all.
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
    void stop() { times_.all_s += seconds(Clock::now() - started_); }

    /// `window_us`: what a window takes
    void begin_window(double window_us) {
        constexpr double short_us = 20;
        constexpr std::uint64_t often = 16;
        weight_ = window_us < short_us ? often : 1;
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
        times_.*part += passed * static_cast<double>(weight_);
        return passed;
    }
    /// The same of two parts that alternate; `share`: of the first of them.
    std::optional<double> lap(double PhaseTimes::*first, double PhaseTimes::*second, double share) {
        const auto passed = lap(second);
        if (!passed) return {};
        const double moved = *passed * share * static_cast<double>(weight_);
        times_.*first += moved;
        times_.*second -= moved;
        return passed;
    }

    const PhaseTimes& times() const { return times_; }

private:
    Clock::time_point started_, last_;
    PhaseTimes times_;
    std::uint64_t windows_ = 0;
    std::uint64_t weight_ = 1;
    bool is_on_ = true;
};

/// Adds what has passed since the last mark to a sum, if it is measured at all.
class Stopwatch {
public:
    explicit Stopwatch(bool is_on) : is_on_(is_on) {
        if (is_on_) last_ = PhaseClock::Clock::now();
    }
    void mark(PhaseClock::Clock::duration& sum) {
        if (!is_on_) return;
        const auto now = PhaseClock::Clock::now();
        sum += now - last_;
        last_ = now;
    }

private:
    bool is_on_;
    PhaseClock::Clock::time_point last_;
};

}  // namespace sim
