// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_recording.hpp"

#include "data/formats/credit_file.hpp"

namespace protocols {
namespace {

using Eigen::Index;

std::span<const double> column(const Eigen::MatrixXd& m, Index i) {
    return {m.col(i).data(), static_cast<std::size_t>(m.rows())};
}

// Those that began in this presentation.
template <class All>
void append(const All& events, std::uint64_t presentation, data::CreditRecording::Events& to) {
    for (const auto& event : events) {
        if (event.time < 0) continue;
        to.presentation.push_back(presentation);
        to.time.push_back(event.time);
        to.neuron.push_back(event.neuron);
        if constexpr (requires { event.amount; }) to.amount.push_back(event.amount);
    }
}

std::string name_of(const models::SpikingLayer& layer, std::size_t number) {
    if (layer.is_input) return "inputs";
    return layer.is_output ? "outputs" : "hidden_" + std::to_string(number);
}

void append_layer(const models::SpikingCredit& shown, std::size_t i, std::uint64_t presentation,
                  data::CreditRecording::Layer& to) {
    append(shown.spikes(i), presentation, to.spikes);
    const auto& sent = shown.retrograde(i);
    append(sent, presentation, to.retrograde);
    const std::size_t first = to.retrograde_count.size();
    to.retrograde_count.resize(first + to.size, 0);
    for (const auto& event : sent)
        if (event.time >= 0) ++to.retrograde_count[first + event.neuron];
}

}  // namespace

void record_credit(const models::RateNetwork& network, models::SpikingCreditSettings settings,
                   const RecordedPatterns& patterns, StudyContext& context) {
    for (std::size_t n = 0; static_cast<double>(n) * patterns.interval < settings.duration(); ++n)
        settings.samples.push_back(static_cast<double>(n) * patterns.interval);
    const auto spiking = models::spiking_network(network);
    models::SpikingCredit shown(spiking, settings);
    data::CreditRecording recording;
    recording.time = settings.samples;
    recording.presentations = static_cast<std::size_t>(patterns.inputs.cols());
    for (std::size_t i = 0; i < spiking.layers.size(); ++i)
        recording.layers.push_back(
            {name_of(spiking.layers[i], i), spiking.layers[i].size, {}, {}, {}, {}, {}});
    for (Index p = 0; p < patterns.inputs.cols(); ++p) {
        const auto number = static_cast<std::uint64_t>(p);
        shown.present(spiking, column(patterns.inputs, p), column(patterns.targets, p),
                      {context.seed(), 3U << 8U}, number);
        for (std::size_t i = 0; i < spiking.layers.size(); ++i) {
            auto& to = recording.layers[i];
            const auto& layer = spiking.layers[i];
            if (layer.is_input) {
                append(shown.spikes(i), number, to.spikes);
                continue;
            }
            append_layer(shown, i, number, to);
            if (layer.is_output) continue;
            const auto held = shown.credit(i).sampled_held();
            const auto filtered = shown.credit(i).sampled_filtered();
            to.held.insert(to.held.end(), held.begin(), held.end());
            to.filtered.insert(to.filtered.end(), filtered.begin(), filtered.end());
        }
    }
    data::write_credit(context.file("credit.h5"), recording,
                       {{"study", "presentations with a teacher, after learning"},
                        {"seed", std::to_string(context.seed())}});
}

}  // namespace protocols
