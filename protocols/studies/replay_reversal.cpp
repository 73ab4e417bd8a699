// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/replay_reversal.hpp"

#include <cmath>

#include "models/rate/backward_weights.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

using models::EpisodeBatch;
using models::ReversibleNetwork;

EpisodeBatch random_inputs(std::size_t steps, std::size_t inputs, std::size_t episodes,
                           const sim::RandomKey& key) {
    EpisodeBatch batch(steps, inputs, 1, episodes);
    for (std::size_t lane = 0; lane < episodes; ++lane) {
        sim::RandomStream draws(key, lane);
        for (std::size_t t = 0; t < steps; ++t)
            for (std::size_t i = 0; i < inputs; ++i) batch.input_of(t, i, lane) = draws.normal();
    }
    return batch;
}

models::ReversibleConfig config_of(const ReplayReversal::Params& p) {
    const auto inputs = static_cast<std::size_t>(p.inputs);
    models::ReversibleConfig config;
    if (p.network == "published") config = models::published_config(inputs, 1);
    if (p.network == "no_leak") config.taus = {std::numeric_limits<double>::infinity()};
    config.inputs = inputs;
    config.arithmetic = p.arithmetic == "fixed" ? models::Arithmetic::fixed_point
                                                : models::Arithmetic::double_precision;
    return config;
}

struct Reversal {
    std::size_t mismatches = 0;
    double relative_error = 0, bits_per_unit_step = 0;
    std::uint64_t bits_left = 0;
};

// The first `steps` of the batch forward with one network and back with the other.
Reversal reverse(const ReversibleNetwork& forward, const ReversibleNetwork& backward,
                 const EpisodeBatch& batch, std::size_t steps) {
    models::ReversibleWorkspace work(forward.config(), batch.lanes);
    models::BitStacks bits(batch.lanes);
    const auto first = forward.initial_state(batch.lanes);
    auto state = first;
    for (std::size_t t = 0; t < steps; ++t) forward.step(state, batch.input_at(t), work, &bits);
    double largest = 0, error = 0;
    for (const auto* group : {&state.a, &state.b})
        for (const double h : *group) largest = std::max(largest, std::fabs(h));
    Reversal result;
    result.bits_per_unit_step =
        static_cast<double>(bits.size()) /
        static_cast<double>(2 * forward.units() * batch.lanes * std::max<std::size_t>(steps, 1));
    for (std::size_t t = steps; t-- > 0;) {
        backward.undo_b(state, batch.input_at(t), work, &bits);
        backward.undo_a(state, batch.input_at(t), work, &bits);
    }
    result.bits_left = bits.size();
    for (std::size_t i = 0; i < first.a.size(); ++i)
        for (const double difference : {state.a[i] - first.a[i], state.b[i] - first.b[i]}) {
            result.mismatches += difference != 0 ? 1 : 0;
            // An error may have grown beyond all numbers.
            error = std::isfinite(difference) ? std::max(error, std::fabs(difference))
                                              : std::numeric_limits<double>::max();
        }
    result.relative_error = largest > 0 ? error / largest : 0;
    return result;
}

std::vector<std::size_t> shorter(std::size_t steps) {
    std::vector<std::size_t> lengths;
    for (const std::size_t length : {1, 5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 400, 1000})
        if (length < steps) lengths.push_back(length);
    lengths.push_back(steps);
    return lengths;
}

Json as_results(const Reversal& last, const ReversibleNetwork& network) {
    double expected = 0, least = 0;
    for (const double c : network.leaks()) {
        expected += 2 * (1 - c) / static_cast<double>(network.units());
        least += std::log2(1 / c) / static_cast<double>(network.units());
    }
    Json results = Json::object();
    results["mismatches"] = last.mismatches;
    results["max_relative_error"] = last.relative_error;
    results["bits_per_unit_step"] = last.bits_per_unit_step;
    results["expected_bits"] = network.is_fixed() ? expected : 0;
    results["least_bits"] = network.is_fixed() ? least : 0;
    results["bits_left"] = last.bits_left;
    return results;
}

}  // namespace

Json ReplayReversal::run(const Params& p, StudyContext& context) {
    if (p.backward == "regressed" && p.arithmetic == "fixed")
        throw sim::BadParameter(
            "backward = regressed: fixed point reverses with the weights themselves alone; set "
            "arithmetic = double");
    const ReversibleNetwork network(config_of(p), network_key(context.seed()));
    const auto episodes = static_cast<std::size_t>(p.episodes);
    const auto steps = static_cast<std::size_t>(p.steps);
    const auto batch =
        random_inputs(steps, network.config().inputs, episodes, test_key(context.seed()));
    std::optional<models::BackwardWeights> fitted;
    if (p.backward == "regressed") {
        const auto each = static_cast<std::size_t>(std::ceil(p.samples / p.episodes));
        fitted = models::fit_backward_weights(
            network,
            random_inputs(each, network.config().inputs, episodes, episode_key(context.seed())));
    }
    const auto& backward = fitted ? fitted->network : network;
    Json lengths = Json::array(), errors = Json::array();
    std::size_t longest = 0;
    Reversal last;
    for (const auto length : shorter(steps)) {
        if (context.cancelled()) break;
        context.progress(static_cast<double>(length) / p.steps,
                         std::to_string(length) + " steps and back");
        last = reverse(network, backward, batch, length);
        lengths.push_back(length);
        errors.push_back(last.relative_error);
        if (last.relative_error < 1e-10) longest = length;
    }
    Json results = as_results(last, network);
    results["weight_error"] = fitted ? Json(fitted->error) : Json();
    results["lengths"] = lengths;
    results["relative_error"] = errors;
    results["longest_below_1e-10"] = longest;
    return results;
}

}  // namespace protocols
