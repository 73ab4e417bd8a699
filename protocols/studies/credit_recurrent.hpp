// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The credit rule at the fixed points of recurrent networks, against the slope of the loss itself.

#include <array>

#include "protocols/studies/credit_spiking.hpp"

namespace protocols {

struct CreditRecurrent {
    static constexpr std::string_view name = "credit_recurrent";
    static constexpr std::string_view summary =
        "excitatory-inhibitory credit in recurrent networks against finite differences";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139; Almeida 1987, IEEE ICNN 2:609; Pineda 1987, Phys Rev "
        "Lett 59:2229 (recurrent backpropagation)";

    struct Params : SpikingParams {
        Params() {
            settle = 100;
            taught = 1000;
            tail = 40;
            drive = 0.1;
        }
        std::string activation = "tanh";
        double networks = 10, inputs = 10, hidden = 26, outputs = 4, gain = 0.7, density = 1;
        double weights = 60, step = 1e-5;
        double spiking_networks = 5, spiking_inputs = 40, spiking_hidden = 60, spiking_gain = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 10000, false, false, true};
        return joined(
            std::array{
                sim::Param<P>{"networks", &P::networks, none, some, "random networks"},
                sim::Param<P>{"inputs", &P::inputs, none, some, "clamped neurons"},
                sim::Param<P>{"hidden", &P::hidden, none, some, "neurons without a teacher"},
                sim::Param<P>{"outputs", &P::outputs, none, some,
                              "neurons with a teacher, which project back"},
                sim::Param<P>{"gain", &P::gain, none, r::positive,
                              "weights have standard deviation gain / sqrt(neurons); 1 and above: "
                              "unstable, sooner or later"},
                sim::Param<P>{"density", &P::density, none, sim::Range{0, 1, true},
                              "probability of a connection"},
                sim::Param<P>{"weights", &P::weights, none, some,
                              "whose slope is measured, in each network"},
                sim::Param<P>{"step", &P::step, none, sim::Range{1e-9, 1e-2},
                              "of the central differences"},
                sim::Param<P>{"spiking_networks", &P::spiking_networks, none,
                              sim::Range{0, 10000, false, false, true},
                              "random networks in spikes, whose outputs do not project back"},
                sim::Param<P>{"spiking_inputs", &P::spiking_inputs, none, some, "their inputs"},
                sim::Param<P>{"spiking_hidden", &P::spiking_hidden, none, some,
                              "their hidden neurons, all to all"},
                sim::Param<P>{"spiking_gain", &P::spiking_gain, none, r::positive,
                              "gain of their weights"},
            },
            spiking_rows<P>());
    }
    static auto texts() {
        const std::array<TextParam<Params>, 1> own{
            {{"activation", &Params::activation, activations, "of all that is no input"}}};
        return joined(own, spiking_text_rows<Params>());
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"feedback_error",
                       "[network] largest error of the change with error plus feedback at the "
                       "outputs, relative to the largest slope measured"},
            ResultInfo{"clamp_error",
                       "[network] the same with clamped credit, which is wrong here: outputs "
                       "project back"},
            ResultInfo{"growth_rate",
                       "[network] largest real part of the eigenvalues of firing, 1 / tau_f; null: "
                       "no equilibrium"},
            ResultInfo{"spectrum_difference",
                       "[network] largest between eigenvalues of firing and of credit"},
            ResultInfo{"unstable", "networks without a stable equilibrium; their errors are null"},
            ResultInfo{"max_feedback_error", "largest of the stable networks"},
            ResultInfo{"min_clamp_error", "smallest of the stable networks"},
            ResultInfo{"spiking_cosine",
                       "[inputs to hidden, inputs to outputs, hidden to hidden, hidden to outputs] "
                       "of what is gathered in spikes with recurrent backpropagation, mean of the "
                       "stable networks"},
            ResultInfo{"spiking_norm", "[the same] its length, relative"},
            ResultInfo{"spiking_events", "retrograde events per spike"},
            ResultInfo{"spiking_stable", "networks in spikes whose rates have an equilibrium"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
