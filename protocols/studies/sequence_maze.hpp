// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A maze of three cues, a delay and three turns in the same order.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct SequenceMaze {
    static constexpr std::string_view name = "sequence_maze";
    static constexpr std::string_view summary =
        "three cues, a delay, then three turns in the same order; tested in closed loop";
    static constexpr std::string_view source =
        "own task, after the sequential mazes of rodent experiments";

    struct Params : LearningParams {
        double turns = 3, cue_steps = 4, delay_min = 20, delay_max = 24, arm_min = 7, arm_max = 9;
        double noise = 0.01;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return learning::params(std::array{
            sim::Param<P>{"turns", &P::turns, none, some, "cues and junctions"},
            sim::Param<P>{"cue_steps", &P::cue_steps, none, some, "of each cue"},
            sim::Param<P>{"delay_min", &P::delay_min, none, some, "shortest delay, steps"},
            sim::Param<P>{"delay_max", &P::delay_max, none, some, "longest delay, steps"},
            sim::Param<P>{"arm_min", &P::arm_min, none, some, "shortest way behind a junction"},
            sim::Param<P>{"arm_max", &P::arm_max, none, some, "longest way behind a junction"},
            sim::Param<P>{"noise", &P::noise, none, sim::range::non_negative,
                          "standard deviation of what is added to all that is sensed"},
        });
    }
    static auto texts() { return learning::texts<Params>(); }
    static constexpr auto results() {
        return learning::accuracy_results(
            "part of 64 runs in closed loop with all turns right, mean over seeds; chance is 1 in "
            "2^turns");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
