// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How well firing, credit and plasticity must be apart in time: all three run at once, as one
// system of differential equations, and what the synapses gather is held against backpropagation.

#include <array>

#include "protocols/studies/credit_common.hpp"

namespace protocols {

struct CreditTimescales {
    static constexpr std::string_view name = "credit_timescales";
    static constexpr std::string_view summary =
        "error of excitatory-inhibitory credit against the separation of its three time scales";
    static constexpr std::string_view source = "Fan & Mysore 2024, arXiv:2405.14139";

    struct Params {
        std::string activation = "tanh";
        double layers = 4, width = 20, networks = 5, gain = 1.2, tau_f = 10, tau_c = 100;
        double presentation = 20, plasticity = 1e4, tolerance = 1e-8;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1000, false, false, true};
        return std::array{
            sim::Param<P>{"layers", &P::layers, none, some, "weight layers"},
            sim::Param<P>{"width", &P::width, none, some, "neurons in a layer"},
            sim::Param<P>{"networks", &P::networks, none, some, "random networks, averaged"},
            sim::Param<P>{"gain", &P::gain, none, r::positive,
                          "weights have standard deviation gain / sqrt(inputs of a neuron)"},
            sim::Param<P>{"tau_f", &P::tau_f, ms, r::positive, "time constant of firing"},
            sim::Param<P>{"tau_c", &P::tau_c, ms, r::positive,
                          "time constant of credit where it is not varied"},
            sim::Param<P>{"presentation", &P::presentation, none, r::positive,
                          "of a pattern where it is not varied, in tau_c"},
            sim::Param<P>{"plasticity", &P::plasticity, none, r::positive,
                          "tau_w where it is not varied, in presentations"},
            sim::Param<P>{"tolerance", &P::tolerance, none, sim::Range{1e-13, 1e-3},
                          "error of a step of the differential equations"},
        };
    }
    static std::array<TextParam<Params>, 1> texts() {
        return {{{"activation", &Params::activation, activations, "of hidden neurons"}}};
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"presentation", "[case] duration of a pattern with its teacher, in tau_c"},
            ResultInfo{"cosine", "[case] of what is gathered in it with backpropagation"},
            ResultInfo{"norm", "[case] its length per time, relative to backpropagation"},
            ResultInfo{"error", "[case] length of the difference, relative"},
            ResultInfo{"credit_over_firing", "[ratio] tau_c / tau_f"},
            ResultInfo{"credit_over_firing_cosine",
                       "[ratio] of what is gathered, with as many tau_c as ever"},
            ResultInfo{"teacher_delay", "[delay] of the teacher after the stimulus, in tau_f"},
            ResultInfo{"settling_cosine",
                       "[delay] in the first 5 tau_f of a teacher, with tau_c = tau_f: firing "
                       "settles first, or credit learns from its transient"},
            ResultInfo{"plasticity_over_presentation", "[ratio] tau_w / presentation"},
            ResultInfo{"plasticity_cosine", "[ratio] weights that move change what is gathered"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
