// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Digits learnt by credit, against backpropagation with the same schedule and against a network
// whose readout alone learns.

#include <array>

#include "protocols/studies/credit_spiking.hpp"
#include "protocols/studies/digit_sets.hpp"

namespace protocols {

struct CreditDigits {
    static constexpr std::string_view name = "credit_digits";
    static constexpr std::string_view summary =
        "digits learnt by excitatory-inhibitory credit: generated, MNIST or optdigits";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139; LeCun et al. 1998, Proc IEEE 86:2278 (MNIST)";

    struct Params : DigitFiles, SpikingParams {
        Params() {
            rate_hz = 200;
            settle = 20;
            taught = 50;
        }
        std::string form = "rate", activation = "relu", loss = "squared";
        double train = 3000, test = 1000, side = 8;
        double hidden = 64, hidden_layers = 1, gain = 1.4, seeds = 1;
        double epochs = 10, batch = 1, eta = 0.03, decay = 0.85;
        double dale = 0, backprop = 1, readout = 1, record = 10, record_interval = 1;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 1e6, false, false, true};
        return joined(
            std::array{
                sim::Param<P>{"train", &P::train, none, some,
                              "images to learn; of files at most these"},
                sim::Param<P>{"test", &P::test, none, some,
                              "images to be asked; of files at most these"},
                sim::Param<P>{"side", &P::side, none, sim::Range{5, 256, false, false, true},
                              "pixels of a generated image, both ways"},
                sim::Param<P>{"hidden", &P::hidden, none, some, "neurons in a hidden layer"},
                sim::Param<P>{"hidden_layers", &P::hidden_layers, none,
                              sim::Range{1, 20, false, false, true}, "of that size"},
                sim::Param<P>{"gain", &P::gain, none, r::positive,
                              "weights have standard deviation gain / sqrt(inputs of a neuron)"},
                sim::Param<P>{"seeds", &P::seeds, none, sim::Range{1, 1000, false, false, true},
                              "networks, from the seed on"},
                sim::Param<P>{"epochs", &P::epochs, none, some, "presentations of all images"},
                sim::Param<P>{"batch", &P::batch, none, some, "images between two weight commits"},
                sim::Param<P>{"eta", &P::eta, none, r::positive,
                              "learning rate of the first epoch"},
                sim::Param<P>{"decay", &P::decay, none, sim::Range{0, 1, true},
                              "of the learning rate, times from epoch to epoch"},
                sim::Param<P>{"dale", &P::dale, none, r::flag,
                              "1: every input is an excitatory cell with an inhibitory copy, every "
                              "fifth hidden neuron inhibitory, and weights keep their sign"},
                sim::Param<P>{"backprop", &P::backprop, none, r::flag,
                              "1: also by backpropagation, with the same images in the same order"},
                sim::Param<P>{"readout", &P::readout, none, r::flag,
                              "1: also with credit that stops at the outputs"},
                sim::Param<P>{"record", &P::record, none, sim::Range{0, 1e6, false, false, true},
                              "spikes: test images that are shown once more after learning by the "
                              "first seed, with their class as the teacher, for credit.h5"},
                sim::Param<P>{"record_interval", &P::record_interval, ms, r::positive,
                              "spikes: of samples of credit there"},
            },
            spiking_rows<P>());
    }
    static auto texts() {
        const std::array<TextParam<Params>, 3> own{
            {{"form", &Params::form, learning_forms,
              "of the rule; spiking neurons rectify, their loss is squared"},
             {"activation", &Params::activation, activations, "of hidden neurons in rates"},
             {"loss", &Params::loss, [](const sim::Catalogue&) { return models::loss_names(); },
              "whose slope outputs get as credit"}}};
        return joined(own, digit_file_rows<Params>(), spiking_text_rows<Params>());
    }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"test_accuracy",
                       "part of the test images named right at last, mean of seeds"},
            ResultInfo{"backprop_accuracy", "the same by backpropagation; null if not asked for"},
            ResultInfo{"readout_accuracy",
                       "the same where the readout alone learns; null if not asked for"},
            ResultInfo{
                "backprop_difference",
                "largest between weights by credit and by backpropagation after 100 commits, "
                "of all seeds; in spikes that of noisy gradients"},
            ResultInfo{"violations",
                       "weights against Dale's law at last, of all seeds; null without"},
            ResultInfo{"clipped", "part of the weight commits that Dale's law held at 0"},
            ResultInfo{"rate_accuracy",
                       "test_accuracy of the weights learnt in spikes, in a network of rates; null "
                       "for form = rate, as the next three"},
            ResultInfo{"spikes", "of inputs and hidden neurons, per presentation"},
            ResultInfo{"retrograde", "events, per presentation"},
            ResultInfo{"retrograde_visits", "of synapses, as part of those of spikes"},
            ResultInfo{"seed_accuracy", "[seed] test_accuracy of each"},
            ResultInfo{"epoch_accuracy", "[epoch] of the test images, mean of seeds"},
            ResultInfo{"epoch_loss", "[epoch] mean loss of an image while learning, mean of seeds"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
