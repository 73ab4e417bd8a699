// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/correlated_inputs.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/random.hpp"

namespace protocols::plastic {
namespace {

std::vector<double> poisson_times(double rate_hz, double end, sim::RandomStream& stream) {
    std::vector<double> times;
    if (rate_hz > 0)
        for (double t = 0; (t += 1000 / rate_hz * stream.exponential()) < end;) times.push_back(t);
    return times;
}

}  // namespace

Trains correlated_trains(double rate_hz, const Eigen::MatrixXd& copied, double end,
                         std::uint64_t seed) {
    const sim::RandomKey key{seed, own_part, sim::Purpose::source};
    const auto commons = static_cast<std::uint64_t>(copied.rows());
    std::vector<std::vector<double>> shared;
    for (std::uint64_t k = 0; k < commons; ++k) {
        sim::RandomStream stream(key, k);
        shared.push_back(poisson_times(rate_hz, end, stream));
    }
    Trains trains;
    for (Eigen::Index i = 0; i < copied.cols(); ++i) {
        sim::RandomStream own(key, commons + static_cast<std::uint64_t>(i));
        auto& train = trains.emplace_back();
        for (std::size_t k = 0; k < shared.size(); ++k)
            for (const double t : shared[k])
                if (own.uniform() < copied(static_cast<Eigen::Index>(k), i)) train.push_back(t);
        const auto rest = poisson_times(rate_hz * (1 - copied.col(i).sum()), end, own);
        train.insert(train.end(), rest.begin(), rest.end());
        std::sort(train.begin(), train.end());
    }
    return trains;
}

Eigen::MatrixXd trace_moments(const Trains& trains, double tau_a, double tau_b, double end) {
    struct Spike {
        double time;
        Eigen::Index input;
    };
    std::vector<Spike> spikes;
    for (std::size_t i = 0; i < trains.size(); ++i)
        for (const double t : trains[i]) spikes.push_back({t, static_cast<Eigen::Index>(i)});
    std::sort(spikes.begin(), spikes.end(),
              [](const Spike& x, const Spike& y) { return x.time < y.time; });
    const auto n = static_cast<Eigen::Index>(trains.size());
    Eigen::VectorXd a = Eigen::VectorXd::Zero(n);
    Eigen::VectorXd b = Eigen::VectorXd::Zero(n);
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, n);
    const double rate = 1 / tau_a + 1 / tau_b;
    double now = 0;
    const auto pass = [&](double time) {
        const double dt = time - now;
        if (dt > 0) sum -= std::expm1(-dt * rate) / rate * (a * b.transpose());
        a *= std::exp(-dt / tau_a);
        b *= std::exp(-dt / tau_b);
        now = time;
    };
    for (const auto& spike : spikes) {
        pass(spike.time);
        a[spike.input] += 1;
        b[spike.input] += 1;
    }
    pass(end);
    return sum / end;
}

Trains until(Trains trains, double end) {
    for (auto& train : trains)
        train.erase(std::lower_bound(train.begin(), train.end(), end), train.end());
    return trains;
}

Eigen::MatrixXd weight_matrix(const Run& run, const std::string& projection, double targets,
                              double sources) {
    Eigen::MatrixXd weights(static_cast<Eigen::Index>(targets), static_cast<Eigen::Index>(sources));
    run.for_each_synapse(projection, [&](std::uint64_t source, std::uint64_t target,
                                         std::span<const double> values) {
        weights(static_cast<Eigen::Index>(target), static_cast<Eigen::Index>(source)) = values[0];
    });
    return weights;
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

}  // namespace protocols::plastic
