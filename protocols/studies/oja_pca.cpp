// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/oja_pca.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "protocols/studies/correlated_inputs.hpp"

namespace protocols {
namespace {

constexpr double resolution = 0.1;  // ms
constexpr double delay = 2 * resolution;

// Of the one common train.
Eigen::MatrixXd profile(const OjaPca::Params& p) {
    const auto n = static_cast<Eigen::Index>(p.inputs);
    return Eigen::RowVectorXd::LinSpaced(n, p.least, p.most);
}

sim::Description describe(const OjaPca::Params& p, const plastic::Trains& trains,
                          std::uint64_t seed) {
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

double least_cosine(const Eigen::MatrixXd& weights, const Eigen::VectorXd& direction) {
    double least = 1;
    for (Eigen::Index k = 0; k < weights.rows(); ++k) {
        const double length = weights.row(k).norm();
        if (length == 0) return 0;
        least = std::min(least, weights.row(k).dot(direction) / length);
    }
    return least;
}

}  // namespace

Json OjaPca::run(const Params& p, StudyContext& context) {
    const auto trains = plastic::correlated_trains(p.rate, profile(p), p.duration, context.seed());
    plastic::Run run(describe(p, trains, context.seed()), context);
    const auto start = plastic::weight_matrix(run, "inputs_to_neurons", p.neurons, p.inputs);
    run.advance(p.duration, "weights turn");
    const auto weights = plastic::weight_matrix(run, "inputs_to_neurons", p.neurons, p.inputs);

    const double end = std::max(run.time(), resolution);
    const Eigen::MatrixXd moments =
        plastic::trace_moments(plastic::until(trains, end), p.tau, p.tau, end);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments);
    const auto n = moments.rows();
    Eigen::VectorXd component = solver.eigenvectors().col(n - 1);
    if (component.sum() < 0) component = -component;

    Json results = Json::object();
    results["cosine"] = least_cosine(weights, component);
    results["cosine_start"] = least_cosine(start, component);
    results["cosine_mean"] = component.sum() / std::sqrt(static_cast<double>(n));
    results["squares"] = weights.squaredNorm() / p.neurons;
    results["component"] = plastic::rows(component.transpose())[0];
    results["weights"] = plastic::rows(weights);
    results["moments"] = plastic::rows(moments);
    results["gap"] = solver.eigenvalues()[n - 2] / solver.eigenvalues()[n - 1];
    return results;
}

}  // namespace protocols
