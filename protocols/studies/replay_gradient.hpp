// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The gradient that replay in reverse order carries, against the one of stored history.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayGradient {
    static constexpr std::string_view name = "replay_gradient";
    static constexpr std::string_view summary =
        "the gradient carried by replay in reverse order, against backpropagation through time";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403, with the whole recursion of the gradient";

    struct Params {
        std::string arithmetic = "fixed", network = "modified";
        double steps = 50, episodes = 16, inputs = 10, outputs = 4, probes = 50;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return std::array{
            sim::Param<P>{"steps", &P::steps, none, some, "of an episode"},
            sim::Param<P>{"episodes", &P::episodes, none, some, "side by side"},
            sim::Param<P>{"inputs", &P::inputs, none, some, "normal random numbers at each step"},
            sim::Param<P>{"outputs", &P::outputs, none, some,
                          "classes, of which a random one is taught at each step"},
            sim::Param<P>{"probes", &P::probes, none, sim::range::count,
                          "weights whose derivative is compared with a finite difference"},
        };
    }
    static std::array<TextParam<Params>, 2> texts() {
        using Names = std::vector<std::string>;
        return {{{"arithmetic", &Params::arithmetic,
                  [](const sim::Catalogue&) {
                      return Names{"fixed", "double"};
                  },
                  "of the replay; stored history has the same"},
                 {"network", &Params::network,
                  [](const sim::Catalogue&) {
                      return Names{"modified", "published"};
                  },
                  "tau 2, 10, 100 and none; tau 10"}}};
    }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"relative_error",
                       "largest difference of a derivative, of the largest derivative; 0: bit for "
                       "bit"},
            ResultInfo{"cosine", "between both gradients"},
            ResultInfo{"finite_difference_error",
                       "of stored history in double precision against central differences, largest "
                       "of the probes, of the largest derivative"},
            ResultInfo{"reversal_error", "largest error of a reconstructed first state"},
            ResultInfo{"gradient_norm", "Euclidean, of stored history"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
