// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Alternation without a cue: the last choice must be remembered over the delay in the box.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct DelayedAlternation {
    static constexpr std::string_view name = "delayed_alternation";
    static constexpr std::string_view summary =
        "delayed alternation in a T-maze: no cue, trial after trial in closed loop";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403, abstract; lengths are our own";

    struct Params : LearningParams {
        double box_min = 18, box_max = 22, stem_min = 7, stem_max = 9, arm_min = 4, arm_max = 6;
        double trials = 4, test_trials = 11, noise = 0.01;
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
            sim::Param<P>{"box_min", &P::box_min, none, some, "shortest stay in the box, steps"},
            sim::Param<P>{"box_max", &P::box_max, none, some, "longest stay in the box, steps"},
            sim::Param<P>{"stem_min", &P::stem_min, none, some, "shortest stem"},
            sim::Param<P>{"stem_max", &P::stem_max, none, some, "longest stem"},
            sim::Param<P>{"arm_min", &P::arm_min, none, some, "shortest arms"},
            sim::Param<P>{"arm_max", &P::arm_max, none, some, "longest arms"},
            sim::Param<P>{"trials", &P::trials, none, some,
                          "of an episode of training; the first is forced to one side"},
            sim::Param<P>{"test_trials", &P::test_trials, none,
                          sim::Range{2, 1e6, false, false, true},
                          "of a test, without a reset; the first is forced"},
            sim::Param<P>{"noise", &P::noise, none, sim::range::non_negative,
                          "standard deviation of what is added to all that is sensed"},
        });
    }
    static auto texts() { return learning::texts<Params>(); }
    static constexpr auto results() {
        return learning::accuracy_results(
            "part of the free trials of 64 tests in closed loop that follow the own last choice "
            "with the other side, mean over seeds");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
