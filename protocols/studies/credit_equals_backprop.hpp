// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the credit rule changes in layered networks, against backpropagation, layer by layer.

#include <array>

#include "protocols/studies/credit_spiking.hpp"

namespace protocols {

struct CreditEqualsBackprop {
    static constexpr std::string_view name = "credit_equals_backprop";
    static constexpr std::string_view summary =
        "weight changes by excitatory-inhibitory credit against backpropagation, layered networks";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139; Rumelhart, Hinton & Williams 1986, Nature 323:533";

    struct Params : SpikingParams {
        Params() {
            taught = 1000;
            tail = 10;
        }
        std::string activation = "tanh", loss = "squared";
        double spiking_networks = 5, spiking_layers = 3, spiking_inputs = 160, spiking_width = 320;
        double spiking_outputs = 10, spiking_gain = 1.1;
        double escape_networks = 3, escape_taught = 10000, escape_gain = 2, tau_syn = 20;
        double least_layers = 2, most_layers = 13, ode_layers = 7, width = 16, patterns = 3;
        double networks = 20, gain = 1.4, ode_duration = 40, tau_f = 10, tau_ode = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range layers{1, 100, false, false, true};
        constexpr sim::Range some{1, 10000, false, false, true};
        return joined(
            std::array{
                sim::Param<P>{"least_layers", &P::least_layers, none, layers,
                              "weight layers of the shallowest networks"},
                sim::Param<P>{"most_layers", &P::most_layers, none, layers, "and of the deepest"},
                sim::Param<P>{
                    "ode_layers", &P::ode_layers, none, layers,
                    "the deepest that are solved as differential equations, too; what is left "
                    "of their transient after t tau_ode is exp(-t) sum t^m / m!, m < layers - 1"},
                sim::Param<P>{"width", &P::width, none, some, "neurons in a hidden layer"},
                sim::Param<P>{"patterns", &P::patterns, none, some, "presented at the same time"},
                sim::Param<P>{"networks", &P::networks, none, some,
                              "random networks of each depth"},
                sim::Param<P>{"gain", &P::gain, none, r::positive,
                              "weights have standard deviation gain / sqrt(inputs of a neuron)"},
                sim::Param<P>{"ode_duration", &P::ode_duration, none, r::positive,
                              "of a presentation, in tau_ode"},
                sim::Param<P>{"tau_f", &P::tau_f, ms, r::positive, "time constant of firing"},
                sim::Param<P>{"tau_ode", &P::tau_ode, ms, r::positive, "time constant of credit"},
                sim::Param<P>{"spiking_networks", &P::spiking_networks, none,
                              sim::Range{0, 10000, false, false, true},
                              "random networks in spikes, of one pattern each"},
                sim::Param<P>{"spiking_layers", &P::spiking_layers, none, layers,
                              "their weight layers"},
                sim::Param<P>{"spiking_inputs", &P::spiking_inputs, none, some, "their inputs"},
                sim::Param<P>{"spiking_width", &P::spiking_width, none, some,
                              "neurons in their hidden layers"},
                sim::Param<P>{"spiking_outputs", &P::spiking_outputs, none, some, "their outputs"},
                sim::Param<P>{"spiking_gain", &P::spiking_gain, none, r::positive,
                              "gain of their weights"},
                sim::Param<P>{"escape_networks", &P::escape_networks, none,
                              sim::Range{0, 10000, false, false, true},
                              "networks 20-40-40-10 of sigmoid neurons with escape noise"},
                sim::Param<P>{"escape_taught", &P::escape_taught, ms, r::positive,
                              "time of their teacher"},
                sim::Param<P>{"escape_gain", &P::escape_gain, none, r::positive,
                              "gain of their weights"},
                sim::Param<P>{"tau_syn", &P::tau_syn, ms, r::positive,
                              "time constant of their synapses"},
            },
            spiking_rows<P>());
    }
    static auto texts() {
        const std::array<TextParam<Params>, 2> own{
            {{"activation", &Params::activation, activations, "of hidden neurons"},
             {"loss", &Params::loss, [](const sim::Catalogue&) { return models::loss_names(); },
              "whose slope outputs get as credit"}}};
        return joined(own, spiking_text_rows<Params>());
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{
                "max_relative_error",
                "largest |dW_credit - dW_backprop| / largest |dW_backprop|, of all networks"},
            ResultInfo{"ode_relative_error",
                       "the same by differential equations, of networks of up to ode_layers"},
            ResultInfo{"layers", "[depth] weight layers"},
            ResultInfo{"relative_error", "[depth] largest of the networks of this depth"},
            ResultInfo{"ode_error",
                       "[depth] the same by differential equations; null if not solved"},
            ResultInfo{"ode_left",
                       "[depth] what theory leaves of the transient in the first layer"},
            ResultInfo{"cosine", "[depth] smallest between dW_credit and dW_backprop of a layer"},
            ResultInfo{"layer_error",
                       "[weight layer of the deepest networks, inputs first] relative to its own "
                       "largest |dW_backprop|"},
            ResultInfo{"spiking_cosine",
                       "[weight layer, inputs first] between what is gathered in spikes and "
                       "dW_backprop of the rectifying network, mean of the networks"},
            ResultInfo{"spiking_norm", "[weight layer] its length, relative to dW_backprop"},
            ResultInfo{"spiking_time", "[time] of the teacher, ms"},
            ResultInfo{"spiking_time_cosine", "[time][weight layer] the same after that time"},
            ResultInfo{"spiking_time_norm", "[time][weight layer]"},
            ResultInfo{"spiking_events", "retrograde events per spike"},
            ResultInfo{"spiking_visits",
                       "synapses visited by retrograde events, as part of those by spikes"},
            ResultInfo{
                "escape_forms",
                "[form] what stands for 1 - f at a spike of a neuron with escape noise: its "
                "trace with or without the spike, its membrane, or no spike but an integral"},
            ResultInfo{"escape_cosine",
                       "[form][weight layer] with the gradient of the noise-averaged rates"},
            ResultInfo{"escape_norm", "[form][weight layer] relative to it"},
            ResultInfo{"escape_plain_norm",
                       "[form][weight layer] relative to dW_backprop without noise"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
