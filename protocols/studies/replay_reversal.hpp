// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How far back a replay in reverse order finds the states it came from.

#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplayReversal {
    static constexpr std::string_view name = "replay_reversal";
    static constexpr std::string_view summary =
        "states reconstructed by replay in reverse order: errors against the length of a run";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403; MacKay et al. 2018 (NeurIPS) for the bits";

    struct Params {
        std::string arithmetic = "fixed", network = "modified", backward = "negated";
        double steps = 1000, episodes = 8, inputs = 10, samples = 400;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return std::array{
            sim::Param<P>{"steps", &P::steps, none, some, "forward, and back"},
            sim::Param<P>{"episodes", &P::episodes, none, some, "runs side by side"},
            sim::Param<P>{"inputs", &P::inputs, none, some, "normal random numbers at each step"},
            sim::Param<P>{"samples", &P::samples, none, some,
                          "steps that backward weights are regressed on"},
        };
    }
    static std::array<TextParam<Params>, 3> texts() {
        using Names = std::vector<std::string>;
        return {
            {{"arithmetic", &Params::arithmetic,
              [](const sim::Catalogue&) {
                  return Names{"fixed", "double"};
              },
              "fixed point with a stack of bits, or double precision"},
             {"network", &Params::network,
              [](const sim::Catalogue&) {
                  return Names{"modified", "published", "no_leak"};
              },
              "tau 2, 10, 100 and none; tau 10; none, which needs no bits"},
             {"backward", &Params::backward,
              [](const sim::Catalogue&) {
                  return Names{"negated", "regressed"};
              },
              "weights of the steps back: those of the steps forward with their sign turned, or "
              "regressed on samples (double)"}}};
    }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"mismatches", "numbers of the first states that are not what they were"},
            ResultInfo{"max_relative_error",
                       "largest error of a first state, of the largest state at the end"},
            ResultInfo{"bits_per_unit_step", "kept by the stack"},
            ResultInfo{"expected_bits", "2 (1 - c), mean over units: of a uniform state"},
            ResultInfo{"least_bits", "log2(1 / c), mean over units: what no method can do without"},
            ResultInfo{"bits_left", "on the stack in the end"},
            ResultInfo{"weight_error", "of regressed weights, of their norm; null if negated"},
            ResultInfo{"lengths[]", "steps of shorter runs"},
            ResultInfo{"relative_error[]", "max_relative_error after each of them"},
            ResultInfo{"longest_below_1e-10", "of these lengths, the longest with a smaller error"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
