// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// From the hippocampus to the consolidator, in spikes: CA3 stores an episode in one presentation
// and replays it in reverse; in every cycle of a ripple the consolidator sees the spikes of CA3
// and is taught what came a cycle earlier, which is what followed in life. Retrograde credit
// carries the error to its hidden cells, and weights change after the ripple. At the end it tells
// of each item which one comes next, without CA3.

#include "protocols/studies/ca3_network.hpp"

namespace protocols {

struct Ca3Consolidation {
    static constexpr std::string_view name = "ca3_consolidation";
    static constexpr std::string_view summary =
        "spiking CA3 teaches a spiking consolidator the order of an episode in reverse ripples";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Comput 37:403 (cache and consolidator); Fan & Mysore 2024, "
        "arXiv:2405.14139 (credit); Ecker et al. 2022, eLife 11:e71850 (replay both ways); the "
        "spiking forms, task and numbers are ours";

    struct Params : Ca3Params {
        std::string plastic = "hidden";
        double seeds = 3, ripples = 60, blocked = 5, window = 300, smoothing = 1;
        double hidden = 200, input_gain = 1, readout_gain = 0.2, learning_rate = 1, taught = 10,
               threshold = 0.3, ask = 100;
        Params() { ripple_rate = 4; }
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e5, false, false, true};
        constexpr sim::Range time{1, 1e4};
        return ca3::params(std::array{
            sim::Param<P>{"seeds", &P::seeds, none, some,
                          "episodes and networks, from the seed on"},
            sim::Param<P>{"ripples", &P::ripples, none, some,
                          "in reverse, after each of which weights change; as many forward"},
            sim::Param<P>{"blocked", &P::blocked, none, some,
                          "cues of each end with the recurrent gain off"},
            sim::Param<P>{"window", &P::window, ms, time, "of a ripple; at most ripple_gap"},
            sim::Param<P>{"smoothing", &P::smoothing, ms, r::positive,
                          "of the rate whose minima part the cycles of a ripple"},
            sim::Param<P>{"hidden", &P::hidden, none, some, "cells of the consolidator"},
            sim::Param<P>{"input_gain", &P::input_gain, none, r::positive,
                          "of weights from CA3 to hidden cells, times 1 / sqrt(cells of CA3)"},
            sim::Param<P>{"readout_gain", &P::readout_gain, none, r::positive,
                          "of weights from hidden cells to outputs, times 1 / sqrt(hidden)"},
            sim::Param<P>{"learning_rate", &P::learning_rate, none, r::positive,
                          "of the change after a ripple"},
            sim::Param<P>{"taught", &P::taught, ms, sim::Range{5, 1e3},
                          "of a cycle on the clock of the consolidator; a spike in it is rate 1"},
            sim::Param<P>{"threshold", &P::threshold, none, r::positive,
                          "of retrograde events, spikes"},
            sim::Param<P>{"ask", &P::ask, ms, time,
                          "spikes of an item when its successor is asked"},
        });
    }
    static std::array<TextParam<Params>, 1> texts();
    static constexpr auto results() {
        return std::array{
            ResultInfo{"accuracy", "part of the items whose successor is told, after the ripples"},
            ResultInfo{"accuracy_before", "the same before"},
            ResultInfo{"accuracy_direct",
                       "after as many passes through the episode as lived, taught what follows"},
            ResultInfo{"fraction", "of the improvement by direct training that ripples bring"},
            ResultInfo{"accuracy_blocked", "after cues with the recurrent gain off"},
            ResultInfo{"accuracy_no_credit", "with retrograde events of the outputs blocked"},
            ResultInfo{"accuracy_shuffled", "with the cycles of each ripple in a drawn order"},
            ResultInfo{"accuracy_forward", "after forward ripples"},
            ResultInfo{"predecessor_forward",
                       "after forward ripples: items whose predecessor is told"},
            ResultInfo{"recited",
                       "items told in a row from the first one on, each told from the last"},
            ResultInfo{"course[13][3]",
                       "ripples or passes; accuracy by ripples, by direct training"},
            ResultInfo{"cycles", "of a reverse ripple, mean"},
            ResultInfo{"purity", "part of the spikes of a cycle from its main item, mean"},
            ResultInfo{"retrograde_per_spike", "events by spikes of the consolidator"},
            ResultInfo{"accuracy_seeds[]", "of each seed"},
            ResultInfo{"accuracy_direct_seeds[]", "of each seed"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
