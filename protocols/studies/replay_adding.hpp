// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The adding problem: credit for two marked numbers among many.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayAdding {
    static constexpr std::string_view name = "replay_adding";
    static constexpr std::string_view summary =
        "adding problem: the sum of two marked numbers of a sequence, told at its end";
    static constexpr std::string_view source =
        "Hochreiter & Schmidhuber 1997, Neural Computation 9:1735, experiment 4, numbers in (0, 1)";

    struct Params : LearningParams {
        double length = 50;
        Params() { check_every = 200; }
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        return learning::params(std::array{
            sim::Param<P>{"length", &P::length, none, sim::Range{4, 1e6, false, false, true},
                          "numbers of a sequence"},
        });
    }
    static auto texts() { return learning::texts<Params>(); }
    static constexpr auto results() {
        return learning::error_results(
            "on 256 new episodes, mean over seeds; always telling 1 gives 1/6");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
