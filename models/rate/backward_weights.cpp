// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/backward_weights.hpp"

#include <cmath>

#include "models/rate/gram_schmidt.hpp"

namespace models {
namespace {

using Columns = std::vector<std::vector<double>>;

struct Samples {
    Columns rates, currents;  // [unit][sample]

    explicit Samples(std::size_t units) : rates(units), currents(units) {}

    void add(const MatrixView& recurrent, const std::vector<double>& source, std::size_t lanes,
             std::size_t episodes, std::vector<double>& product) {
        multiply(recurrent, source.data(), product.data(), lanes);
        for (std::size_t i = 0; i < rates.size(); ++i) {
            const auto row = [&](const std::vector<double>& all) {
                return all.begin() + static_cast<std::ptrdiff_t>(i * lanes);
            };
            const auto count = static_cast<std::ptrdiff_t>(episodes);
            rates[i].insert(rates[i].end(), row(source), row(source) + count);
            currents[i].insert(currents[i].end(), row(product), row(product) + count);
        }
    }
};

struct Misfit {
    double difference = 0, weights = 0;  // sums of squares
};

// Row after row: what weights give these currents from these rates?
void fit(const Samples& samples, double* weights, std::size_t stride, Misfit& misfit) {
    const auto factors = qr_factors(samples.rates);
    for (std::size_t i = 0; i < samples.currents.size(); ++i) {
        const auto row = least_squares(factors, samples.currents[i]);
        for (std::size_t j = 0; j < row.size(); ++j) {
            double& w = weights[i * stride + j];
            misfit.difference += (row[j] - w) * (row[j] - w);
            misfit.weights += w * w;
            w = row[j];
        }
    }
}

}  // namespace

BackwardWeights fit_backward_weights(const ReversibleNetwork& network, const EpisodeBatch& batch) {
    const std::size_t n = network.units();
    Samples into_a(n), into_b(n);
    ReversibleWorkspace work(network.config(), batch.lanes);
    std::vector<double> product(n * batch.lanes);
    auto state = network.initial_state(batch.lanes);
    for (std::size_t t = 0; t < batch.steps; ++t) {
        network.step(state, batch.input_at(t), work, nullptr);
        into_a.add(network.into_a().some_columns(0, n), work.source_a, batch.lanes, batch.episodes,
                   product);
        into_b.add(network.into_b().some_columns(0, n), work.source_b, batch.lanes, batch.episodes,
                   product);
    }
    if (batch.steps * batch.episodes < n)
        throw sim::NumericFailure(
            "backward weights: " + std::to_string(batch.steps * batch.episodes) + " samples for " +
            std::to_string(n) + " units; take more samples");
    BackwardWeights result{network, 0};
    Misfit misfit;
    auto& weights = result.network.weights();
    fit(into_a, weights.data(), network.stride_a(), misfit);
    fit(into_b, weights.data() + network.begin_b(), network.stride_b(), misfit);
    result.error = std::sqrt(misfit.difference / misfit.weights);
    return result;
}

}  // namespace models
