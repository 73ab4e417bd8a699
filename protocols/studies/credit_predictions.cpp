// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_predictions.hpp"

#include <cmath>

#include "protocols/circuits/spiking_credit_learning.hpp"
#include "protocols/studies/credit_decay.hpp"
#include "protocols/studies/spiking_gradient.hpp"

namespace protocols {
namespace {

using Params = CreditPredictions::Params;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::array shifts{-0.5, -0.2, -0.1, 0.1, 0.2, 0.5};
constexpr std::array settle_times{0.0, 5.0, 10.0, 20.0, 50.0, 100.0};

models::RateNetwork network_of(const Params& p, std::uint64_t seed) {
    return random_chain({64, static_cast<Index>(p.width), 10, static_cast<std::size_t>(p.layers),
                         p.gain, p.drive, seed});
}

// One presentation, with its states.
struct Shown {
    models::SpikingNetwork network;
    models::SpikingCredit credit;

    Shown(const models::RateNetwork& rates, const Pattern& pattern,
          const models::SpikingCreditSettings& settings, std::uint64_t seed)
        : network(models::spiking_network(rates)), credit(network, settings) {
        present_in_spikes(network, pattern, seed, credit);
    }

    VectorXd deltas(std::size_t layer) const {
        const auto all = credit.deltas(layer);
        return Eigen::Map<const VectorXd>(all.data(), static_cast<Index>(all.size()));
    }
};

// What one network gives.
struct Case {
    std::vector<std::vector<double>> blocked;  // [blocked layer][weight layer]
    std::vector<MatrixXd> partners;            // [shift] columns: weight, change; active ones
    std::vector<MatrixXd> trials;              // [shift] the same, of separate trials
    std::vector<MatrixXd> upstream;            // [shift] columns: in rates, in spikes
    double shift_silent = 0;
    std::vector<SpikingAgreement> settling;  // [time]
    double silent_neurons = 0, silent_credit = 0, silent_sent = 0, silent_change = 0;
};

void block(const models::RateNetwork& rates, const Pattern& pattern,
           const models::SpikingCreditSettings& settings, std::uint64_t seed, Case& result) {
    const Shown free(rates, pattern, settings, seed);
    const auto all = gathered_change(free.network, free.credit);
    for (std::size_t layer = 1; layer < rates.layers.size(); ++layer) {
        auto blocking = settings;
        blocking.is_blocked.assign(rates.layers.size(), false);
        blocking.is_blocked[layer] = true;
        const Shown blocked(rates, pattern, blocking, seed);
        const auto some = gathered_change(blocked.network, blocked.credit);
        auto& row = result.blocked.emplace_back();
        for (std::size_t k = 0; k < some.weights.size(); ++k)
            row.push_back(flat(some.weights[k]).norm() / flat(all.weights[k]).norm());
    }
}

MatrixXd side_by_side(const std::vector<double>& a, const std::vector<double>& b) {
    const auto rows = static_cast<Index>(a.size());
    MatrixXd result(rows, 2);
    result << Eigen::Map<const VectorXd>(a.data(), rows),
        Eigen::Map<const VectorXd>(b.data(), rows);
    return result;
}

// Active partners of output 0 and how what they sent changed; the largest change of silent ones.
MatrixXd partners(const models::RateNetwork& rates, const Shown& before, const Shown& after,
                  double& silent) {
    const std::size_t last = rates.projections.size() - 1;
    const auto& w = std::get<models::DenseWeights>(rates.projections[last].weights);
    const VectorXd change = after.deltas(last) - before.deltas(last);
    std::vector<double> weights, changes;
    for (Index j = 0; j < change.size(); ++j) {
        const auto neuron = static_cast<std::size_t>(j);
        if (before.credit.rates(last)[neuron] == 0 && after.credit.rates(last)[neuron] == 0)
            silent = std::max(silent, std::abs(change(j)));
        else if (before.credit.rates(last)[neuron] > 0 && after.credit.rates(last)[neuron] > 0) {
            weights.push_back(w(0, j));
            changes.push_back(change(j));
        }
    }
    return side_by_side(weights, changes);
}

// Inhibition of an output stands for a bias of the other sign.
void shift_inhibition(const models::RateNetwork& rates, const Pattern& pattern,
                      const models::SpikingCreditSettings& settings, std::uint64_t seed,
                      Case& result) {
    const Shown before(rates, pattern, settings, seed);
    const std::size_t upstream = rates.layers.size() - 3;
    const VectorXd rate_before = rate_deltas(rates, pattern, upstream);
    for (const double shift : shifts) {
        auto shifted = rates;
        shifted.layers.back().bias(0) -= shift;
        const Shown after(shifted, pattern, settings, seed);
        result.partners.push_back(partners(rates, before, after, result.shift_silent));
        double ignored = 0;
        const Shown trial(shifted, pattern, settings, seed + 1000003);
        result.trials.push_back(partners(rates, before, trial, ignored));
        const VectorXd in_rates = rate_deltas(shifted, pattern, upstream) - rate_before;
        const VectorXd in_spikes = after.deltas(upstream) - before.deltas(upstream);
        auto& columns = result.upstream.emplace_back(in_rates.size(), 2);
        columns << in_rates, in_spikes;
    }
}

void settle(const models::RateNetwork& rates, const Pattern& pattern,
            models::SpikingCreditSettings settings, std::uint64_t seed, Case& result) {
    for (const double time : settle_times) {
        settings.settle = time;
        result.settling.push_back(agreement_in_spikes(rates, pattern, settings, seed));
    }
}

void silence(const models::RateNetwork& rates, const Pattern& pattern,
             const models::SpikingCreditSettings& settings, std::uint64_t seed, Case& result) {
    const Shown shown(rates, pattern, settings, seed);
    const auto change = gathered_change(shown.network, shown.credit);
    for (std::size_t l = 1; l + 1 < rates.layers.size(); ++l) {
        const auto& w = std::get<models::DenseWeights>(change.weights[l - 1]);
        for (std::size_t j = 0; j < shown.network.layers[l].size; ++j) {
            if (shown.credit.rates(l)[j] > 0) continue;
            ++result.silent_neurons;
            const double held = shown.credit.credit(l).held(j, settings.duration());
            result.silent_credit =
                std::max(result.silent_credit, std::abs(held) / settings.most_spikes());
            result.silent_sent = std::max(result.silent_sent, std::abs(shown.credit.deltas(l)[j]));
            result.silent_change =
                std::max(result.silent_change, w.row(static_cast<Index>(j)).cwiseAbs().maxCoeff());
        }
    }
}

Case measure(const Params& p, std::uint64_t seed) {
    const auto rates = network_of(p, seed);
    const auto pattern = random_pattern(rates, seed);
    const auto settings = settings_of(p);
    Case result;
    block(rates, pattern, settings, seed, result);
    shift_inhibition(rates, pattern, settings, seed, result);
    settle(rates, pattern, settings, seed, result);
    silence(rates, pattern, settings, seed, result);
    return result;
}

// All rows of a shift, from all networks.
MatrixXd pooled(const std::vector<Case>& all, std::vector<MatrixXd> Case::*member,
                std::size_t shift) {
    Index rows = 0;
    for (const auto& one : all) rows += (one.*member)[shift].rows();
    MatrixXd result(rows, 2);
    Index row = 0;
    for (const auto& one : all) {
        const auto& some = (one.*member)[shift];
        result.middleRows(row, some.rows()) = some;
        row += some.rows();
    }
    return result;
}

double slope(const MatrixXd& pairs) {
    return pairs.col(0).dot(pairs.col(1)) / pairs.col(0).squaredNorm();
}
double correlation(const MatrixXd& pairs) {
    const MatrixXd centred = pairs.rowwise() - pairs.colwise().mean();
    return cosine(centred.col(0), centred.col(1));
}

// Part of the pairs, with weights that are not tiny, whose change has the sign of shift x weight.
double right_signs(const MatrixXd& pairs, double shift) {
    constexpr double tiny = 0.02;
    double right = 0, count = 0;
    for (Index i = 0; i < pairs.rows(); ++i) {
        if (std::abs(pairs(i, 0)) <= tiny) continue;
        ++count;
        right += pairs(i, 0) * shift * pairs(i, 1) > 0 ? 1 : 0;
    }
    return right / count;
}

void add_shifts(const std::vector<Case>& all, Json& results) {
    for (std::size_t k = 0; k < shifts.size(); ++k) {
        const MatrixXd same = pooled(all, &Case::partners, k);
        const MatrixXd trials = pooled(all, &Case::trials, k);
        const MatrixXd upstream = pooled(all, &Case::upstream, k);
        results["shift"].push_back(shifts[k]);
        results["shift_slope"].push_back(slope(same));
        results["shift_correlation"].push_back(correlation(same) * (shifts[k] > 0 ? 1 : -1));
        results["shift_upstream_slope"].push_back(slope(upstream));
        results["shift_upstream_correlation"].push_back(correlation(upstream));
        results["shift_trial_slope"].push_back(slope(trials));
        results["shift_trial_correlation"].push_back(correlation(trials) *
                                                     (shifts[k] > 0 ? 1 : -1));
        results["shift_trial_sign"].push_back(right_signs(trials, shifts[k]));
    }
}

void add_blocked(const std::vector<Case>& all, Json& results) {
    const std::size_t layers = all.front().blocked.size();
    for (std::size_t b = 0; b < layers; ++b) {
        std::vector<double> mean(layers, 0), theory(layers, 0);
        for (std::size_t l = 0; l < layers; ++l) {
            for (const auto& one : all)
                mean[l] += one.blocked[b][l] / static_cast<double>(all.size());
            theory[l] = l < b ? 0 : 1;
        }
        results["blocked_change"].push_back(mean);
        results["blocked_theory"].push_back(theory);
    }
}

void add_rest(const std::vector<Case>& all, Json& results) {
    double most_shift = 0, neurons = 0, credit = 0, sent = 0, change = 0;
    for (const auto& one : all) {
        most_shift = std::max(most_shift, one.shift_silent);
        neurons += one.silent_neurons;
        credit = std::max(credit, one.silent_credit);
        sent = std::max(sent, one.silent_sent);
        change = std::max(change, one.silent_change);
    }
    results["shift_silent"] = most_shift;
    results["silent_neurons"] = neurons;
    results["silent_credit"] = credit;
    results["silent_sent"] = sent;
    results["silent_change"] = change;
    for (std::size_t k = 0; k < settle_times.size(); ++k) {
        std::vector<SpikingAgreement> some;
        for (const auto& one : all) some.push_back(one.settling[k]);
        results["settle_time"].push_back(settle_times[k]);
        results["settle_cosine"].push_back(mean_of(some).cosine);
    }
}

}  // namespace

Json CreditPredictions::run(const Params& p, StudyContext& context) {
    const auto networks = static_cast<std::size_t>(p.networks);
    std::vector<Case> all(networks);
    const auto done = for_each_case(context, networks, "network", [&](std::size_t i) {
        all[i] = measure(p, context.seed() + i);
    });
    Json results;
    for (const auto& [name, meaning] : CreditPredictions::results()) results[name] = Json::array();
    for (const char* name :
         {"shift_silent", "silent_neurons", "silent_credit", "silent_sent", "silent_change"})
        results[name] = nullptr;
    if (const auto whole = only(all, done); !whole.empty()) {
        add_blocked(whole, results);
        add_shifts(whole, results);
        add_rest(whole, results);
    }
    add_decay({settings_of(p), networks, static_cast<Index>(p.decay_width), p.gain, p.decay_tau_c,
               p.decay_taught, p.decay_rate_hz, p.drive},
              context, results);
    return results;
}

}  // namespace protocols
