// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/oja_pca.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "protocols/studies/plastic_network.hpp"
#include "sim/core/random.hpp"

namespace protocols {
namespace {

constexpr double resolution = 0.1;  // ms
constexpr double delay = 2 * resolution;

using Trains = std::vector<std::vector<double>>;

// Every input copies a spike of the common train with its own probability, and has spikes of its own
// besides, so that all fire alike.
Trains correlated_trains(const OjaPca::Params& p, double end, std::uint64_t seed) {
    const sim::RandomKey key{seed, plastic::own_part, sim::Purpose::source};
    const auto n = static_cast<std::size_t>(p.inputs);
    sim::RandomStream common(key, 0);
    std::vector<double> shared;
    for (double t = 0; (t += 1000 / p.rate * common.exponential()) < end;) shared.push_back(t);
    Trains trains(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double copied =
            p.least + (p.most - p.least) * static_cast<double>(i) / static_cast<double>(n - 1);
        sim::RandomStream own(key, i + 1);
        for (const double t : shared)
            if (own.uniform() < copied) trains[i].push_back(t);
        const double rest = p.rate * (1 - copied);
        if (rest > 0)
            for (double t = 0; (t += 1000 / rest * own.exponential()) < end;)
                trains[i].push_back(t);
        std::sort(trains[i].begin(), trains[i].end());
    }
    return trains;
}

// Time averages of the products of two traces, in closed form between spikes.
Eigen::MatrixXd second_moments(const Trains& trains, double tau, double end) {
    struct Spike {
        double time;
        Eigen::Index input;
    };
    std::vector<Spike> spikes;
    for (std::size_t i = 0; i < trains.size(); ++i)
        for (const double t : trains[i]) spikes.push_back({t, static_cast<Eigen::Index>(i)});
    std::sort(spikes.begin(), spikes.end(),
              [](const Spike& a, const Spike& b) { return a.time < b.time; });
    const auto n = static_cast<Eigen::Index>(trains.size());
    Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, n);
    double now = 0;
    const auto pass = [&](double until) {
        const double dt = until - now;
        if (dt > 0) sum -= std::expm1(-2 * dt / tau) * tau / 2 * (x * x.transpose());
        x *= std::exp(-dt / tau);
        now = until;
    };
    for (const auto& spike : spikes) {
        pass(spike.time);
        x[spike.input] += 1;
    }
    pass(end);
    return sum / end;
}

sim::Description describe(const OjaPca::Params& p, const Trains& trains, std::uint64_t seed) {
    sim::Description d;
    d.name = "oja_pca";
    d.run.duration = p.duration;
    d.run.resolution = resolution;
    d.run.seed = seed;
    d.sources = {plastic::trains("inputs", trains)};
    d.neurons = {plastic::neurons("neurons", "rate_unit", p.neurons, {{"tau", p.tau}})};
    d.neurons[0].initial["phase"] = sim::Value::uniform(0, 1);
    auto inputs =
        plastic::projection("inputs", "neurons", "all_to_all", sim::Value::uniform(0, 1), delay);
    // The spike of a rate unit and the trace meet nearly at once, as in theory.
    inputs.dendritic_delay = resolution / 2;
    plastic::learn(inputs, "oja", {{"tau", p.tau}, {"eta", p.eta}, {"w_0", 1}});
    d.projections = {inputs};
    d.record.all_spikes = false;
    return d;
}

Eigen::MatrixXd weights_of(const plastic::Run& run, const OjaPca::Params& p) {
    Eigen::MatrixXd weights(static_cast<Eigen::Index>(p.neurons),
                            static_cast<Eigen::Index>(p.inputs));
    run.for_each_synapse("inputs_to_neurons", [&](std::uint64_t source, std::uint64_t target,
                                                  std::span<const double> values) {
        weights(static_cast<Eigen::Index>(target), static_cast<Eigen::Index>(source)) = values[0];
    });
    return weights;
}

double least_cosine(const Eigen::MatrixXd& weights, const Eigen::VectorXd& direction) {
    double least = 1;
    for (Eigen::Index k = 0; k < weights.rows(); ++k) {
        const double length = weights.row(k).norm();
        if (length == 0) return 0;
        least = std::min(least, weights.row(k).dot(direction) / length);
    }
    return least;
}

Json rows(const Eigen::MatrixXd& matrix) {
    Json result = Json::array();
    for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
        Json row = Json::array();
        for (Eigen::Index i = 0; i < matrix.cols(); ++i) row.push_back(matrix(k, i));
        result.push_back(row);
    }
    return result;
}

}  // namespace

Json OjaPca::run(const Params& p, StudyContext& context) {
    const auto trains = correlated_trains(p, p.duration, context.seed());
    plastic::Run run(describe(p, trains, context.seed()), context);
    const auto start = weights_of(run, p);
    run.advance(p.duration, "weights turn");
    const auto weights = weights_of(run, p);

    const double end = std::max(run.time(), resolution);
    auto played = trains;
    for (auto& train : played)
        train.erase(std::lower_bound(train.begin(), train.end(), end), train.end());
    const Eigen::MatrixXd moments = second_moments(played, p.tau, end);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments);
    const auto n = moments.rows();
    Eigen::VectorXd component = solver.eigenvectors().col(n - 1);
    if (component.sum() < 0) component = -component;

    Json results = Json::object();
    results["cosine"] = least_cosine(weights, component);
    results["cosine_start"] = least_cosine(start, component);
    results["cosine_mean"] = component.sum() / std::sqrt(static_cast<double>(n));
    results["squares"] = weights.squaredNorm() / p.neurons;
    results["component"] = rows(component.transpose())[0];
    results["weights"] = rows(weights);
    results["moments"] = rows(moments);
    results["gap"] = solver.eigenvalues()[n - 2] / solver.eigenvalues()[n - 1];
    return results;
}

}  // namespace protocols
