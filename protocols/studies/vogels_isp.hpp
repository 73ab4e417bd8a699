// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Inhibition finds its own strength: a driven network settles, by the plasticity of inhibitory
// synapses, in a state in which its excitatory neurons fire irregularly near the rate of the rule.
//
// The rule rests where inhibitory neurons and their targets spike together as often as they would by
// chance at the target rate. But an inhibitory spike keeps its targets from spiking: with a part C
// (`coincidence`, negative) more than by chance they rest at the rate target / (1 + C). At full size
// these are 3.8 Hz for 3 and 6.0 Hz for 5, with C = -0.20 and -0.17. Small networks (`scale`) share more
// of their inputs, which lets neurons spike together and makes up for it: 5.1 Hz for 5 at 0.05.

#include "protocols/studies/study.hpp"

namespace protocols {

struct VogelsIsp {
    static constexpr std::string_view name = "vogels_isp";
    static constexpr std::string_view summary =
        "self-organised balance: inhibitory plasticity brings a network to a target rate";
    static constexpr std::string_view source =
        "Vogels et al. 2011, Science 334:1569, fig. 4, with the numbers of its authors' programs; Vogels "
        "& Abbott 2005, J Neurosci 25:10786 (neurons)";

    struct Params {
        double scale = 1, target_rate = 3, duration = 60'000, measure = 10'000;
        double eta = 0.1, tau = 20, w_exc = 0.3, w_inh = 3, w_start = 0.001, w_max = 100,
               drive = 200;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range time{1, 1e9};
        return std::array{
            sim::Param<P>{"scale", &P::scale, none, sim::Range{0.05, 100},
                          "factor of the numbers of neurons, 8000 and 2000; mean in-degrees stay"},
            sim::Param<P>{"target_rate", &P::target_rate, hz, r::positive,
                          "postsynaptic rate at which changes of the rule cancel"},
            sim::Param<P>{"duration", &P::duration, ms, time, "of learning"},
            sim::Param<P>{"measure", &P::measure, ms, time,
                          "stretch at the end in which output is measured"},
            sim::Param<P>{"eta", &P::eta, nS, r::non_negative,
                          "change of a weight by a pair; published: 0.001 to 0.01, for long runs"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of both traces"},
            sim::Param<P>{"w_exc", &P::w_exc, nS, r::non_negative, "excitatory weight"},
            sim::Param<P>{"w_inh", &P::w_inh, nS, r::non_negative,
                          "weight from inhibitory to inhibitory neurons, which stays"},
            sim::Param<P>{"w_start", &P::w_start, nS, r::positive,
                          "inhibitory weight on excitatory neurons at the begin"},
            sim::Param<P>{"w_max", &P::w_max, nS, r::positive, "the largest of them"},
            sim::Param<P>{
                "drive", &P::drive, pA, r::finite,
                "constant current into all neurons, of 10 nS leak and 10 mV to threshold"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"rate_hz", "of excitatory neurons in the last `measure` ms"},
            ResultInfo{"rate_start_hz", "the same in the first 100 ms"},
            ResultInfo{"rate_inh_hz", "of inhibitory neurons in the last `measure` ms"},
            ResultInfo{"deviation", "of rate_hz from the target, in parts of it"},
            ResultInfo{
                "expected_deviation",
                "that at which the rule rests with this coincidence: 1 / (1 + coincidence) - 1"},
            ResultInfo{
                "coincidence",
                "spikes of inhibitory neurons and of their targets within tau of each other, "
                "over those of independent trains of the same rates, less 1"},
            ResultInfo{"drift", "growth of weights over their decay, less 1; 0 once they rest"},
            ResultInfo{"cv_isi", "of the intervals of excitatory neurons, mean over neurons"},
            ResultInfo{"weight_mean", "of the plastic weights at the end, nS"},
            ResultInfo{"weight_cv", "their standard deviation over their mean"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
