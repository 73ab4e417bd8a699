// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// XOR, the smallest problem that needs credit for hidden neurons.

#include <array>

#include "protocols/studies/credit_spiking.hpp"

namespace protocols {

struct CreditXor {
    static constexpr std::string_view name = "credit_xor";
    static constexpr std::string_view summary =
        "XOR learnt by excitatory-inhibitory credit, one weight commit per pattern";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139; Rumelhart, Hinton & Williams 1986, Nature 323:533";

    struct Params : SpikingParams {
        std::string form = "rate", activation = "tanh";
        double seeds = 5, hidden = 8, hidden_layers = 1, eta = 0.1, gain = 1, epochs = 1000;
        double goal = 0.02;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e6, false, false, true};
        return joined(
            std::array{
                sim::Param<P>{"seeds", &P::seeds, none, some, "networks, from the seed on"},
                sim::Param<P>{"hidden", &P::hidden, none, some, "neurons in a hidden layer"},
                sim::Param<P>{"hidden_layers", &P::hidden_layers, none,
                              sim::Range{1, 20, false, false, true}, "of that size"},
                sim::Param<P>{"eta", &P::eta, none, r::positive, "learning rate"},
                sim::Param<P>{"gain", &P::gain, none, r::positive,
                              "weights have standard deviation gain / sqrt(inputs of a neuron)"},
                sim::Param<P>{"epochs", &P::epochs, none, some,
                              "most presentations of the four patterns"},
                sim::Param<P>{"goal", &P::goal, none, r::positive,
                              "learnt once all answers are right and the mean loss is below this"},
            },
            spiking_rows<P>());
    }
    static auto texts() {
        const std::array<TextParam<Params>, 2> own{
            {{"form", &Params::form, learning_forms,
              "of the rule; in spikes inputs are 0 or 1, a third one always is 1"},
             {"activation", &Params::activation, activations, "of hidden neurons in rates"}}};
        return joined(own, spiking_text_rows<Params>());
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"solved", "networks that learnt it"},
            ResultInfo{"epochs", "[network] until it was learnt; null: never"},
            ResultInfo{"loss", "[network] at last, mean of the four patterns"},
            ResultInfo{"loss_curve", "[network][epoch] mean of the four patterns"},
            ResultInfo{"spikes", "of inputs and hidden neurons, per presentation; null in rates"},
            ResultInfo{"retrograde", "events, per presentation; null in rates"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
