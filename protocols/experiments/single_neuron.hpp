// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// f-I curve and step response of a model: unconnected neurons, each with its own step of current.
//
// Models that take no current are driven by a regular train of spikes each instead.

#include <array>

#include "protocols/experiments/experiment.hpp"

namespace protocols {

struct SingleNeuron {
    static constexpr std::string_view name = "single_neuron";
    static constexpr std::string_view summary =
        "f-I curve and step responses: unconnected neurons, each with its own step of current";
    static constexpr std::string_view source =
        "Koch 1999, Biophysics of Computation, ch. 14: discharge against sustained current";

    struct Params {
        std::string model = "lif_exp";
        double neurons = 21, i_min = 0, i_max = 0, rate_max = 100, onset = 50;
        double traces = 3, interval = 0.1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e6, false, false, true};
        return std::array{
            sim::Param<P>{"neurons", &P::neurons, none, some, "points of the curve"},
            sim::Param<P>{"i_min", &P::i_min, pA, r::finite, "current into the first neuron"},
            sim::Param<P>{"i_max", &P::i_max, pA, r::finite,
                          "current into the last neuron; 0: three times what holds the leak at the "
                          "threshold (15 mV up if it has none), 20 pA for models without a leak"},
            sim::Param<P>{"rate_max", &P::rate_max, hz, sim::Range{0, 1e6},
                          "spikes into the last neuron of a model that takes no current"},
            sim::Param<P>{"onset", &P::onset, ms, r::non_negative, "when the steps begin"},
            sim::Param<P>{"traces", &P::traces, none, r::count,
                          "neurons whose first state variable is recorded, evenly spread"},
            sim::Param<P>{"interval", &P::interval, ms, r::positive, "between rows of a trace"},
        };
    }
    static std::array<TextParam<Params>, 1> texts() {
        return {{{"model", &Params::model,
                  [](const sim::Catalogue& c) { return c.names(sim::PartKind::neuron); },
                  "neuron model"}}};
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"current_pa", "step of each neuron (input_hz: its input spikes)"},
            ResultInfo{"spikes", "number of spikes"},
            ResultInfo{"first_spike_ms", "from the onset to the first spike; null without one"},
            ResultInfo{"rate_hz", "inverse of the mean interval; 0 below two spikes"},
            ResultInfo{"onset_rate_hz", "inverse of the first interval"},
            ResultInfo{"steady_rate_hz", "inverse of the last interval"},
        };
    }

    static sim::Description build(const Params& params, const sim::Catalogue& catalogue);
    static Json evaluate(const sim::Description& description, const sim::MemorySink& recorded);
};

}  // namespace protocols
