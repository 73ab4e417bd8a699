// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What experiments on credit in spikes should find: five curves, each measured in simulated neurons
// and held against its theory.

#include <array>

#include "protocols/studies/credit_spiking.hpp"

namespace protocols {

struct CreditPredictions {
    static constexpr std::string_view name = "credit_predictions";
    static constexpr std::string_view summary =
        "predictions of credit in spikes: blocked layer, shifted inhibition, decay, settling, "
        "silence";
    static constexpr std::string_view source = "Fan & Mysore 2024, arXiv:2405.14139";

    struct Params : SpikingParams {
        Params() {
            taught = 300;
            tail = 10;
        }
        double networks = 8, width = 100, layers = 5, gain = 1.4, decay_tau_c = 100;
        double decay_taught = 2000, decay_rate_hz = 200, decay_width = 200;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 10000, false, false, true};
        return joined(
            std::array{
                sim::Param<P>{"networks", &P::networks, none, some, "random networks, averaged"},
                sim::Param<P>{"width", &P::width, none, some, "neurons in a hidden layer"},
                sim::Param<P>{"layers", &P::layers, none, sim::Range{3, 20, false, false, true},
                              "weight layers"},
                sim::Param<P>{"gain", &P::gain, none, r::positive,
                              "weights have standard deviation gain / sqrt(inputs of a neuron)"},
                sim::Param<P>{"decay_tau_c", &P::decay_tau_c, ms, r::positive,
                              "filter of credit whose decay is measured"},
                sim::Param<P>{"decay_taught", &P::decay_taught, ms, r::positive,
                              "time of the teacher before it stops"},
                sim::Param<P>{"decay_rate_hz", &P::decay_rate_hz, hz, r::positive,
                              "firing of a rate of 1 where decay is measured"},
                sim::Param<P>{"decay_width", &P::decay_width, none, some,
                              "neurons in a hidden layer there"},
            },
            spiking_rows<P>());
    }
    static auto texts() { return spiking_text_rows<Params>(); }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"blocked_change",
                       "[blocked layer, lowest hidden first, outputs last][weight layer, inputs "
                       "first] |dW| relative to the unblocked network with the same spikes"},
            ResultInfo{"blocked_theory", "[blocked layer][weight layer] 0 below, 1 from there on"},
            ResultInfo{"shift", "[shift] of the inhibition of output 0, in units of rates"},
            ResultInfo{"shift_slope",
                       "[shift] of the change of credit of active partners against their weight, "
                       "with the same spikes; theory: the shift"},
            ResultInfo{"shift_correlation", "[shift] of the same; theory: 1"},
            ResultInfo{"shift_silent", "largest change of what a silent partner sends; theory: 0"},
            ResultInfo{"shift_upstream_correlation",
                       "[shift] of the change two layers below, with that of the rate network"},
            ResultInfo{"shift_upstream_slope", "[shift] of the same; theory: 1"},
            ResultInfo{"shift_trial_slope", "[shift] as shift_slope, from two separate trials"},
            ResultInfo{"shift_trial_correlation", "[shift] the same"},
            ResultInfo{"shift_trial_sign", "[shift] part of the partners with the right sign"},
            ResultInfo{"decay_time", "[time] after the teacher stops, in decay_tau_c"},
            ResultInfo{"decay_theory",
                       "[depth below the outputs][time] exp(-t) sum t^m / m!, m < depth"},
            ResultInfo{"decay_spike",
                       "[depth][time] credit along that of the rate network, relative to time 0; "
                       "released at spikes"},
            ResultInfo{"decay_offset",
                       "[depth][time] the same, released when the teacher stops, too"},
            ResultInfo{"decay_error", "[depth] largest difference of both to theory"},
            ResultInfo{"decay_half_life", "[depth] of decay_spike, in decay_tau_c"},
            ResultInfo{"decay_half_life_theory", "[depth]"},
            ResultInfo{"settle_time", "[time] of the stimulus before the teacher, ms"},
            ResultInfo{"settle_cosine",
                       "[time][weight layer] of the weight change with backpropagation: credit "
                       "that comes too early learns from the onset"},
            ResultInfo{"silent_neurons",
                       "hidden neurons without a spike while the teacher is there"},
            ResultInfo{"silent_credit", "largest credit that one of them holds, in units of rates"},
            ResultInfo{"silent_sent", "largest amount that one of them sends; theory: 0"},
            ResultInfo{"silent_change",
                       "largest change of one of their incoming weights; theory: 0"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
