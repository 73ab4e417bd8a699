// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/sanger_pca.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/studies/correlated_inputs.hpp"

namespace protocols {
namespace {

constexpr double resolution = 0.1;  // ms
constexpr double delay = 2 * resolution;

// Every source has a group of inputs, smaller than that of the source before, which copies most of it;
// the other inputs copy a little. So the components have variances well apart.
Eigen::MatrixXd profiles(const SangerPca::Params& p) {
    const auto sources = static_cast<Eigen::Index>(p.sources);
    const auto inputs = static_cast<Eigen::Index>(p.inputs);
    const double little = sources > 1 ? 0.2 / static_cast<double>(sources - 1) : 0;
    Eigen::MatrixXd copied = Eigen::MatrixXd::Constant(sources, inputs, p.copied * little);
    const double total = static_cast<double>(sources * (sources + 1)) / 2;
    double share = 0;
    Eigen::Index first = 0;
    for (Eigen::Index k = 0; k < sources; ++k) {
        share += static_cast<double>(sources - k) / total;
        const auto end = static_cast<Eigen::Index>(std::lround(share * p.inputs));
        copied.row(k).segment(first, end - first).setConstant(p.copied * (sources > 1 ? 0.8 : 1));
        first = end;
    }
    return copied;
}

sim::Description describe(const SangerPca::Params& p, const plastic::Trains& trains,
                          std::uint64_t seed) {
    sim::Description d;
    d.name = "sanger_pca";
    d.run.duration = p.duration;
    d.run.resolution = resolution;
    d.run.seed = seed;
    d.sources = {plastic::trains("inputs", trains)};
    d.neurons = {
        plastic::neurons("neurons", "rate_unit", p.neurons, {{"tau", p.tau}, {"bias", p.bias}})};
    d.neurons[0].initial["phase"] = sim::Value::uniform(0, 1);
    auto inputs = plastic::projection("inputs", "neurons", "all_to_all",
                                      sim::Value::uniform(-0.5, 0.5), delay);
    inputs.dendritic_delay = resolution / 2;
    plastic::learn(inputs, "sanger",
                   {{"tau", p.tau},
                    {"tau_mean", p.tau_mean},
                    {"eta", p.eta},
                    {"w_0", p.w_0},
                    {"w_max", 10 * std::sqrt(p.w_0)},
                    {"every", p.every}});
    d.projections = {inputs};
    d.record.all_spikes = false;
    return d;
}

// Of x = fast - (tau / tau_mean) slow.
Eigen::MatrixXd covariance_of(const plastic::Trains& trains, const SangerPca::Params& p,
                              double end) {
    const double c = p.tau / p.tau_mean;
    const Eigen::MatrixXd mixed = plastic::trace_moments(trains, p.tau, p.tau_mean, end);
    return plastic::trace_moments(trains, p.tau, p.tau, end) - c * (mixed + mixed.transpose()) +
           c * c * plastic::trace_moments(trains, p.tau_mean, p.tau_mean, end);
}

double cosine(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
    const double lengths = a.norm() * b.norm();
    return lengths == 0 ? 0 : std::abs(a.dot(b)) / lengths;
}

Json cosines(const Eigen::MatrixXd& weights, const Eigen::MatrixXd& components) {
    Json result = Json::array();
    for (Eigen::Index k = 0; k < std::min(weights.rows(), components.rows()); ++k)
        result.push_back(cosine(weights.row(k), components.row(k)));
    return result;
}

}  // namespace

Json SangerPca::run(const Params& p, StudyContext& context) {
    const auto trains = plastic::correlated_trains(p.rate, profiles(p), p.duration, context.seed());
    plastic::Run run(describe(p, trains, context.seed()), context);
    const auto start = plastic::weight_matrix(run, "inputs_to_neurons", p.neurons, p.inputs);
    run.advance(p.duration, "weights turn");
    const auto weights = plastic::weight_matrix(run, "inputs_to_neurons", p.neurons, p.inputs);

    const double end = std::max(run.time(), resolution);
    const Eigen::MatrixXd covariance = covariance_of(plastic::until(trains, end), p, end);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const Eigen::MatrixXd all = solver.eigenvectors().rowwise().reverse().transpose();
    const Eigen::MatrixXd components = all.topRows(std::min(weights.rows(), all.rows()));
    double overlap = 0;
    for (Eigen::Index i = 0; i < weights.rows(); ++i)
        for (Eigen::Index k = 0; k < i; ++k)
            overlap = std::max(overlap, cosine(weights.row(i), weights.row(k)));

    Json results = Json::object();
    results["cosine"] = cosines(weights, components);
    results["cosine_start"] = cosines(start, components);
    results["overlap"] = overlap;
    results["eigenvalues"] = plastic::rows(solver.eigenvalues().reverse().transpose())[0];
    results["covariance"] = plastic::rows(covariance);
    results["components"] = plastic::rows(components);
    results["weights"] = plastic::rows(weights);
    return results;
}

}  // namespace protocols
