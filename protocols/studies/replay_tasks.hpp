// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Further tasks of memory for reversible networks: counting, one sequence, evidence, digits by
// rows.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayTasks {
    static constexpr std::string_view name = "replay_tasks";
    static constexpr std::string_view summary =
        "further tasks for replay: a^n b^n, one sequence, evidence, digits row by row";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403 (a^n b^n, sequence, digits); evidence after "
        "Morcos & Harvey 2016, Nat Neurosci 19:1672";

    struct Params : LearningParams {
        std::string task = "counting";
        std::string train_images, train_labels, test_images, test_labels;
        double least = 22, most = 25, alphabet = 6, length = 20, cues = 7;
        double digits = 2000, test_digits = 500, side = 16;
        Params() {
            updates = 1000;
            check_every = 50;
        }
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return learning::params(std::array{
            sim::Param<P>{"least", &P::least, none, some, "smallest n (counting)"},
            sim::Param<P>{"most", &P::most, none, some, "largest n (counting)"},
            sim::Param<P>{"alphabet", &P::alphabet, none, sim::Range{2, 1000, false, false, true},
                          "different symbols (sequence)"},
            sim::Param<P>{"length", &P::length, none, some, "symbols (sequence)"},
            sim::Param<P>{"cues", &P::cues, none, some, "an odd number of them (evidence)"},
            sim::Param<P>{"digits", &P::digits, none, some, "images to learn from (digits)"},
            sim::Param<P>{"test_digits", &P::test_digits, none, some, "images of a test (digits)"},
            sim::Param<P>{"side", &P::side, none, sim::Range{5, 64, false, false, true},
                          "pixels of a generated digit, both ways"},
        });
    }
    static std::array<TextParam<Params>, 9> texts();
    static constexpr auto results() {
        return learning::accuracy_results(
            "counting: part of 256 new sequences with at most one wrong prediction; else the part "
            "of right answers; mean over seeds");
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
