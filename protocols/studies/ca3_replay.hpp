// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A spiking hippocampal cache: an episode shown once is replayed at rest, forward from a cue of its
// first item and in reverse from one of its last item, with the same symmetric weights.

#include "protocols/studies/ca3_network.hpp"

namespace protocols {

struct Ca3Replay {
    static constexpr std::string_view name = "ca3_replay";
    static constexpr std::string_view summary =
        "spiking CA3: an episode of one presentation, replayed forward and in reverse in ripples";
    static constexpr std::string_view source =
        "Ecker et al. 2022, eLife 11:e71850 (symmetric plasticity and adaptation replay both ways);"
        " Cheng & Brown 2025, Neural Comput 37:403 (cache); Hasselmo et al. 1995, J Neurosci "
        "15:5249 (states by acetylcholine); network and numbers are ours";

    struct Params : Ca3Params {
        double seeds = 5, events = 5, blocked = 2, middle = 2, silenced = 0.3, window = 400;
        double burst_threshold = 2, decode_window = 10, shuffles = 200, level = 0.05;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1000, false, false, true};
        return ca3::params(std::array{
            sim::Param<P>{"seeds", &P::seeds, none, some,
                          "networks and episodes, from the seed on"},
            sim::Param<P>{"events", &P::events, none, some,
                          "cues of each end of the episode; as many with part of the cue silenced"},
            sim::Param<P>{"blocked", &P::blocked, none, some,
                          "cues of each end with the recurrent gain off"},
            sim::Param<P>{"middle", &P::middle, none, r::count, "cues of the item in the middle"},
            sim::Param<P>{"silenced", &P::silenced, none, r::unit_interval,
                          "part of the cells of a partial cue that stay silent"},
            sim::Param<P>{"window", &P::window, ms, sim::Range{50, 1000},
                          "after a cue in which its replay is looked for; at most ripple_gap"},
            sim::Param<P>{"burst_threshold", &P::burst_threshold, none, r::positive,
                          "of a burst, standard deviations above the mean rate"},
            sim::Param<P>{"decode_window", &P::decode_window, ms, r::positive,
                          "of the decoding of a burst"},
            sim::Param<P>{"shuffles", &P::shuffles, none, sim::Range{19, 1e6, false, false, true},
                          "of the cells' items, for each burst"},
            sim::Param<P>{"level", &P::level, none, r::unit_interval, "of significance"},
        });
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"rank_correlation",
                       "of item and time after a cue, mean; 1: from the cue to the other end"},
            ResultInfo{"rank_correlation_forward", "as it is, after cues of the first item"},
            ResultInfo{"rank_correlation_reverse", "as it is, after cues of the last item"},
            ResultInfo{"rank_correlation_least", "of all cues, 1: from the cue to the other end"},
            ResultInfo{"rank_correlation_shuffled", "mean amount with the items exchanged"},
            ResultInfo{"compression", "time between items as lived, over that in replay; mean"},
            ResultInfo{"recalled", "part of the items but the cue's of which half the cells fire"},
            ResultInfo{"recalled_partial", "the same after partial cues"},
            ResultInfo{"recalled_blocked", "the same with the recurrent gain off"},
            ResultInfo{"recalled_exchanged", "the same with the learned weights exchanged"},
            ResultInfo{"recalled_middle", "after cues of the item in the middle, of all items"},
            ResultInfo{"rank_correlation_middle[2]",
                       "after these, of time with the item, and with the distance from the cue"},
            ResultInfo{"event_ms[3]", "length of events: least, mean, most, ms"},
            ResultInfo{"spikes_per_cell[2]", "in an event: mean over the cells, most of any"},
            ResultInfo{"detected", "part of the cues that a burst contains"},
            ResultInfo{"significant", "part of these bursts that decode to a line, p below level"},
            ResultInfo{"direction_right",
                       "part of the significant ones that lead away from the cue"},
            ResultInfo{"uncued", "bursts without a cue, in all"},
            ResultInfo{"ripple_hz[2]", "peak between 100 and 300 Hz: pyramidal, basket cells"},
            ResultInfo{"ripple_power[2]", "there, in units of a Poisson process"},
            ResultInfo{"weights[4]",
                       "mean learned weight between cells of items 0, 1, 2, 3 apart, pA"},
            ResultInfo{"recalled_seeds[]", "of each seed"},
            ResultInfo{"rank_correlation_seeds[]", "of each seed"},
            ResultInfo{"compression_seeds[]", "of each seed"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
