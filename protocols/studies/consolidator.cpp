// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/consolidator.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/studies/ca3_events.hpp"
#include "sim/core/error.hpp"

namespace protocols::ca3 {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

std::size_t whole(double x) { return static_cast<std::size_t>(x); }
Index index(double x) { return static_cast<Index>(x); }

models::RateNetwork network(const ConsolidatorSpec& spec, const Ca3Params& p, std::uint64_t seed) {
    auto network = models::layered_network(
        {{index(p.items) * index(p.assembly), index(spec.hidden), index(p.items)},
         models::Activation::relu,
         models::Activation::linear,
         1,
         0,
         seed});
    std::get<models::DenseWeights>(network.projections[0].weights) *= spec.input_gain;
    std::get<models::DenseWeights>(network.projections[1].weights) *= spec.readout_gain;
    return network;
}

// A spike in a presentation is a rate of 1.
SpikingLearning learning_of(const ConsolidatorSpec& spec, std::uint64_t seed) {
    SpikingLearning learning;
    learning.settings.rate_hz = 1000 / spec.taught;
    learning.settings.settle = 0;
    learning.settings.taught = spec.taught;
    learning.settings.threshold = spec.threshold;
    learning.settings.is_blocked = {false, false, !spec.has_credit};
    learning.rule.eta = spec.learning_rate;
    learning.seed = seed;
    learning.is_plastic = {true, spec.learns_readout};
    return learning;
}

}  // namespace

std::vector<Volley> volleys(const sim::SpikeColumn& spikes, double begin, double window,
                            double smoothing, const Ca3Params& p) {
    const auto cells = whole(p.items) * whole(p.assembly);
    std::vector<Volley> result;
    std::size_t k = 0;
    for (const auto& cycle : ripple_cycles(spikes, {begin, begin + window}, cells, smoothing)) {
        Volley volley{cycle.begin, {}, Eigen::VectorXd::Zero(index(p.items))};
        for (; k < spikes.times.size() && spikes.times[k] < cycle.end; ++k) {
            if (spikes.times[k] < cycle.begin || spikes.ids[k] >= cells) continue;
            volley.spikes.push_back(
                {spikes.times[k] - cycle.begin, static_cast<std::uint32_t>(spikes.ids[k])});
            volley.items[static_cast<Index>(spikes.ids[k] / whole(p.assembly))] += 1 / p.assembly;
        }
        // Fewer are noise between volleys.
        if (static_cast<double>(volley.spikes.size()) >= p.assembly / 4)
            result.push_back(std::move(volley));
    }
    return result;
}

Lesson replayed(const std::vector<Volley>& volleys, const Ca3Params& p) {
    Lesson result;
    if (volleys.size() < 2) return result;
    result.targets.resize(index(p.items), static_cast<Index>(volleys.size()) - 1);
    for (std::size_t c = 1; c < volleys.size(); ++c) {
        result.inputs.push_back(volleys[c].spikes);
        result.targets.col(static_cast<Index>(c) - 1) = volleys[c - 1].items;
    }
    return result;
}

Lesson as_lived(const Ca3Params& p, sim::RandomStream& random) {
    const auto size = whole(p.assembly);
    const auto items = whole(p.items);
    Lesson result{{}, MatrixXd::Zero(index(p.items), index(p.items) - 1)};
    for (std::size_t item = 0; item + 1 < items; ++item) {
        Trains spikes;
        for (std::size_t cell = item * size; cell < (item + 1) * size; ++cell)
            spikes.push_back(
                {p.jitter * std::fabs(random.normal()), static_cast<std::uint32_t>(cell)});
        std::sort(spikes.begin(), spikes.end(),
                  [](const auto& a, const auto& b) { return a.time < b.time; });
        result.inputs.push_back(std::move(spikes));
        result.targets(static_cast<Index>(item) + 1, static_cast<Index>(item)) = 1;
    }
    return result;
}

Consolidator::Consolidator(const ConsolidatorSpec& spec, const Ca3Params& p, std::uint64_t seed)
    : items_(index(p.items)),
      assembly_(index(p.assembly)),
      ask_(spec.ask),
      learning_(learning_of(spec, seed)),
      learner_(network(spec, p, seed), learning_) {}

void Consolidator::learn(const Lesson& lesson) {
    if (lesson.inputs.empty()) return;
    learner_.learn(lesson.inputs, lesson.targets, nullptr);
    // Far more than any weight that learns; a hidden cell would never come to an end of its spikes.
    constexpr double too_large = 1000;  // spikes by one spike
    const auto& weights = learner_.network().projections[0].by_pre;
    if (!std::all_of(weights.begin(), weights.end(),
                     [](double w) { return std::fabs(w) < too_large; }))
        throw sim::NumericFailure(
            "ca3_consolidation: the weights of the consolidator run away; lower learning_rate");
}

std::vector<std::size_t> Consolidator::next() const {
    auto asking = learning_;
    asking.settings.rate_hz = 100;
    asking.settings.settle = 20;
    asking.settings.taught = ask_;
    MatrixXd inputs = MatrixXd::Zero(items_ * assembly_, items_);
    for (Index item = 0; item < items_; ++item)
        inputs.col(item).segment(item * assembly_, assembly_).setOnes();
    const MatrixXd told = SpikingLearner(learner_.as_rates(), asking).answer(inputs, nullptr);
    std::vector<std::size_t> result;
    for (Index item = 0; item < items_; ++item) {
        Index best = 0;
        told.col(item).maxCoeff(&best);
        result.push_back(static_cast<std::size_t>(best));
    }
    return result;
}

}  // namespace protocols::ca3
