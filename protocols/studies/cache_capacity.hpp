// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How many items a cache recalls after one presentation, and what it costs when items share cells.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct CacheCapacity {
    static constexpr std::string_view name = "cache_capacity";
    static constexpr std::string_view summary =
        "items recalled forward and backward from a cache after one presentation";
    static constexpr std::string_view source =
        "Willshaw et al. 1969, Nature 222:960 (sparse); Cheng & Brown 2025, Neural Computation "
        "37:403 (hopfield)";

    struct Params {
        std::string cache = "sparse", pace = "oscillation";
        double cells = 1000, active = 20, items = 1000, damage = 0, points = 5;
        double episodes = 6, least_pool = 20, context = 0.75;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        using sim::Range;
        constexpr Range several{2, 1e6, false, false, true};
        return std::array{
            sim::Param<P>{"cells", &P::cells, none, Range{2, 20000, false, false, true},
                          "of the cache; the authors' Hopfield network has 500"},
            sim::Param<P>{"active", &P::active, none, learning::some,
                          "cells of an item (sparse); 40 % of the cells of a Hopfield network"},
            sim::Param<P>{"items", &P::items, none, several, "of one random sequence"},
            sim::Param<P>{"damage", &P::damage, none, sim::range::unit_interval,
                          "part of the cue's units that are turned around (hopfield)"},
            sim::Param<P>{"points", &P::points, none, learning::some,
                          "of the curve, up to twice as many items"},
            sim::Param<P>{"episodes", &P::episodes, none, sim::range::count,
                          "T-mazes of 98 steps in which whole corridors share cells (sparse)"},
            sim::Param<P>{"least_pool", &P::least_pool, none, learning::some,
                          "cells of the rarest event of a maze"},
            sim::Param<P>{"context", &P::context, none, sim::range::unit_interval,
                          "part of the cells that follow the context, in the test with one"},
        };
    }
    static std::array<TextParam<Params>, 2> texts() {
        using Names = std::vector<std::string>;
        return {
            {{"cache", &Params::cache,
              [](const sim::Catalogue&) {
                  return Names{"sparse", "hopfield"};
              },
              "sparse patterns and clipped synapses, or two alternating Hopfield matrices"},
             {"pace", &Params::pace,
              [](const sim::Catalogue&) {
                  return Names{"oscillation", "itself"};
              },
              "what makes the Hopfield network go on: every 30 steps, or 10 without a change"}}};
    }
    static constexpr auto results() {
        return std::array{
            ResultInfo{
                "recall_forward",
                "part of the items recalled in a chain from the first: exactly (sparse), or with "
                "at most 5 % of the units wrong (hopfield)"},
            ResultInfo{"recall_backward", "the same from the last, in reverse order"},
            ResultInfo{"items[]", "of the curve"},
            ResultInfo{"forward[]", "recall_forward for each"},
            ResultInfo{"backward[]", "recall_backward for each"},
            ResultInfo{"maze_shared", "patterns of mazes on one page recalled exactly, both ways"},
            ResultInfo{"maze_pages", "the same with a page each"},
            ResultInfo{"maze_context", "the same on one page, with a context"},
            ResultInfo{"maze_shared_events", "what they mean recalled, on one page"},
            ResultInfo{"maze_pages_events", "the same with a page each"},
            ResultInfo{"maze_context_events", "the same on one page, with a context"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
