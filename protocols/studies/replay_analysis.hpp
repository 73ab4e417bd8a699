// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Replay in a recording: bursts of the population, decoded by place fields, against shuffles.

#include <array>

#include "protocols/studies/study.hpp"
#include "sim/core/params.hpp"

namespace protocols {

struct ReplayAnalysis {
    static constexpr std::string_view name = "replay_analysis";
    static constexpr std::string_view summary =
        "replay in a recording (sharpwave analyze replay FILE.h5): bursts, decoding, shuffles";
    static constexpr std::string_view source =
        "Davidson, Kloosterman & Wilson 2009, Neuron 63:497; Zhang et al. 1998, J Neurophysiol "
        "79:1017";

    struct Params {
        std::string recording, fields = "measured", axis = "principal", maps = "directional";
        double bin_px = 8, smoothing_px = 10, least_speed = 40, off_axis = 40, decode_window = 250;
        double block = 20000, threshold = 3, least_duration = 50, most_duration = 1000;
        double least_units = 4, window = 20, shuffles = 200, level = 0.05, reach = 3;
        double least_slope = 0.5, most_slope = 6;
        double field_width = 20, field_rate = 50, field_bins = 50;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e6, false, false, true};
        return std::array{
            sim::Param<P>{"bin_px", &P::bin_px, none, r::positive, "of a place field, pixels"},
            sim::Param<P>{"smoothing_px", &P::smoothing_px, none, r::non_negative,
                          "standard deviation of the Gaussian over places, pixels"},
            sim::Param<P>{"least_speed", &P::least_speed, none, r::non_negative,
                          "of running, pixels a second; events are sought below it"},
            sim::Param<P>{"off_axis", &P::off_axis, none, r::non_negative,
                          "pixels from the axis; what is further away is not on the track; 0: no "
                          "limit (principal)"},
            sim::Param<P>{"decode_window", &P::decode_window, ms, r::positive,
                          "of the cross-validated decoding of running"},
            sim::Param<P>{"block", &P::block, ms, r::positive,
                          "odd ones are decoded by fields of even ones, and the reverse"},
            sim::Param<P>{"threshold", &P::threshold, none, r::positive,
                          "of a burst, standard deviations above the mean rate"},
            sim::Param<P>{"least_duration", &P::least_duration, ms, r::positive, "of a burst"},
            sim::Param<P>{"most_duration", &P::most_duration, ms, r::positive, "of a burst"},
            sim::Param<P>{"least_units", &P::least_units, none, some, "that fire in a burst"},
            sim::Param<P>{"window", &P::window, ms, r::positive, "of the decoding of a burst"},
            sim::Param<P>{"shuffles", &P::shuffles, none, sim::Range{19, 1e6, false, false, true},
                          "of the fields between units, for each burst"},
            sim::Param<P>{"level", &P::level, none, r::unit_interval, "of significance"},
            sim::Param<P>{"reach", &P::reach, none, r::count, "bins beside a line that count"},
            sim::Param<P>{"least_slope", &P::least_slope, none, r::non_negative,
                          "of a line, bins a window, either way"},
            sim::Param<P>{"most_slope", &P::most_slope, none, r::positive,
                          "of a line, bins a window"},
            sim::Param<P>{"field_width", &P::field_width, none, r::positive,
                          "standard deviation of a field, in units (fields = ids)"},
            sim::Param<P>{"field_rate", &P::field_rate, hz, r::positive,
                          "at the peak of a field (fields = ids)"},
            sim::Param<P>{"field_bins", &P::field_bins, none, some,
                          "places along the row of units (fields = ids)"},
        };
    }
    static std::array<TextParam<Params>, 4> texts();
    static constexpr auto results() {
        return std::array{
            ResultInfo{"decoding_error_px", "median while running, cross-validated; null with ids"},
            ResultInfo{"decoding_error_mean_px", "the mean"},
            ResultInfo{"decoding_error_shuffled_px", "median with the fields exchanged once"},
            ResultInfo{"decoding_windows", "of running with spikes"},
            ResultInfo{"track_px", "length of the track"},
            ResultInfo{"events", "bursts"},
            ResultInfo{"significant", "part of the bursts with p below the level"},
            ResultInfo{"false_positive",
                       "the same of bursts whose fields were exchanged first: near the level"},
            ResultInfo{"forward", "significant bursts that run as the animal did"},
            ResultInfo{"reverse", "significant bursts that run the other way"},
            ResultInfo{"duration_ms", "median of significant bursts"},
            ResultInfo{"rank_correlation",
                       "mean absolute value in significant bursts with enough units"},
            ResultInfo{"rank_correlation_other", "the same in the other bursts"},
            ResultInfo{"compression",
                       "median speed of significant bursts, of the median speed of running"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
