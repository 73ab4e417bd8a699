// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The cued T-maze of the paper, tested in closed loop.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayTmaze {
    static constexpr std::string_view name = "replay_tmaze";
    static constexpr std::string_view summary =
        "T-maze: a cue at the start of the stem tells the arm; tested in closed loop";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403; lengths of the authors' public code";

    struct Params : LearningParams {
        double cue_min = 20, cue_max = 23, delay_min = 50, delay_max = 55;
        double arm_min = 20, arm_max = 25, noise = 0.01;
        Params() {
            updates = 500;
            check_every = 50;
        }
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return learning::params(std::array{
            sim::Param<P>{"cue_min", &P::cue_min, none, some, "shortest cue, steps"},
            sim::Param<P>{"cue_max", &P::cue_max, none, some, "longest cue, steps"},
            sim::Param<P>{"delay_min", &P::delay_min, none, some, "shortest stem behind it"},
            sim::Param<P>{"delay_max", &P::delay_max, none, some, "longest stem behind it"},
            sim::Param<P>{"arm_min", &P::arm_min, none, some, "shortest arms"},
            sim::Param<P>{"arm_max", &P::arm_max, none, some, "longest arms"},
            sim::Param<P>{"noise", &P::noise, none, sim::range::non_negative,
                          "standard deviation of what is added to all that is sensed"},
        });
    }
    static auto texts() { return learning::texts<Params>(); }
    static constexpr auto results() {
        return learning::accuracy_results(
            "part of 64 runs in closed loop that are rewarded, mean over seeds");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
