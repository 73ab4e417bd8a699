// SPDX-License-Identifier: BSD-3-Clause
// Presentations of 75 ms to a spiking network of the size of MNIST's images: without a teacher,
// with credit, and with the commit of weights, too. Items are arrivals of spikes at synapses;
// `x_real_time` is simulated over wall time, `presentations` are those in a second.

#include <benchmark/benchmark.h>

#include "protocols/circuits/spiking_credit_learning.hpp"
#include "sim/core/random.hpp"

namespace {

constexpr Eigen::Index outputs = 10;

models::RateNetwork network_of(std::vector<Eigen::Index> hidden) {
    models::LayeredSpec spec;
    spec.sizes = std::move(hidden);
    spec.sizes.insert(spec.sizes.begin(), 784);
    spec.sizes.push_back(outputs);
    spec.hidden = models::Activation::relu;
    spec.gain = 1.4;
    return models::layered_network(spec);
}

// As in images of digits, every fifth pixel has ink.
Eigen::MatrixXd image(std::uint64_t seed) {
    Eigen::MatrixXd pixels = Eigen::MatrixXd::Zero(784, 1);
    sim::RandomStream random({seed, 1}, 0);
    for (auto& one : pixels.reshaped())
        if (random.uniform() < 0.2) one = random.uniform();
    return pixels;
}

models::SpikingCreditSettings settings_of(std::size_t hidden_layers) {
    models::SpikingCreditSettings settings;
    settings.rate_hz = 200;
    settings.settle = 20;
    settings.taught = 50;
    settings.tail = hidden_layers > 1 ? 6 : 5;
    return settings;
}

enum class Part { firing, credit, learning };

void spiking_credit(benchmark::State& state, Part part, const std::vector<Eigen::Index>& hidden) {
    const auto network = network_of(hidden);
    protocols::SpikingLearning learning;
    learning.settings = settings_of(hidden.size());
    learning.rule.eta = 1e-6;  // as many commits as there may be leave the network what it is
    protocols::SpikingLearner learner(network, learning);
    const auto spiking = models::spiking_network(network);
    models::SpikingCredit shown(spiking, learning.settings);
    const auto pixels = image(1);
    const Eigen::MatrixXd target = Eigen::VectorXd::Unit(outputs, 3);
    const std::span<const double> input(pixels.data(), 784);
    const std::span<const double> teacher(target.data(), part == Part::firing ? 0 : outputs);
    std::uint64_t arrivals = 0;
    std::uint64_t number = 0;
    for (auto _ : state) {
        if (part == Part::learning) {
            learner.learn(pixels, target, nullptr);
            arrivals += learner.member(0).counts().arrivals;
        } else {
            shown.present(spiking, input, teacher, {1, 2}, number++);
            arrivals += shown.counts().arrivals;
        }
    }
    const auto& settings = learning.settings;
    const double ms = settings.duration() - (part == Part::firing ? settings.tail : 0);
    const auto presentations = static_cast<double>(state.iterations());
    state.SetItemsProcessed(static_cast<std::int64_t>(arrivals));
    state.counters["presentations"] =
        benchmark::Counter(presentations, benchmark::Counter::kIsRate);
    state.counters["x_real_time"] =
        benchmark::Counter(presentations * ms / 1000, benchmark::Counter::kIsRate);
}

const std::vector<Eigen::Index> shallow{256};
const std::vector<Eigen::Index> deep{256, 256};

BENCHMARK_CAPTURE(spiking_credit, firing_256, Part::firing, shallow);
BENCHMARK_CAPTURE(spiking_credit, credit_256, Part::credit, shallow);
BENCHMARK_CAPTURE(spiking_credit, learning_256, Part::learning, shallow);
BENCHMARK_CAPTURE(spiking_credit, firing_256_256, Part::firing, deep);
BENCHMARK_CAPTURE(spiking_credit, credit_256_256, Part::credit, deep);
BENCHMARK_CAPTURE(spiking_credit, learning_256_256, Part::learning, deep);

}  // namespace
