// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a rule of spike timing does in the protocols of the experiments: pairs at one interval each,
// pairs at one frequency each, triplets. Every point is a synapse of its own, between a train and a
// neuron that repeats another one; the synapse acts on nothing.

#include "protocols/studies/study.hpp"

namespace protocols {

struct StdpWindow {
    static constexpr std::string_view name = "stdp_window";
    static constexpr std::string_view summary =
        "weight changes by pairs at any interval or frequency and by triplets of spikes";
    static constexpr std::string_view source =
        "Bi & Poo 1998, J Neurosci 18:10464 (window); Sjoestroem et al. 2001, Neuron 32:1149 "
        "(frequency); Wang et al. 2005, Nat Neurosci 8:187 (triplets); data, protocols and fits as in "
        "Pfister & Gerstner 2006, J Neurosci 26:9673, figs. 2-3, tables 3-4";

    struct Params {
        std::string rule = "stdp_triplet", fit = "own", settings;
        double weight = 0, pairings = 60, rate = 1, window = 100, points = 20, interval = 10;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr sim::Range some{1, 1e6, false, false, true};
        return std::array{
            sim::Param<P>{"weight", &P::weight, none, sim::range::non_negative,
                          "at the begin, in its unit; 0: w_0 of the rule, else half of its w_max"},
            sim::Param<P>{"pairings", &P::pairings, none, some, "pairs or triplets of a protocol"},
            sim::Param<P>{"rate", &P::rate, hz, sim::Range{1e-3, 10},
                          "of the pairs of the window, and of the triplets"},
            sim::Param<P>{"window", &P::window, ms, sim::Range{1, 400}, "longest interval"},
            sim::Param<P>{"points", &P::points, none, sim::Range{1, 1000, false, false, true},
                          "intervals of each sign"},
            sim::Param<P>{"interval", &P::interval, ms, sim::Range{0.1, 10},
                          "of the pairs at several frequencies; 10 ms in the experiments"},
        };
    }
    /// Rules of the catalogue that spike times alone drive.
    static std::vector<std::string> rules(const sim::Catalogue& catalogue);
    static std::array<TextParam<Params>, 3> texts();
    static constexpr auto results() {
        return std::array{
            ResultInfo{"window[2 points][2]",
                       "interval (ms, post less pre), relative change of the weight"},
            ResultInfo{"frequency[8][3]", "pairs per second, relative change with the postsynaptic "
                                          "spike `interval` later, and earlier"},
            ResultInfo{"pre_post_pre[4][3]",
                       "interval to the first pre, to the second (ms, post less pre), change"},
            ResultInfo{"post_pre_post[4][3]",
                       "interval of the first post, of the second (ms, post less pre), change"},
            ResultInfo{"visual_cortex_error",
                       "mean of squared deviations over squared standard errors "
                       "from 10 points of Sjoestroem et al.; null if interval is "
                       "not 10 ms"},
            ResultInfo{"hippocampus_error",
                       "the same from 8 triplets of Wang et al., if at 1 per second; else null"},
            ResultInfo{"hit_bounds", "synapses that ended at 0"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
