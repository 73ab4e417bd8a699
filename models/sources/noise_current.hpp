// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Gaussian white noise, constant over intervals: a new draw at start + k interval.
//
// The power spectrum is flat up to about 1 / (2 interval), with the density std^2 interval; a
// membrane of time constant tau >> interval and capacitance c sees fluctuations of its potential
// with the variance std^2 interval tau / (2 c^2).

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct NoiseCurrent {
    static constexpr std::string_view name = "noise_current";
    static constexpr std::string_view summary =
        "Gaussian white noise current, a draw for every interval and neuron";
    static constexpr std::string_view source =
        "noise_generator of NEST (Gewaltig & Diesmann 2007, Scholarpedia 2:1430), unmodulated; "
        "Destexhe et al. 2001, Neuroscience 107:13";

    struct Params {
        double mean = 0, std = 100, interval = 0.1, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"mean", &P::mean, pA, r::finite, "mean current"},
            sim::Param<P>{"std", &P::std, pA, r::non_negative, "standard deviation of a draw"},
            sim::Param<P>{"interval", &P::interval, ms, interval_range, "from draw to draw"},
            start_row<P>(), stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit& unit)
            : params_(p),
              rhythm_(unit.source.clock, unit.start, p.interval, 1),
              random_(unit.random()) {}

        sim::Piece next(const sim::Clock&) {
            return {params_.mean + params_.std * random_.normal(), rhythm_.beat(++draws_)};
        }

    private:
        Params params_;
        sim::Rhythm rhythm_;
        sim::RandomStream random_;
        std::uint64_t draws_ = 0;
    };
};

}  // namespace models
