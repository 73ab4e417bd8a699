// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Competition between the inputs of a neuron by additive pair STDP: weights end near 0 or near the
// largest one, and the output rate is where the neuron fires irregularly.

#include "protocols/studies/study.hpp"

namespace protocols {

struct SongAbbott {
    static constexpr std::string_view name = "song_abbott";
    static constexpr std::string_view summary =
        "competition of Poisson inputs by additive STDP, to a bimodal distribution of weights";
    static constexpr std::string_view source =
        "Song, Miller & Abbott 2000, Nat Neurosci 3:919, fig. 2, without inhibition; values as in the "
        "example STDP of Brian 2 (Stimberg et al. 2019, eLife 8:e47314)";

    struct Params {
        double inputs = 1000, rate = 15, neurons = 10, duration = 200'000, measure = 50'000;
        double lambda = 0.01, alpha = 1.05, tau = 20, w_max = 0.1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e6, false, false, true};
        constexpr sim::Range time{1, 1e9};
        return std::array{
            sim::Param<P>{"inputs", &P::inputs, none, some,
                          "Poisson trains, the same for all neurons"},
            sim::Param<P>{"rate", &P::rate, hz, r::positive, "of every input"},
            sim::Param<P>{"neurons", &P::neurons, none, some,
                          "that learn, each for itself from weights of its own"},
            sim::Param<P>{"duration", &P::duration, ms, time, "of learning"},
            sim::Param<P>{"measure", &P::measure, ms, time,
                          "stretch at the end in which output is measured"},
            sim::Param<P>{"lambda", &P::lambda, none, r::non_negative,
                          "potentiation by a pair, in parts of w_max"},
            sim::Param<P>{"alpha", &P::alpha, none, r::non_negative,
                          "depression in parts of potentiation"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of both traces"},
            sim::Param<P>{"w_max", &P::w_max, nS, r::positive, "largest weight; leak is 10 nS"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"low", "part of the weights below 0.2 w_max"},
            ResultInfo{"high", "part of the weights above 0.8 w_max"},
            ResultInfo{"rate_hz", "of a neuron in the last `measure` ms, mean over neurons"},
            ResultInfo{"cv_isi",
                       "of its intervals in that time, mean over neurons; null if silent"},
            ResultInfo{"weight_mean", "in parts of w_max"},
            ResultInfo{"histogram[20]", "parts of the weights in bins of w_max / 20"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
