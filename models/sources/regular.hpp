// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Regular trains: spike k of a unit comes at start + phase + k / rate.

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct Regular {
    static constexpr std::string_view name = "regular";
    static constexpr std::string_view summary = "trains of equal intervals";
    static constexpr std::string_view source =
        "by definition; times stay exact by double-double arithmetic (Dekker 1971, Numer Math "
        "18:224)";

    struct Params {
        double rate = 10, phase = 0, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        return std::array{
            sim::Param<P>{"rate", &P::rate, hz, rate_range, "spikes a second; 0 is silent"},
            sim::Param<P>{"phase", &P::phase, ms, sim::range::non_negative,
                          "first spike after `start`"},
            start_row<P>(), stop_row<P>()};
    }

    class Process {
    public:
        Process(const Params& p, const sim::SourceUnit& unit)
            : is_silent_(p.rate == 0),
              rhythm_(unit.source.clock, after(unit.source.clock, unit.start, p.phase), 1000,
                      is_silent_ ? 1 : p.rate) {}

        sim::Time next(const sim::Clock&) {
            return is_silent_ ? sim::never : rhythm_.beat(spikes_++);
        }

    private:
        bool is_silent_;
        sim::Rhythm rhythm_;
        std::uint64_t spikes_ = 0;
    };
};

}  // namespace models
