// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Inhibition finds its own strength: a driven network settles, by the plasticity of inhibitory
// synapses, in a state in which its excitatory neurons fire irregularly at the rate of the rule. At
// full size it stays somewhat above: 5.7 Hz for 5 after 200 s, 5.6 Hz after 60 s.

#include "protocols/studies/study.hpp"

namespace protocols {

struct VogelsIsp {
    static constexpr std::string_view name = "vogels_isp";
    static constexpr std::string_view summary =
        "self-organised balance: inhibitory plasticity brings a network to a target rate";
    static constexpr std::string_view source =
        "Vogels et al. 2011, Science 334:1569, fig. 4 (network, rule); Vogels & Abbott 2005, J Neurosci "
        "25:10786 (neurons)";

    struct Params {
        double scale = 1, target_rate = 5, duration = 60'000, measure = 10'000;
        double eta = 0.5, tau = 20, w_exc = 3, w_inh = 30, w_start = 10, w_max = 300, drive = 200;
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
            sim::Param<P>{"eta", &P::eta, nS, r::non_negative, "change of a weight by a pair"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of both traces"},
            sim::Param<P>{"w_exc", &P::w_exc, nS, r::non_negative, "excitatory weight"},
            sim::Param<P>{"w_inh", &P::w_inh, nS, r::non_negative,
                          "weight from inhibitory to inhibitory neurons, which stays"},
            sim::Param<P>{"w_start", &P::w_start, nS, r::non_negative,
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
            ResultInfo{"cv_isi", "of the intervals of excitatory neurons, mean over neurons"},
            ResultInfo{"weight_mean", "of the plastic weights at the end, nS"},
            ResultInfo{"weight_cv", "their standard deviation over their mean"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
