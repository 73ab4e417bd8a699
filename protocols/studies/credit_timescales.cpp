// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/credit_timescales.hpp"

#include "models/rate/backprop.hpp"
#include "models/rate/credit_ode.hpp"

namespace protocols {
namespace {

using Params = CreditTimescales::Params;
using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::array presentations{1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0};
constexpr std::array ratios{0.5, 1.0, 2.0, 5.0, 10.0, 30.0};
constexpr std::array delays{0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0};
constexpr std::array plasticities{0.3, 1.0, 3.0, 10.0, 100.0, 1000.0};

/// Durations of one presentation, in ms.
struct Schedule {
    double tau_f, tau_c, tau_w;
    double before;  ///< stimulus alone
    double taught;
};

struct Outcome {
    double cosine = 0;
    double norm = 0;
    double error = 0;
};

struct Point {
    const char* curve;
    Schedule schedule;
};

std::vector<Point> all_points(const Params& p) {
    std::vector<Point> points;
    const auto slow = [&](double taught) { return p.plasticity * taught; };
    for (const double length : presentations) {
        const double taught = length * p.tau_c;
        points.push_back({"presentation", {p.tau_f, p.tau_c, slow(taught), 0, taught}});
    }
    const double usual = p.presentation * p.tau_c;
    for (const double ratio : ratios) {
        const double tau_c = ratio * p.tau_f;
        const double taught = p.presentation * tau_c;
        points.push_back({"credit_over_firing", {p.tau_f, tau_c, slow(taught), 0, taught}});
    }
    for (const double delay : delays) {
        const double taught = 5 * p.tau_f;
        points.push_back(
            {"teacher_delay", {p.tau_f, p.tau_f, slow(taught), delay * p.tau_f, taught}});
    }
    for (const double ratio : plasticities)
        points.push_back(
            {"plasticity_over_presentation", {p.tau_f, p.tau_c, ratio * usual, 0, usual}});
    return points;
}

Outcome compare(const Params& p, const Schedule& schedule, std::uint64_t seed) {
    models::LayeredSpec spec;
    spec.sizes.assign(static_cast<std::size_t>(p.layers) + 1, static_cast<Index>(p.width));
    spec.hidden = models::activation_named(p.activation);
    spec.gain = p.gain;
    spec.seed = seed;
    const auto network = models::layered_network(spec);
    const MatrixXd inputs = normal_matrix(spec.sizes.front(), 1, seed, 1);
    const MatrixXd targets = normal_matrix(spec.sizes.back(), 1, seed, 2);
    models::CreditTimes times{schedule.tau_f, schedule.tau_c, schedule.tau_w, p.tolerance};
    models::CreditOde ode(network, times, models::OutputMode::clamp, models::Loss::squared, inputs);
    ode.advance(schedule.before);
    ode.teach(targets);
    ode.advance(schedule.taught);
    const Eigen::VectorXd found = flat(ode.gathered()) / schedule.taught;
    const auto right =
        flat(models::backprop(network, inputs, targets, models::Loss::squared).change);
    return {cosine(found, right), found.norm() / right.norm(),
            (found - right).norm() / right.norm()};
}

}  // namespace

Json CreditTimescales::run(const Params& p, StudyContext& context) {
    const auto points = all_points(p);
    const auto networks = static_cast<std::size_t>(p.networks);
    std::vector<Outcome> all(points.size() * networks);
    const auto done = for_each_case(context, all.size(), "presentation", [&](std::size_t i) {
        all[i] = compare(p, points[i / networks].schedule, context.seed() + i % networks);
    });
    Json results;
    for (const auto& [name, meaning] : CreditTimescales::results()) results[name] = Json::array();
    for (std::size_t k = 0; k < points.size(); ++k) {
        Outcome mean;
        bool is_whole = true;
        for (std::size_t i = k * networks; i < (k + 1) * networks; ++i) {
            is_whole = is_whole && done[i];
            mean.cosine += all[i].cosine / p.networks;
            mean.norm += all[i].norm / p.networks;
            mean.error += all[i].error / p.networks;
        }
        if (!is_whole) continue;
        const auto& [curve, schedule] = points[k];
        const std::string name = curve;
        if (name == "presentation") {
            results[name].push_back(schedule.taught / p.tau_c);
            results["cosine"].push_back(mean.cosine);
            results["norm"].push_back(mean.norm);
            results["error"].push_back(mean.error);
        } else if (name == "credit_over_firing") {
            results[name].push_back(schedule.tau_c / p.tau_f);
            results["credit_over_firing_cosine"].push_back(mean.cosine);
        } else if (name == "teacher_delay") {
            results[name].push_back(schedule.before / p.tau_f);
            results["settling_cosine"].push_back(mean.cosine);
        } else {
            results[name].push_back(schedule.tau_w / schedule.taught);
            results["plasticity_cosine"].push_back(mean.cosine);
        }
    }
    return results;
}

}  // namespace protocols
