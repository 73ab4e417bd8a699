// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Neurons with a sliding threshold become selective: of several input patterns, shown in random
// order, each neuron ends up answering one. Which one is left to chance.

#include "protocols/studies/study.hpp"

namespace protocols {

struct BcmSelectivity {
    static constexpr std::string_view name = "bcm_selectivity";
    static constexpr std::string_view summary =
        "BCM with a sliding threshold: neurons become selective to one of several patterns";
    static constexpr std::string_view source =
        "Bienenstock, Cooper & Munro 1982, J Neurosci 2:32, sec. III and eq. 5 (selectivity); Intrator "
        "& Cooper 1992, Neural Netw 5:3 (threshold)";

    struct Params {
        double patterns = 4, inputs = 10, neurons = 8, high = 30, low = 2, show = 300;
        double duration = 300'000, test = 4000, w_start = 0.2, w_max = 1;
        double tau = 50, tau_theta = 5000, eta = 3e-4, rho_0 = 50;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1000, false, false, true};
        constexpr sim::Range time{1, 1e9};
        return std::array{
            sim::Param<P>{"patterns", &P::patterns, none, sim::Range{2, 100, false, false, true},
                          "groups of inputs, each active in its own pattern"},
            sim::Param<P>{"inputs", &P::inputs, none, some, "of a group: Poisson trains"},
            sim::Param<P>{"neurons", &P::neurons, none, some,
                          "that learn, each for itself from weights of its own"},
            sim::Param<P>{"high", &P::high, hz, r::positive,
                          "rate of the inputs of the pattern shown"},
            sim::Param<P>{"low", &P::low, hz, r::non_negative, "rate of the others"},
            sim::Param<P>{"show", &P::show, ms, time, "a pattern while learning"},
            sim::Param<P>{"duration", &P::duration, ms, time, "of learning"},
            sim::Param<P>{"test", &P::test, ms, time, "every pattern before and after"},
            sim::Param<P>{"w_start", &P::w_start, none, r::positive,
                          "mean weight at the begin; they lie within a quarter of it"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive, "largest weight"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "of the threshold"},
            sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                          "learning rate for one spike, in parts of w_max"},
            sim::Param<P>{"rho_0", &P::rho_0, hz, r::positive,
                          "constant postsynaptic rate that meets its own threshold"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"selectivity",
                       "1 - mean response / largest response over patterns, mean over "
                       "neurons; null before the end"},
            ResultInfo{"selectivity_least", "of all neurons"},
            ResultInfo{"selectivity_start", "mean over neurons before learning"},
            ResultInfo{"selectivity_most", "of a neuron that answers one pattern alone"},
            ResultInfo{"responses_start[neurons][patterns]", "rates before learning, Hz"},
            ResultInfo{"responses[neurons][patterns]", "rates after learning, Hz"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
