// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_equals_backprop.hpp"

#include <algorithm>
#include <cmath>

#include "models/rate/backprop.hpp"
#include "models/rate/credit_ode.hpp"
#include "models/spiking/escape_credit.hpp"
#include "protocols/studies/spiking_gradient.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

using Params = CreditEqualsBackprop::Params;
using Eigen::Index;
using Eigen::MatrixXd;

struct Errors {
    double relative = 0;
    double ode = 0;
    double cosine = 1;
    std::vector<double> by_layer;  // [weight layer]
};

models::RateNetwork network_of(const Params& p, Index depth, std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes.assign(static_cast<std::size_t>(depth) + 1, static_cast<Index>(p.width));
    spec.sizes.back() = std::max<Index>(2, spec.sizes.back() / 2);
    spec.hidden = models::activation_named(p.activation);
    spec.gain = p.gain;
    spec.bias = 0.1;
    spec.seed = seed;
    return models::layered_network(spec);
}

// Of cross-entropy: one class each.
MatrixXd targets_for(models::Loss loss, Index outputs, Index patterns, std::uint64_t seed) {
    MatrixXd targets = normal_matrix(outputs, patterns, seed, 2);
    if (loss == models::Loss::squared) return targets;
    for (Index k = 0; k < patterns; ++k)
        targets.col(k) = Eigen::VectorXd::Unit(outputs, k % outputs);
    return targets;
}

Errors compare(const Params& p, Index depth, std::uint64_t seed) {
    const auto loss = models::loss_named(p.loss);
    const auto network = network_of(p, depth, seed);
    const auto patterns = static_cast<Index>(p.patterns);
    const MatrixXd inputs = normal_matrix(network.layers.front().size, patterns, seed, 1);
    const MatrixXd targets = targets_for(loss, network.layers.back().size, patterns, seed);
    const auto right = models::backprop(network, inputs, targets, loss).change;
    models::NetworkState state;
    models::settle_firing(network, inputs, {}, state);
    models::settle_credit(network,
                          models::output_error(loss, models::outputs(network, state), targets),
                          models::OutputMode::clamp, {}, state);
    const auto found = models::credit_change(network, state);
    Errors errors;
    errors.relative = relative_error(flat(found), flat(right));
    for (std::size_t i = 0; i < right.weights.size(); ++i) {
        const auto a = flat(found.weights[i]);
        const auto b = flat(right.weights[i]);
        errors.by_layer.push_back(relative_error(a, b));
        errors.cosine = std::min(errors.cosine, cosine(a, b));
    }
    if (depth <= static_cast<Index>(p.ode_layers)) {
        models::CreditTimes times;
        times.tau_f = p.tau_f;
        times.tau_c = p.tau_ode;
        models::CreditOde ode(network, times, models::OutputMode::clamp, loss, inputs);
        ode.teach(targets);
        ode.advance(p.ode_duration * p.tau_ode);
        errors.ode = relative_error(flat(models::credit_change(network, ode.state())), flat(right));
    }
    return errors;
}

// exp(-t) sum_{m < below} t^m / m!: credit so many layers below the outputs, t after its begin.
double left_at(Index below, double t) {
    double sum = 0;
    for (Index m = 0; m < below; ++m)
        sum += std::exp(static_cast<double>(m) * std::log(t) - t -
                        std::lgamma(static_cast<double>(m) + 1));
    return sum;
}

// Largest or smallest of a depth, and of all.
Json summarised(const Params& p, const std::vector<Errors>& all, const std::vector<bool>& done) {
    const auto networks = static_cast<std::size_t>(p.networks);
    const auto least = static_cast<Index>(p.least_layers);
    Json results;
    std::vector<double> every, every_ode;
    for (const char* name :
         {"layers", "relative_error", "ode_error", "ode_left", "cosine", "layer_error"})
        results[name] = Json::array();
    for (std::size_t d = 0; d * networks < all.size(); ++d) {
        const Index depth = least + static_cast<Index>(d);
        const bool has_ode = depth <= static_cast<Index>(p.ode_layers);
        Errors worst;
        std::size_t count = 0;
        for (std::size_t i = d * networks; i < (d + 1) * networks; ++i) {
            if (!done[i]) continue;
            ++count;
            worst.relative = std::max(worst.relative, all[i].relative);
            worst.ode = std::max(worst.ode, all[i].ode);
            worst.cosine = std::min(worst.cosine, all[i].cosine);
            worst.by_layer.resize(all[i].by_layer.size());
            for (std::size_t k = 0; k < worst.by_layer.size(); ++k)
                worst.by_layer[k] = std::max(worst.by_layer[k], all[i].by_layer[k]);
        }
        if (count == 0) continue;
        every.push_back(worst.relative);
        if (has_ode) every_ode.push_back(worst.ode);
        results["layers"].push_back(depth);
        results["relative_error"].push_back(worst.relative);
        results["ode_error"].push_back(has_ode ? Json(worst.ode) : Json());
        results["ode_left"].push_back(left_at(depth - 1, p.ode_duration));
        results["cosine"].push_back(worst.cosine);
        results["layer_error"] = worst.by_layer;
    }
    results["max_relative_error"] = largest_of(every);
    results["ode_relative_error"] = largest_of(every_ode);
    return results;
}

// The times of the teacher that are asked for: up to the parameter.
constexpr std::array times{30.0, 50.0, 100.0, 200.0, 300.0, 1000.0, 3000.0};

SpikingAgreement agreement_of(const Params& p, double taught, std::uint64_t seed) {
    const auto network =
        random_chain({static_cast<Index>(p.spiking_inputs), static_cast<Index>(p.spiking_width),
                      static_cast<Index>(p.spiking_outputs),
                      static_cast<std::size_t>(p.spiking_layers), p.spiking_gain, p.drive, seed});
    auto settings = settings_of(p);
    settings.taught = taught;
    return agreement_in_spikes(network, random_pattern(network, seed), settings, seed);
}

void add_spiking(const Params& p, StudyContext& context, Json& results) {
    std::vector<double> asked;
    for (const double time : times)
        if (time < p.taught) asked.push_back(time);
    asked.push_back(p.taught);
    const auto networks = static_cast<std::size_t>(p.spiking_networks);
    std::vector<SpikingAgreement> all(asked.size() * networks);
    const auto done = for_each_case(context, all.size(), "presentation", [&](std::size_t i) {
        all[i] = agreement_of(p, asked[i / networks], context.seed() + i % networks);
    });
    for (const char* name : {"spiking_cosine", "spiking_norm", "spiking_time",
                             "spiking_time_cosine", "spiking_time_norm"})
        results[name] = Json::array();
    results["spiking_events"] = results["spiking_visits"] = nullptr;
    for (std::size_t k = 0; networks > 0 && k < asked.size(); ++k) {
        const auto begin = static_cast<std::ptrdiff_t>(k * networks);
        const auto end = begin + static_cast<std::ptrdiff_t>(networks);
        if (std::find(done.begin() + begin, done.begin() + end, false) != done.begin() + end)
            continue;
        const auto mean = mean_of(std::span(all).subspan(k * networks, networks));
        results["spiking_time"].push_back(asked[k]);
        results["spiking_time_cosine"].push_back(mean.cosine);
        results["spiking_time_norm"].push_back(mean.norm);
        if (k + 1 < asked.size()) continue;
        results["spiking_cosine"] = mean.cosine;
        results["spiking_norm"] = mean.norm;
        results["spiking_events"] = mean.events();
        results["spiking_visits"] = mean.visits();
    }
}

struct EscapeAgreement {
    std::array<double, 3> cosine{}, norm{}, plain_norm{};  // [weight layer]
};

EscapeAgreement escape_agreement(const Params& p, std::size_t form, std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes = {20, 40, 40, 10};
    spec.hidden = spec.output = models::Activation::sigmoid;
    spec.gain = p.escape_gain;
    spec.bias = 0.1;
    spec.seed = seed;
    const auto network = models::layered_network(spec);
    const auto pattern = random_pattern(network, seed);
    models::EscapeSettings settings;
    settings.form = static_cast<models::EscapeForm>(form);
    settings.rate_hz = p.rate_hz;
    settings.tau_syn = p.tau_syn;
    settings.taught = p.escape_taught;
    settings.seed = seed;
    const auto found =
        models::present_to_escape_neurons(network, pattern.inputs, pattern.targets, settings);
    const auto right = models::noise_averaged(network, pattern.inputs, pattern.targets, settings);
    const auto plain =
        models::backprop(network, pattern.inputs, pattern.targets, models::Loss::squared).change;
    EscapeAgreement result;
    for (std::size_t l = 0; l < result.norm.size(); ++l) {
        const MatrixXd a = found.deltas[l + 1] * found.rates[l].transpose();
        const MatrixXd b = right.deltas[l + 1] * right.rates[l].transpose();
        result.cosine[l] = a.cwiseProduct(b).sum() / (a.norm() * b.norm());
        result.norm[l] = a.norm() / b.norm();
        result.plain_norm[l] = a.norm() / flat(plain.weights[l]).norm();
    }
    return result;
}

void add_escape(const Params& p, StudyContext& context, Json& results) {
    const auto forms = models::escape_form_names();
    const auto networks = static_cast<std::size_t>(p.escape_networks);
    std::vector<EscapeAgreement> all(forms.size() * networks);
    const auto done = for_each_case(context, all.size(), "noisy presentation", [&](std::size_t i) {
        all[i] = escape_agreement(p, i / networks, context.seed() + i % networks);
    });
    for (const char* name : {"escape_forms", "escape_cosine", "escape_norm", "escape_plain_norm"})
        results[name] = Json::array();
    for (std::size_t form = 0; networks > 0 && form < forms.size(); ++form) {
        EscapeAgreement mean;
        bool is_whole = true;
        for (std::size_t i = form * networks; i < (form + 1) * networks; ++i) {
            is_whole = is_whole && done[i];
            for (std::size_t l = 0; l < mean.norm.size(); ++l) {
                mean.cosine[l] += all[i].cosine[l] / p.escape_networks;
                mean.norm[l] += all[i].norm[l] / p.escape_networks;
                mean.plain_norm[l] += all[i].plain_norm[l] / p.escape_networks;
            }
        }
        if (!is_whole) continue;
        results["escape_forms"].push_back(forms[form]);
        results["escape_cosine"].push_back(mean.cosine);
        results["escape_norm"].push_back(mean.norm);
        results["escape_plain_norm"].push_back(mean.plain_norm);
    }
}

}  // namespace

Json CreditEqualsBackprop::run(const Params& p, StudyContext& context) {
    if (p.least_layers > p.most_layers)
        throw sim::BadParameter(
            "least_layers = " + std::to_string(static_cast<int>(p.least_layers)) +
            ": must be at most most_layers = " + std::to_string(static_cast<int>(p.most_layers)));
    const auto networks = static_cast<std::size_t>(p.networks);
    const auto depths = static_cast<std::size_t>(p.most_layers - p.least_layers) + 1;
    std::vector<Errors> all(depths * networks);
    const auto done = for_each_case(context, all.size(), "network", [&](std::size_t i) {
        const auto depth = static_cast<Index>(p.least_layers) + static_cast<Index>(i / networks);
        all[i] = compare(p, depth, context.seed() + i % networks);
    });
    auto results = summarised(p, all, done);
    add_spiking(p, context, results);
    add_escape(p, context, results);
    return results;
}

}  // namespace protocols
