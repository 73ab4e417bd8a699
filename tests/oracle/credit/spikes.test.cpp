// SPDX-License-Identifier: BSD-3-Clause
// Credit in spikes, layer by layer and many neurons at once, against one slow queue of events.
#include <catch2/catch.hpp>

#include "models/spiking/spiking_credit.hpp"
#include "tests/oracle/credit/networks.hpp"
#include "tests/oracle/credit/slow_spikes.hpp"

using namespace credit_tests;
using models::SpikingCredit;
using models::SpikingCreditSettings;

namespace {

using Releases = std::vector<std::pair<double, std::size_t>>;

constexpr sim::RandomKey key{11, 64};

oracle::SlowSpikingNetwork slow_network(const RateNetwork& network,
                                        const SpikingCreditSettings& settings) {
    using Kind = oracle::SlowSpikingNetwork::Kind;
    oracle::SlowSpikingNetwork slow;
    for (const auto& layer : network.layers) {
        slow.kinds.push_back(layer.is_input    ? Kind::input
                             : layer.is_output ? Kind::output
                                               : Kind::hidden);
        slow.biases.push_back(plain(layer.bias));
    }
    for (const auto& one : network.projections) {
        const auto& w = std::get<models::DenseWeights>(one.weights);
        auto& to = slow.projections.emplace_back(oracle::SlowProjection{one.from, one.to, {}});
        for (Index i = 0; i < w.rows(); ++i) to.weights.push_back(plain(w.row(i).transpose()));
    }
    slow.rate = settings.rate_hz / 1000;
    slow.tau_m = settings.membrane.tau_m;
    slow.floor = settings.membrane.floor;
    slow.t_ref = settings.membrane.t_ref;
    slow.delay = settings.delay;
    slow.retrograde_delay = settings.retrograde_delay;
    slow.threshold = settings.threshold;
    slow.tau_c = settings.tau_c;
    slow.tau_x = settings.tau_x;
    return slow;
}

std::vector<oracle::Numbers> membranes_at_start(const RateNetwork& network) {
    std::vector<oracle::Numbers> all;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        auto& one = all.emplace_back(static_cast<std::size_t>(network.layers[i].size));
        const auto part = key.part + static_cast<std::uint32_t>(i);
        models::uniform_numbers({key.seed, part, sim::Purpose::initial_state}, 0, one);
    }
    return all;
}

// Input spikes are taken from the presentation; the test of trains looks at them.
oracle::SlowPresentation slow_presentation(const SpikingCredit& shown, double begin,
                                           const MatrixXd& targets, const Releases& releases) {
    const auto& settings = shown.settings();
    oracle::SlowPresentation slow;
    slow.begin = begin;
    slow.teacher_on = begin + settings.window().begin;
    slow.teacher_off = begin + settings.window().end;
    slow.end = begin + settings.duration();
    slow.targets = plain(targets.col(0));
    slow.sends_rest = settings.offset_release;
    slow.inputs.emplace_back();
    for (const auto& spike : shown.spikes(0))
        if (spike.time >= 0) slow.inputs[0].push_back({begin + spike.time, spike.neuron});
    for (const auto& [time, layer] : releases) slow.releases.emplace_back(begin + time, layer);
    return slow;
}

template <class Fast, class Slow>
void compare_events(const Fast& fast, const std::vector<Slow>& slow, double begin) {
    std::vector<std::remove_const_t<typename Fast::element_type>> found;
    for (const auto& one : fast)
        if (one.time >= 0) found.push_back(one);
    std::vector<Slow> right;
    for (const auto& one : slow)
        if (one.time >= begin - 1e-12) right.push_back(one);
    // What several arrivals at one time cause may have come in another order.
    const auto before = [](const auto& a, const auto& b) {
        return std::abs(a.time - b.time) > 1e-9 ? a.time < b.time : a.neuron < b.neuron;
    };
    std::stable_sort(found.begin(), found.end(), before);
    std::stable_sort(right.begin(), right.end(), before);
    REQUIRE(found.size() == right.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].time == Approx(right[i].time - begin).margin(1e-9));
        REQUIRE(found[i].neuron == right[i].neuron);
        if constexpr (requires { found[i].amount; })
            CHECK(found[i].amount == Approx(right[i].amount).margin(1e-9));
    }
}

// Several presentations one after the other, if time goes on from each to the next.
void compare(const RateNetwork& network, const SpikingCreditSettings& settings,
             const Releases& releases, int presentations = 1) {
    const auto spiking = models::spiking_network(network);
    SpikingCredit fast(spiking, settings);
    oracle::SlowSpikes slow(slow_network(network, settings), membranes_at_start(network));
    std::size_t retrograde = 0;
    for (int n = 0; n < presentations; ++n) {
        const auto number = static_cast<std::uint64_t>(n);
        const MatrixXd inputs = normal(network.layers[0].size, 1, 40 + number, 1).cwiseAbs();
        const MatrixXd targets = normal(network.layers.back().size, 1, 40 + number, 2);
        fast.present(spiking, plain(inputs.col(0)), plain(targets.col(0)), key, number);
        const double begin = n * settings.duration();
        for (auto& one : slow.spikes) one.clear();
        for (auto& one : slow.retrograde) one.clear();
        slow.present(slow_presentation(fast, begin, targets, releases));
        std::size_t spikes = slow.spikes[0].size();
        std::size_t sent = 0;
        for (std::size_t l = 1; l < network.layers.size(); ++l) {
            CAPTURE(n, l);
            if (!network.layers[l].is_output) {
                CHECK(slow.spikes[l].size() > 20);
                compare_events(fast.spikes(l), slow.spikes[l], begin);
                for (std::size_t j = 0; j < slow.held()[l].size(); ++j) {
                    CHECK(fast.credit(l).held(j, settings.duration()) ==
                          Approx(slow.held()[l][j]).margin(1e-9));
                    CHECK(fast.credit(l).filtered(j, settings.duration()) ==
                          Approx(slow.filtered()[l][j]).margin(1e-9));
                }
            }
            compare_events(fast.retrograde(l), slow.retrograde[l], begin);
            spikes += slow.spikes[l].size();
            sent += slow.retrograde[l].size();
            retrograde += slow.retrograde[l].size();
            const double scale = settings.most_spikes();
            for (std::size_t i = 0; i < slow.amounts()[l].size(); ++i)
                CHECK(fast.deltas(l)[i] * scale == Approx(slow.amounts()[l][i]).margin(1e-9));
        }
        CHECK(fast.counts().spikes == spikes);
        CHECK(fast.counts().retrograde == sent);
        for (std::size_t k = 0; settings.tau_x > 0 && k < network.projections.size(); ++k) {
            const auto stride = spiking.layers[network.projections[k].from].stride;
            for (std::size_t i = 0; i < slow.gathered[k].size(); ++i)
                for (std::size_t j = 0; j < slow.gathered[k][i].size(); ++j)
                    CHECK(fast.gathered(k)[i * stride + j] * settings.most_spikes() ==
                          Approx(slow.gathered[k][i][j]).margin(1e-9));
        }
    }
    CHECK(retrograde > 10);
}

RateNetwork small_network(std::size_t depth) {
    models::LayeredSpec spec;
    spec.sizes.assign(depth + 1, 11);
    spec.sizes.front() = 9;
    spec.sizes.back() = 3;
    spec.hidden = Activation::relu;
    spec.gain = 1.5;
    spec.bias = 0.4;
    spec.seed = 5;
    return models::layered_network(spec);
}

SpikingCreditSettings short_settings() {
    SpikingCreditSettings settings;
    settings.settle = 30;
    settings.taught = 90;
    settings.tail = 8;
    return settings;
}

// The hidden layers of a chain release one after the other, downwards.
void add_releases(Releases& all, std::size_t depth, double delay, double first) {
    for (std::size_t l = depth; --l > 0; first += delay) all.emplace_back(first, l);
}
Releases chain_releases(const SpikingCreditSettings& settings, std::size_t depth) {
    Releases all;
    const double delay = settings.retrograde_delay;
    add_releases(all, depth, delay, settings.window().end + delay);
    if (settings.tau_c > 0)
        add_releases(all, depth, delay, settings.duration() - static_cast<double>(depth) * delay);
    return all;
}

}  // namespace

TEST_CASE("spikes and retrograde events are those of a slow queue", "[credit][spikes]") {
    auto settings = short_settings();
    SECTION("integrators") {}
    SECTION("with a leak") { settings.membrane.tau_m = 20; }
    SECTION("with a floor") { settings.membrane.floor = -0.3; }
    SECTION("with a leak and a floor") { settings.membrane = {15, -0.2}; }
    SECTION("with a refractory period") { settings.membrane.t_ref = 7; }
    SECTION("with all of them") { settings.membrane = {15, -0.2, 9}; }
    SECTION("with unequal delays") {
        settings.delay = 2.3;
        settings.retrograde_delay = 0.7;
    }
    SECTION("with traces") { settings.tau_x = 50; }
    SECTION("at a low threshold") { settings.threshold = 0.01; }
    SECTION("with credit at the end alone") { settings.threshold = models::never; }
    compare(small_network(3), settings, chain_releases(settings, 3));
}

// Drifts above 1 / tau_m: neurons that spike by themselves.
TEST_CASE("leaky neurons that spike without input spike at the right times", "[credit][spikes]") {
    auto settings = short_settings();
    settings.membrane.tau_m = 30;
    auto network = small_network(2);
    network.layers[1].bias.setConstant(0.8);
    compare(network, settings, chain_releases(settings, 2));
}

TEST_CASE("filtered credit is that of a slow queue", "[credit][spikes]") {
    auto settings = short_settings();
    settings.tau_c = 20;
    settings.tail = 40;
    SECTION("released at spikes alone") {
        settings.offset_release = false;
        compare(small_network(3), settings, {});
    }
    SECTION("released at the offset, and before the end") {
        compare(small_network(3), settings, chain_releases(settings, 3));
    }
}

TEST_CASE("time goes on from presentation to presentation", "[credit][spikes]") {
    auto settings = short_settings();
    settings.carry = models::Carry::all;
    settings.membrane = {20, -1};
    settings.tau_c = 10;
    settings.tau_x = 30;
    compare(small_network(2), settings, chain_releases(settings, 2), 3);
}

TEST_CASE("recurrent networks go in windows of the shortest delay", "[credit][spikes]") {
    models::RecurrentSpec spec;
    spec.inputs = 6;
    spec.hidden = 12;
    spec.outputs = 3;
    spec.activation = Activation::relu;
    spec.gain = 0.9;
    spec.output_feedback = false;
    auto network = models::recurrent_network(spec);
    network.layers.back().activation = Activation::linear;
    auto settings = short_settings();
    settings.delay = 1.5;
    Releases releases;
    for (std::size_t n = 1; n < 8; ++n)
        releases.emplace_back(settings.window().end + static_cast<double>(n), 1);
    compare(network, settings, releases);
}
