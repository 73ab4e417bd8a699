// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sanger's rule finds the principal components of its inputs, one neuron each. Inputs fire equally
// often but copy common trains, mostly one of a few each: the components of the
// deviations of their traces are what the weights have to become.
//
// A neuron is a rate unit with the time constant of the rule's fast traces, on a rate of its own, so
// that it can follow sums of either sign: rate = bias + sum of weights times traces. Spikes that are
// evenly spaced round its output to whole ones; with long weights that matters little.

#include "protocols/studies/study.hpp"

namespace protocols {

struct SangerPca {
    static constexpr std::string_view name = "sanger_pca";
    static constexpr std::string_view summary =
        "Sanger's rule finds the principal components of correlated inputs, in their order";
    static constexpr std::string_view source =
        "Sanger 1989, Neural Networks 2:459; inputs with common sources as in Kuhn, Aertsen & Rotter "
        "2003, Neural Comput 15:67, sec. 2";

    struct Params {
        double inputs = 16, rate = 10, sources = 3, copied = 0.9, neurons = 3;
        double duration = 1'000'000, tau = 10, tau_mean = 1000, eta = 2e-4, w_0 = 16, every = 5,
               bias = 600;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"inputs", &P::inputs, none, sim::Range{2, 1000, false, false, true},
                          "Poisson trains"},
            sim::Param<P>{"rate", &P::rate, hz, r::positive,
                          "of each input, and of the common trains"},
            sim::Param<P>{"sources", &P::sources, none, sim::Range{1, 100, false, false, true},
                          "common trains, each copied by fewer inputs than the one before"},
            sim::Param<P>{"copied", &P::copied, none, r::unit_interval,
                          "largest part of the spikes of an input that it copies"},
            sim::Param<P>{"neurons", &P::neurons, none, sim::Range{1, 100, false, false, true},
                          "that learn, a component each"},
            sim::Param<P>{"duration", &P::duration, ms, sim::Range{1, 1e9}, "of learning"},
            sim::Param<P>{"tau", &P::tau, ms, sim::Range{1, 1e6},
                          "of the fast traces and of the neurons"},
            sim::Param<P>{"tau_mean", &P::tau_mean, ms, sim::Range{1, 1e7},
                          "over which the means of both sides are taken"},
            sim::Param<P>{"eta", &P::eta, none, r::positive, "learning rate for one tick"},
            sim::Param<P>{"w_0", &P::w_0, none, r::positive,
                          "of the rule: squares of the weights of a neuron come to that sum"},
            sim::Param<P>{"every", &P::every, ms, sim::Range{0.1, 1e6}, "time between ticks"},
            sim::Param<P>{"bias", &P::bias, hz, r::non_negative, "rate of a neuron without input"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{
                "cosine[neurons]",
                "between the weights of a neuron and the component of its rank, without sign"},
            ResultInfo{"cosine_start[neurons]", "the same before learning"},
            ResultInfo{"overlap",
                       "largest cosine between the weights of two neurons, without sign"},
            ResultInfo{"eigenvalues[inputs]",
                       "of the covariance of the traces that were played, descending"},
            ResultInfo{"covariance[inputs][inputs]", "of them"},
            ResultInfo{"components[neurons][inputs]", "its first eigenvectors, of length 1"},
            ResultInfo{"weights[neurons][inputs]", "at the end"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
