// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/replay_gradient.hpp"

#include <cmath>
#include <numeric>

#include "models/rate/reversible_gradient.hpp"

namespace protocols {
namespace {

using models::EpisodeBatch;
using models::Loss;
using models::ReversibleNetwork;

EpisodeBatch random_episodes(const ReplayGradient::Params& p, const sim::RandomKey& key) {
    const auto whole = [](double x) { return static_cast<std::size_t>(x); };
    EpisodeBatch batch(whole(p.steps), whole(p.inputs), whole(p.outputs), whole(p.episodes));
    for (std::size_t lane = 0; lane < batch.episodes; ++lane) {
        sim::RandomStream draws(key, lane);
        for (std::size_t t = 0; t < batch.steps; ++t) {
            for (std::size_t i = 0; i < batch.inputs; ++i)
                batch.input_of(t, i, lane) = draws.normal();
            batch.target_of(t, draws.below(batch.outputs), lane) = 1;
            batch.taught[t * batch.lanes + lane] = 1;
        }
    }
    return batch;
}

models::ReversibleConfig config_of(const ReplayGradient::Params& p, models::Arithmetic arithmetic) {
    models::ReversibleConfig config;
    const auto inputs = static_cast<std::size_t>(p.inputs);
    const auto outputs = static_cast<std::size_t>(p.outputs);
    if (p.network == "published") config = models::published_config(inputs, outputs);
    config.inputs = inputs;
    config.outputs = outputs;
    config.arithmetic = arithmetic;
    return config;
}

struct Found {
    std::vector<double> gradient;
    double loss = 0;  // mean over teachings
    double reversal_error = 0;
};

double mean_loss(const models::BackwardPass& pass, const EpisodeBatch& batch) {
    return std::accumulate(pass.losses().begin(), pass.losses().end(), 0.0) / batch.teachings();
}

Found stored(const ReversibleNetwork& network, const EpisodeBatch& batch) {
    models::ReversibleWorkspace work(network.config(), batch.lanes);
    models::BackwardPass pass(network, batch.lanes);
    models::History history;
    run_and_store(network, batch, history, work);
    history_backward(network, batch, Loss::cross_entropy, exact_feedback(network), history, work,
                     pass);
    return {pass.gradient(), mean_loss(pass, batch), 0};
}

Found replayed(const ReversibleNetwork& network, const EpisodeBatch& batch) {
    models::ReversibleWorkspace work(network.config(), batch.lanes);
    models::BackwardPass pass(network, batch.lanes);
    models::BitStacks bits(batch.lanes);
    const auto first = network.initial_state(batch.lanes);
    auto state = first;
    run_forward(network, batch, state, work, &bits);
    replay_backward(network, batch, Loss::cross_entropy, exact_feedback(network), state, &bits,
                    work, pass);
    Found found{pass.gradient(), mean_loss(pass, batch), 0};
    for (std::size_t i = 0; i < first.a.size(); ++i)
        found.reversal_error = std::max({found.reversal_error, std::fabs(state.a[i] - first.a[i]),
                                         std::fabs(state.b[i] - first.b[i])});
    found.reversal_error *= network.scale();
    return found;
}

double largest(const std::vector<double>& values) {
    double most = 0;
    for (const double x : values) most = std::max(most, std::fabs(x));
    return most;
}

// Central differences need a smooth loss, so the run is in double precision.
double finite_difference_error(const ReplayGradient::Params& p, const EpisodeBatch& batch,
                               StudyContext& context) {
    const auto key = network_key(context.seed());
    ReversibleNetwork network(config_of(p, models::Arithmetic::double_precision), key);
    const auto exact = stored(network, batch);
    const auto probes = static_cast<std::size_t>(p.probes);
    sim::RandomStream draws(test_key(context.seed()), 0);
    double error = 0;
    for (std::size_t k = 0; k < probes && !context.cancelled(); ++k) {
        context.progress(static_cast<double>(k) / p.probes, "finite differences");
        std::size_t which = 0;
        do which = draws.below(exact.gradient.size());
        while (exact.gradient[which] == 0);  // what fills up a row
        constexpr double h = 1e-5;
        double& weight = network.weights()[which];
        const double before = weight;
        weight = before + h;
        const double up = stored(network, batch).loss;
        weight = before - h;
        const double down = stored(network, batch).loss;
        weight = before;
        error = std::max(error, std::fabs((up - down) / (2 * h) - exact.gradient[which]));
    }
    return error / largest(exact.gradient);
}

}  // namespace

Json ReplayGradient::run(const Params& p, StudyContext& context) {
    const auto arithmetic = p.arithmetic == "fixed" ? models::Arithmetic::fixed_point
                                                    : models::Arithmetic::double_precision;
    const ReversibleNetwork network(config_of(p, arithmetic), network_key(context.seed()));
    const auto batch = random_episodes(p, episode_key(context.seed()));
    const auto exact = stored(network, batch), found = replayed(network, batch);
    double difference = 0, dot = 0, exact_square = 0, found_square = 0;
    for (std::size_t i = 0; i < exact.gradient.size(); ++i) {
        const double e = exact.gradient[i], f = found.gradient[i];
        difference = std::max(difference, std::fabs(e - f));
        dot += e * f;
        exact_square += e * e;
        found_square += f * f;
    }
    Json results = Json::object();
    results["relative_error"] = difference / largest(exact.gradient);
    results["cosine"] = dot / std::sqrt(exact_square * found_square);
    results["finite_difference_error"] = finite_difference_error(p, batch, context);
    results["reversal_error"] = found.reversal_error;
    results["gradient_norm"] = std::sqrt(exact_square);
    return results;
}

}  // namespace protocols
