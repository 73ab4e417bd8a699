// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_recurrent.hpp"

#include <algorithm>
#include <complex>
#include <optional>
#include <span>

#include "models/rate/stability.hpp"
#include "protocols/studies/spiking_gradient.hpp"
#include "sim/core/error.hpp"

namespace protocols {
namespace {

using Params = CreditRecurrent::Params;
using Eigen::Index;
using Eigen::MatrixXd;

struct Found {
    double feedback_error = 0;
    double clamp_error = 0;
    double growth_rate = 0;
    double spectrum_difference = 0;
};

// The distance from each eigenvalue to the nearest one of the other matrix that is left.
double difference_of_spectra(const MatrixXd& a, const MatrixXd& b) {
    const Eigen::VectorXcd in_a = models::spectrum(a);
    const Eigen::VectorXcd in_b = models::spectrum(b);
    std::vector<std::complex<double>> left(in_b.begin(), in_b.end());
    double worst = 0;
    for (const auto value : in_a) {
        const auto nearest = std::min_element(left.begin(), left.end(), [&](auto x, auto y) {
            return std::abs(x - value) < std::abs(y - value);
        });
        worst = std::max(worst, std::abs(*nearest - value));
        left.erase(nearest);
    }
    return worst;
}

class Case {
public:
    Case(const Params& p, std::uint64_t seed) : params_(p), seed_(seed) {
        models::RecurrentSpec spec;
        spec.inputs = static_cast<Index>(p.inputs);
        spec.hidden = static_cast<Index>(p.hidden);
        spec.outputs = static_cast<Index>(p.outputs);
        spec.activation = models::activation_named(p.activation);
        spec.gain = p.gain;
        spec.density = p.density;
        spec.seed = seed;
        network_ = models::recurrent_network(spec);
        inputs_ = normal_matrix(spec.inputs, 1, seed, 1);
        targets_ = 0.5 * normal_matrix(spec.outputs, 1, seed, 2);
    }

    /// Nothing if there is no stable equilibrium.
    std::optional<Found> measure() {
        try {
            models::settle_firing(network_, inputs_, {}, state_);
            const auto firing = models::firing_jacobian(network_, state_, 0);
            Found found;
            found.growth_rate = models::growth_rate(firing);
            found.spectrum_difference =
                difference_of_spectra(firing, models::credit_jacobian(network_, state_, 0));
            const auto with_feedback = change(models::OutputMode::error_plus_feedback);
            const auto clamped = change(models::OutputMode::clamp);
            measure_slopes(with_feedback, clamped, found);
            return found;
        } catch (const sim::NumericFailure&) {
            return std::nullopt;
        }
    }

private:
    models::RateChange change(models::OutputMode mode) {
        const auto error = models::output_error(models::Loss::squared,
                                                models::outputs(network_, state_), targets_);
        models::settle_credit(network_, error, mode, {}, state_);
        return models::credit_change(network_, state_);
    }

    double loss() {
        models::NetworkState state;
        models::settle_firing(network_, inputs_, {}, state);
        return models::loss_value(models::Loss::squared, models::outputs(network_, state),
                                  targets_);
    }

    // -dL / dw by central differences.
    double slope(double& weight) {
        const double middle = weight;
        weight = middle + params_.step;
        const double above = loss();
        weight = middle - params_.step;
        const double below = loss();
        weight = middle;
        return (below - above) / (2 * params_.step);
    }

    static std::span<double> numbers(models::RateWeights& weights) {
        if (auto* dense = std::get_if<models::DenseWeights>(&weights))
            return {dense->data(), static_cast<std::size_t>(dense->size())};
        auto& sparse = std::get<models::SparseWeights>(weights);
        return {sparse.valuePtr(), static_cast<std::size_t>(sparse.nonZeros())};
    }

    void measure_slopes(models::RateChange feedback, models::RateChange clamped, Found& found) {
        sim::RandomStream random({seed_, 3, sim::Purpose::source}, 0);
        double size = 0;
        for (int i = 0; i < static_cast<int>(params_.weights); ++i) {
            const auto p = static_cast<std::size_t>(random.below(network_.projections.size()));
            const auto own = numbers(network_.projections[p].weights);
            const auto k =
                static_cast<std::size_t>(random.below(std::max<std::size_t>(1, own.size())));
            if (own.empty() || own[k] == 0) continue;  // no synapse
            const double measured = slope(own[k]);
            size = std::max(size, std::abs(measured));
            found.feedback_error = std::max(found.feedback_error,
                                            std::abs(numbers(feedback.weights[p])[k] - measured));
            found.clamp_error =
                std::max(found.clamp_error, std::abs(numbers(clamped.weights[p])[k] - measured));
        }
        found.feedback_error /= size;
        found.clamp_error /= size;
    }

    const Params& params_;
    std::uint64_t seed_;
    models::RateNetwork network_;
    MatrixXd inputs_;
    MatrixXd targets_;
    models::NetworkState state_;
};

std::optional<SpikingAgreement> in_spikes(const Params& p, std::uint64_t seed) {
    models::RecurrentSpec spec;
    spec.inputs = static_cast<Eigen::Index>(p.spiking_inputs);
    spec.hidden = static_cast<Eigen::Index>(p.spiking_hidden);
    spec.outputs = static_cast<Eigen::Index>(p.outputs);
    spec.activation = models::Activation::relu;
    spec.gain = p.spiking_gain;
    spec.output_feedback = false;
    spec.seed = seed;
    auto network = models::recurrent_network(spec);
    network.layers.back().activation = models::Activation::linear;
    set_drive(network, p.drive);
    try {
        return agreement_in_spikes(network, random_pattern(network, seed), settings_of(p), seed);
    } catch (const sim::NumericFailure&) {
        return std::nullopt;
    }
}

void add_spiking(const Params& p, StudyContext& context, Json& results) {
    std::vector<std::optional<SpikingAgreement>> all(static_cast<std::size_t>(p.spiking_networks));
    for_each_case(context, all.size(), "presentation",
                  [&](std::size_t i) { all[i] = in_spikes(p, context.seed() + i); });
    std::vector<SpikingAgreement> stable;
    for (const auto& one : all)
        if (one) stable.push_back(*one);
    results["spiking_stable"] = stable.size();
    results["spiking_cosine"] = results["spiking_norm"] = Json::array();
    results["spiking_events"] = nullptr;
    if (stable.empty()) return;
    const auto mean = mean_of(stable);
    results["spiking_cosine"] = mean.cosine;
    results["spiking_norm"] = mean.norm;
    results["spiking_events"] = mean.events();
}

}  // namespace

Json CreditRecurrent::run(const Params& p, StudyContext& context) {
    const auto networks = static_cast<std::size_t>(p.networks);
    std::vector<std::optional<Found>> all(networks);
    const auto done = for_each_case(context, networks, "network", [&](std::size_t i) {
        all[i] = Case(p, context.seed() + i).measure();
    });
    Json results;
    const auto list = [&](const char* name, double Found::*member) {
        results[name] = Json::array();
        std::vector<double> values;
        for (std::size_t i = 0; i < networks; ++i) {
            if (!done[i]) continue;
            results[name].push_back(all[i] ? Json((*all[i]).*member) : Json());
            if (all[i]) values.push_back((*all[i]).*member);
        }
        return values;
    };
    const auto feedback = list("feedback_error", &Found::feedback_error);
    const auto clamp = list("clamp_error", &Found::clamp_error);
    list("growth_rate", &Found::growth_rate);
    list("spectrum_difference", &Found::spectrum_difference);
    results["unstable"] =
        std::count(done.begin(), done.end(), true) - static_cast<std::ptrdiff_t>(feedback.size());
    results["max_feedback_error"] = largest_of(feedback);
    results["min_clamp_error"] =
        clamp.empty() ? Json() : Json(*std::min_element(clamp.begin(), clamp.end()));
    add_spiking(p, context, results);
    return results;
}

}  // namespace protocols
