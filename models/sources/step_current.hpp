// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A current that is switched on and off.

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct StepCurrent {
    static constexpr std::string_view name = "step_current";
    static constexpr std::string_view summary = "constant current from `start` to `stop`";
    static constexpr std::string_view source = "by definition";

    struct Params {
        double amplitude = 0, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{sim::Param<P>{"amplitude", &P::amplitude, sim::Unit::pA,
                                        sim::range::finite, "current while it is on"},
                          start_row<P>(), stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit&) : amplitude_(p.amplitude) {}
        sim::Piece next(const sim::Clock&) const { return {amplitude_, sim::never}; }

    private:
        double amplitude_;
    };
};

}  // namespace models
