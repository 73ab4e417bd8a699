// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// An Ornstein-Uhlenbeck process as a current, constant over intervals: its exact values at
// start + k interval, stationary from the begin.
//
// From value to value, x - mean shrinks by r = e^{-interval / tau}, and a normal draw of variance
// std^2 (1 - r^2) is added: the correlation over k intervals is r^k whatever the interval.

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct OrnsteinUhlenbeckCurrent {
    static constexpr std::string_view name = "ornstein_uhlenbeck_current";
    static constexpr std::string_view summary =
        "Gaussian current with exponential correlations, independent for every neuron";
    static constexpr std::string_view source =
        "Uhlenbeck & Ornstein 1930, Phys Rev 36:823; Gillespie 1996, Phys Rev E 54:2084, eq. 1.9 "
        "(exact update)";

    struct Params {
        double mean = 0, std = 100, tau = 5, interval = 0.1, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"mean", &P::mean, pA, r::finite, "mean current"},
            sim::Param<P>{"std", &P::std, pA, r::non_negative, "standard deviation"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "correlation time"},
            sim::Param<P>{"interval", &P::interval, ms, interval_range, "from value to value"},
            start_row<P>(),
            stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit& unit)
            : params_(p),
              rhythm_(unit.source.clock, unit.start, p.interval, 1),
              random_(unit.random()) {}

        sim::Piece next(const sim::Clock&) {
            const double ratio = params_.interval / params_.tau;
            const double kept = values_ == 0 ? 0 : std::exp(-ratio);
            const double fresh = values_ == 0 ? 1 : std::sqrt(-std::expm1(-2 * ratio));
            deviation_ = kept * deviation_ + fresh * random_.normal();
            return {params_.mean + params_.std * deviation_, rhythm_.beat(++values_)};
        }

    private:
        Params params_;
        sim::Rhythm rhythm_;
        sim::RandomStream random_;
        double deviation_ = 0;  // from the mean, in units of std
        std::uint64_t values_ = 0;
    };
};

}  // namespace models
