// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/spiking_gradient.hpp"

#include "models/rate/backprop.hpp"
#include "protocols/circuits/spiking_credit_learning.hpp"
#include "protocols/studies/credit_spiking.hpp"

namespace protocols {
namespace {

double per(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

std::span<const double> as_span(const Eigen::VectorXd& v) {
    return {v.data(), static_cast<std::size_t>(v.size())};
}

models::NetworkState settled(const models::RateNetwork& network, const Pattern& pattern) {
    models::NetworkState state;
    models::settle_firing(network, pattern.inputs, {}, state);
    models::settle_credit(network,
                          models::output_error(models::Loss::squared,
                                               models::outputs(network, state), pattern.targets),
                          models::OutputMode::error_plus_feedback, {}, state);
    return state;
}

}  // namespace

models::RateNetwork random_chain(const ChainSpec& spec) {
    models::LayeredSpec layered;
    layered.sizes.assign(spec.layers + 1, spec.width);
    layered.sizes.front() = spec.inputs;
    layered.sizes.back() = spec.outputs;
    layered.hidden = models::Activation::relu;
    layered.gain = spec.gain;
    layered.bias = 0.1;
    layered.seed = spec.seed;
    auto network = models::layered_network(layered);
    set_drive(network, spec.drive);
    return network;
}

Eigen::VectorXd rate_deltas(const models::RateNetwork& network, const Pattern& pattern,
                            std::size_t layer) {
    return settled(network, pattern)[layer].delta;
}
Eigen::VectorXd rate_credit(const models::RateNetwork& network, const Pattern& pattern,
                            std::size_t layer) {
    return settled(network, pattern)[layer].c;
}

void present_in_spikes(const models::SpikingNetwork& network, const Pattern& pattern,
                       std::uint64_t seed, models::SpikingCredit& credit) {
    credit.present(network, as_span(pattern.inputs), as_span(pattern.targets), {seed, 16}, 0);
}

double SpikingAgreement::events() const { return per(counts.retrograde, counts.spikes); }
double SpikingAgreement::visits() const { return per(counts.retrograde_visits, counts.arrivals); }

Pattern random_pattern(const models::RateNetwork& network, std::uint64_t seed) {
    const auto uniform = [&](Eigen::Index size, std::uint32_t part) {
        Eigen::VectorXd numbers(size);
        sim::RandomStream random({seed, part, sim::Purpose::source}, 0);
        for (auto& one : numbers) one = random.uniform();
        return numbers;
    };
    return {uniform(network.layers.front().size, 1), uniform(network.layers.back().size, 2)};
}

SpikingAgreement agreement_in_spikes(const models::RateNetwork& network, const Pattern& pattern,
                                     const models::SpikingCreditSettings& settings,
                                     std::uint64_t seed) {
    const auto spiking = models::spiking_network(network);
    models::SpikingCredit shown(spiking, settings);
    present_in_spikes(spiking, pattern, seed, shown);
    const auto found = gathered_change(spiking, shown);
    const auto right =
        spiking.is_layered
            ? models::backprop(network, pattern.inputs, pattern.targets, models::Loss::squared)
                  .change
            : models::credit_change(network, settled(network, pattern));
    SpikingAgreement result;
    for (std::size_t i = 0; i < right.weights.size(); ++i) {
        const auto a = flat(found.weights[i]);
        const auto b = flat(right.weights[i]);
        result.cosine.push_back(cosine(a, b));
        result.norm.push_back(a.norm() / b.norm());
    }
    result.counts = shown.counts();
    return result;
}

SpikingAgreement mean_of(std::span<const SpikingAgreement> all) {
    const auto count = static_cast<double>(all.size());
    SpikingAgreement mean;
    mean.cosine.assign(all.front().cosine.size(), 0);
    mean.norm = mean.cosine;
    for (const auto& one : all) {
        for (std::size_t i = 0; i < mean.cosine.size(); ++i) {
            mean.cosine[i] += one.cosine[i] / count;
            mean.norm[i] += one.norm[i] / count;
        }
        mean.counts += one.counts;
    }
    return mean;
}

}  // namespace protocols
