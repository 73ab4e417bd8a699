// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Digits learned without labels: neurons that inhibit each other become prototypes of the images.
//
// Every pixel is a Poisson train, shown for `presentation` ms. Excitatory neurons see all of them
// through synapses that grow at postsynaptic spikes (rule diehl_cook), are kept to the same sum for each
// neuron after every image, raise their threshold with every spike and inhibit each other. Labels come
// in only afterwards, from training images that are shown again with weights and thresholds at rest.
// Against the paper: conductances are instantaneous, inhibition comes from the excitatory neurons
// themselves one step later, and there is neither a second presentation of images that fail to excite
// nor depression at presynaptic spikes.

#include <array>

#include "protocols/studies/digit_learner.hpp"

namespace protocols {

struct DiehlCook {
    static constexpr std::string_view name = "diehl_cook";
    static constexpr std::string_view summary =
        "digits learned without labels by STDP, competition and homeostasis";
    static constexpr std::string_view source =
        "Diehl & Cook 2015, Front Comput Neurosci 9:99; Querlioz et al. 2013, IEEE Trans "
        "Nanotechnol 12:288 (potentiation at postsynaptic spikes alone)";

    struct Params : DigitFiles {
        double neurons = 100, train = 2000, passes = 5, label = 2000, test = 1000, side = 8;
        double rate = 63.75, presentation = 350, resolution = 0.5;
        double drive = 0.05, total = 6.4, eta_first = 0.03, eta_last = 0.003, tau_pre = 20;
        double theta_jump = 0.025, tau_theta = 7e6, inhibition = 0.7, test_inhibition = 0.4;
        double learn = 1, batch = 250;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e7, false, false, true};
        return std::array{
            sim::Param<P>{"neurons", &P::neurons, none, sim::Range{1, 1e5, false, false, true},
                          "excitatory neurons"},
            sim::Param<P>{"train", &P::train, none, some, "images to learn; of files at most these"},
            sim::Param<P>{"passes", &P::passes, none, some, "presentations of each of them"},
            sim::Param<P>{"label", &P::label, none, some,
                          "of these images, shown again to assign classes to neurons"},
            sim::Param<P>{"test", &P::test, none, some,
                          "images to be asked; of files at most these"},
            sim::Param<P>{"side", &P::side, none, sim::Range{5, 256, false, false, true},
                          "pixels of a generated image, both ways"},
            sim::Param<P>{"rate", &P::rate, hz, r::positive, "of a white pixel"},
            sim::Param<P>{"presentation", &P::presentation, ms, r::positive, "of an image"},
            sim::Param<P>{"resolution", &P::resolution, ms, r::positive,
                          "of the grid, and delay of all synapses"},
            sim::Param<P>{"drive", &P::drive, none, r::positive,
                          "integral of the conductance that a spike opens at the largest weight, over "
                          "the capacitance"},
            sim::Param<P>{"total", &P::total, none, r::positive,
                          "sum of a neuron's weights, in parts of the largest"},
            sim::Param<P>{"eta_first", &P::eta_first, none, r::positive,
                          "learning rate at the first image"},
            sim::Param<P>{"eta_last", &P::eta_last, none, r::positive,
                          "and at the last one; geometric between them"},
            sim::Param<P>{"tau_pre", &P::tau_pre, ms, r::positive, "of the presynaptic trace"},
            sim::Param<P>{"theta_jump", &P::theta_jump, mV, r::positive,
                          "rise of the threshold at a spike, in training"},
            sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "decay of that rise"},
            sim::Param<P>{"inhibition", &P::inhibition, none, r::non_negative,
                          "integral of the inhibitory conductance that a spike opens in all other "
                          "neurons, over the capacitance, in training"},
            sim::Param<P>{"test_inhibition", &P::test_inhibition, none, r::non_negative,
                          "the same afterwards"},
            sim::Param<P>{"learn", &P::learn, none, r::flag,
                          "0: a control whose weights stay random; thresholds adapt as ever"},
            sim::Param<P>{"batch", &P::batch, none, some,
                          "images with one learning rate, simulated in one run"},
        };
    }
    static std::array<TextParam<Params>, 5> texts() { return digit_file_rows<Params>(); }

    static constexpr auto results() { return digit_results(); }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
