// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Delayed copy: what a gap in time costs each rule of learning.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayCopy {
    static constexpr std::string_view name = "replay_copy";
    static constexpr std::string_view summary =
        "delayed copy: symbols are shown, and after a delay told again in their order";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403, for replay; the task is a common one";

    struct Params : LearningParams {
        double symbols = 3, alphabet = 4, delay = 50;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return learning::params(std::array{
            sim::Param<P>{"symbols", &P::symbols, none, some, "shown, one a step"},
            sim::Param<P>{"alphabet", &P::alphabet, none, sim::Range{2, 100, false, false, true},
                          "different symbols; chance is its inverse"},
            sim::Param<P>{"delay", &P::delay, none, sim::range::count, "steps without input"},
        });
    }
    static auto texts() { return learning::texts<Params>(); }
    static constexpr auto results() {
        return learning::accuracy_results(
            "part of the symbols told rightly in 256 new episodes, mean over seeds");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
