// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Given spike trains, repeated as they are: times of the description or of a file.

#include "models/sources/common.hpp"
#include "sim/core/error.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct SpikeTrains {
    static constexpr std::string_view name = "spike_trains";
    static constexpr std::string_view summary =
        "given spike times, one list (`times`) or file column (`path`) for every unit";
    static constexpr std::string_view source = "by definition";
    static constexpr bool reads_trains = true;

    struct Params {};
    static constexpr std::array<sim::Param<Params>, 0> params() { return {}; }

    class Process {
    public:
        /// Throws: BadNetwork if nobody has read the trains
        Process(const Params&, const sim::SourceUnit& unit)
            : trains_(given(unit.source.spec)), times_(trains_->times.at(unit.number)) {
            if (std::is_sorted(times_.begin(), times_.end())) return;
            sorted_.assign(times_.begin(), times_.end());
            std::sort(sorted_.begin(), sorted_.end());
        }

        sim::Time next(const sim::Clock& clock) {
            const auto& times = sorted_.empty() ? times_ : std::span<const double>(sorted_);
            return passed_ < times.size() ? sim::instant(clock, times[passed_++]) : sim::never;
        }

    private:
        static std::shared_ptr<const sim::SpikeTrains> given(const sim::SourceSpec& spec) {
            if (spec.trains) return spec.trains;
            throw sim::BadNetwork("sources." + spec.name +
                                  ": its spike trains are not loaded; give "
                                  "`times`, or read the file of `path` into the description");
        }

        std::shared_ptr<const sim::SpikeTrains> trains_;  // keeps times_ alive
        std::span<const double> times_;
        std::vector<double> sorted_;  // a copy, if the train was not sorted
        std::size_t passed_ = 0;
    };
};

}  // namespace models
