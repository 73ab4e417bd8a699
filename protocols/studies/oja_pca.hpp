// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Oja's rule finds the first principal component of its inputs. Inputs fire equally often, but copy a
// common train with probabilities that grow from input to input; the component of their traces is
// what the weights have to become.
//
// A neuron is a rate unit with the time constant of the rule's traces, so that its rate is the sum of
// weights times traces, in spikes per time constant. The rule's mean change is then
// eta (w_0 C w - c w) per time constant, where C holds the second moments of the traces and c is the
// same for all inputs: its stable states lie along the first eigenvector of C. All elements of C are
// positive, and so are those of the eigenvector (Perron), as weights have to be. With Poisson spikes
// c would be w C w, and the sum of squares w_0; a rate unit spaces its spikes evenly, which lowers the
// trace right before a spike, and weights grow somewhat longer.

#include "protocols/studies/study.hpp"

namespace protocols {

struct OjaPca {
    static constexpr std::string_view name = "oja_pca";
    static constexpr std::string_view summary =
        "Oja's rule finds the first principal component of correlated inputs";
    static constexpr std::string_view source =
        "Oja 1982, J Math Biol 15:267, sec. 3; inputs with a common source as in Kuhn, Aertsen & Rotter "
        "2003, Neural Comput 15:67, sec. 2";

    struct Params {
        double inputs = 16, rate = 10, least = 0.1, most = 1, neurons = 4;
        double duration = 600'000, tau = 10, eta = 5e-4;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"inputs", &P::inputs, none, sim::Range{2, 1000, false, false, true},
                          "Poisson trains"},
            sim::Param<P>{"rate", &P::rate, hz, r::positive,
                          "of each input, and of the common train"},
            sim::Param<P>{"least", &P::least, none, r::unit_interval,
                          "probability that the first input copies a common spike"},
            sim::Param<P>{"most", &P::most, none, r::unit_interval, "the same of the last input"},
            sim::Param<P>{"neurons", &P::neurons, none, sim::Range{1, 1000, false, false, true},
                          "that learn, each for itself from weights of its own"},
            sim::Param<P>{"duration", &P::duration, ms, sim::Range{1, 1e9}, "of learning"},
            sim::Param<P>{"tau", &P::tau, ms, sim::Range{1, 1e6},
                          "of all traces and of the neurons"},
            sim::Param<P>{"eta", &P::eta, none, r::positive, "learning rate for one spike"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"cosine", "between weights and component, the least of all neurons"},
            ResultInfo{"cosine_start", "the same before learning"},
            ResultInfo{"cosine_mean",
                       "between the component and the mean input: what counting alone "
                       "would find"},
            ResultInfo{"squares",
                       "sum of the squares of the weights, mean over neurons: about 2"},
            ResultInfo{"component[inputs]", "first eigenvector of the second moments, of length 1"},
            ResultInfo{"weights[neurons][inputs]", "at the end"},
            ResultInfo{
                "moments[inputs][inputs]",
                "time averages of the products of two traces, of the trains that were played"},
            ResultInfo{"gap", "second eigenvalue over the first"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
