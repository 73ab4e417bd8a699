// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the studies of credit in spikes have in common: the parameters of presentations.

#include <array>
#include <string>

#include "models/spiking/spiking_credit.hpp"
#include "protocols/studies/credit_common.hpp"

namespace protocols {

/// The forms of the credit rule that learning has.
inline std::vector<std::string> learning_forms(const sim::Catalogue&) {
    return {"rate", "spiking"};
}
inline std::vector<std::string> train_kinds(const sim::Catalogue&) {
    return models::train_kind_names();
}
inline std::vector<std::string> carry_names(const sim::Catalogue&) {
    return {"nothing", "credit", "all"};
}

/// Presentations in spikes, as parameters of a study.
struct SpikingParams {
    double rate_hz = 100, settle = 50, taught = 100, tail = 6, delay = 1, retrograde_delay = 1;
    double threshold = 0.3, tau_c = 0, tau_x = 0, tau_m = 0, inhibition_depth = 0, t_ref = 0;
    double drive = 0, offset_release = 1;
    std::string trains = "regular", carry = "nothing";
};

/// Their rows in the table of a study whose parameters they are part of.
template <class P>
constexpr std::array<sim::Param<P>, 14> spiking_rows() {
    using enum sim::Unit;
    namespace r = sim::range;
    return {
        {{"rate_hz", &P::rate_hz, hz, r::positive, "spikes: firing of a rate of 1"},
         {"settle", &P::settle, ms, r::non_negative, "spikes: stimulus before the teacher"},
         {"taught", &P::taught, ms, r::positive, "spikes: stimulus with the teacher"},
         {"tail", &P::tail, ms, r::non_negative, "spikes: stimulus after the teacher"},
         {"delay", &P::delay, ms, r::positive, "spikes: from neuron to neuron"},
         {"retrograde_delay", &P::retrograde_delay, ms, r::positive, "spikes: of credit, back"},
         {"threshold", &P::threshold, none, r::non_negative,
          "spikes: of a retrograde event, in spikes; 0: all when the teacher leaves"},
         {"tau_c", &P::tau_c, ms, r::non_negative, "spikes: filter of credit; 0: none"},
         {"tau_x", &P::tau_x, ms, r::non_negative,
          "spikes: traces by which synapses gather as credit passes; 0: by spike counts"},
         {"tau_m", &P::tau_m, ms, r::non_negative, "spikes: leak of membranes; 0: none"},
         {"inhibition_depth", &P::inhibition_depth, none, r::non_negative,
          "spikes: how far below 0 inhibition can bring a membrane, in thresholds; 0: any depth"},
         {"t_ref", &P::t_ref, ms, r::non_negative,
          "spikes: time without another after a spike; input still adds up"},
         {"drive", &P::drive, none, r::finite,
          "spikes: bias of hidden neurons at first; leaky ones want 500 / (tau_m rate_hz)"},
         {"offset_release", &P::offset_release, none, r::flag,
          "spikes: 1: what neurons that spiked still hold goes when the teacher leaves"}}};
}

template <class P>
std::array<TextParam<P>, 2> spiking_text_rows() {
    return {
        {{"trains", &P::trains, train_kinds, "spikes: of inputs"},
         {"carry", &P::carry, carry_names,
          "spikes: what a presentation takes over from the one before; all: nothing is reset"}}};
}

inline models::SpikingCreditSettings settings_of(const SpikingParams& p) {
    models::SpikingCreditSettings settings;
    settings.rate_hz = p.rate_hz;
    settings.settle = p.settle;
    settings.taught = p.taught;
    settings.tail = p.tail;
    settings.delay = p.delay;
    settings.retrograde_delay = p.retrograde_delay;
    settings.threshold = p.threshold > 0 ? p.threshold : models::never;
    settings.tau_c = p.tau_c;
    settings.tau_x = p.tau_x;
    settings.offset_release = p.offset_release == 1;
    if (p.tau_m > 0) settings.membrane.tau_m = p.tau_m;
    if (p.inhibition_depth > 0) settings.membrane.floor = -p.inhibition_depth;
    settings.membrane.t_ref = p.t_ref;
    settings.inputs = models::train_kind_named(p.trains);
    if (p.carry != "nothing")
        settings.carry = p.carry == "all" ? models::Carry::all : models::Carry::credit;
    return settings;
}

/// Gives hidden neurons the same bias.
inline void set_drive(models::RateNetwork& network, double drive) {
    for (auto& layer : network.layers)
        if (!layer.is_input && !layer.is_output && drive != 0) layer.bias.setConstant(drive);
}

/// One table after the other.
template <class T, std::size_t... sizes>
constexpr auto joined(const std::array<T, sizes>&... tables) {
    std::array<T, (sizes + ...)> all{};
    std::size_t at = 0;
    const auto append = [&](const auto& table) {
        for (const auto& row : table) all[at++] = row;
    };
    (append(tables), ...);
    return all;
}

}  // namespace protocols
