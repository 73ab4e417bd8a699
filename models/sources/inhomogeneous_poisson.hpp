// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson trains whose rate goes up and down as a sine.
//
// The rate at time t of the run is rate + amplitude sin(2 pi frequency t + phase), and 0 where that
// is negative. Candidates come at the highest rate and are kept with the chance rate(t) / highest.

#include <numbers>

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct InhomogeneousPoisson {
    static constexpr std::string_view name = "inhomogeneous_poisson";
    static constexpr std::string_view summary =
        "independent Poisson trains, rate modulated as a sine";
    static constexpr std::string_view source =
        "Lewis & Shedler 1979, Naval Research Logistics Quarterly 26:403 (thinning)";

    struct Params {
        double rate = 10, amplitude = 5, frequency = 10, phase = 0;
        double start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"rate", &P::rate, hz, rate_range, "mean rate"},
            sim::Param<P>{"amplitude", &P::amplitude, hz, rate_range,
                          "of the modulation; above `rate` the rate is cut at 0"},
            sim::Param<P>{"frequency", &P::frequency, hz, r::non_negative, "of the modulation"},
            sim::Param<P>{"phase", &P::phase, none, r::finite,
                          "of the modulation at the begin of the run, radians"},
            start_row<P>(),
            stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit& unit)
            : params_(p), last_(unit.start), random_(unit.random()) {}

        sim::Time next(const sim::Clock& clock) {
            return last_ = after(clock, last_, 1000 / highest() * random_.exponential());
        }

        bool keeps(sim::Time time, const sim::Clock& clock) {
            const double cycles = params_.frequency * clock.ms(time) / 1000;
            const double angle =
                2 * std::numbers::pi * (cycles - std::floor(cycles)) + params_.phase;
            const double rate = params_.rate + params_.amplitude * std::sin(angle);
            return random_.uniform() * highest() < rate;
        }

    private:
        double highest() const { return params_.rate + params_.amplitude; }

        Params params_;
        sim::Time last_;
        sim::RandomStream random_;
    };
};

}  // namespace models
