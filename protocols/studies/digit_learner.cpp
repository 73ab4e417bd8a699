// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/digit_learner.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

namespace protocols {
namespace {

// Parts of the progress.
constexpr double trained = 0.7;
constexpr double labelled = 0.85;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Shows the first `images` of a set in batches, until it is cancelled.
SpikeCounts show_all(DigitLearner& learner, const data::Digits& digits, Showing purpose,
                     std::size_t images, std::size_t batch, StudyContext& context) {
    const bool is_test = purpose == Showing::test;
    const double begin = is_test ? labelled : trained;
    const double end = is_test ? 1 : labelled;
    SpikeCounts all;
    for (std::size_t first = 0; first < images && !context.cancelled(); first += batch) {
        Presentations shown{digits, purpose, {}, first};
        for (std::size_t i = first; i < std::min(first + batch, images); ++i)
            shown.images.push_back(i);
        for (auto& counts : learner.show(shown, 0)) all.push_back(std::move(counts));
        const double part = static_cast<double>(all.size()) / static_cast<double>(images);
        context.progress(begin + (end - begin) * part, std::string(is_test ? "test" : "labels") +
                                                           ", image " + std::to_string(all.size()));
    }
    return all;
}

/// Returns the spikes of an image, in the mean.
double train(DigitLearner& learner, const data::Digits& digits, const LearningPlan& plan,
             StudyContext& context) {
    const auto images = digits.count();
    const auto passes = static_cast<std::size_t>(plan.passes);
    const auto batch = static_cast<std::size_t>(plan.batch);
    const std::size_t total = images * passes;
    double spikes = 0;
    std::size_t done = 0;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        const auto order = shuffled_order(images, context.seed(), pass);
        for (std::size_t first = 0; first < images && !context.cancelled(); first += batch) {
            Presentations shown{digits, Showing::training, {}, done};
            for (std::size_t i = first; i < std::min(first + batch, images); ++i)
                shown.images.push_back(order[i]);
            const double part = static_cast<double>(done) / static_cast<double>(total);
            const auto counts = learner.show(shown, part);
            for (const auto& of_image : counts)
                spikes += std::accumulate(of_image.begin(), of_image.end(), 0.0);
            done += counts.size();
            context.progress(
                trained * static_cast<double>(done) / static_cast<double>(total),
                "training, image " + std::to_string(done) + " of " + std::to_string(total));
        }
    }
    return done == 0 ? 0 : spikes / static_cast<double>(done);
}

}  // namespace

Json learn_digits(DigitLearner& learner, const DigitSets& sets, const LearningPlan& plan,
                  StudyContext& context) {
    Json results;
    for (const auto& one : digit_results()) results[std::string(one.name)] = nullptr;
    auto start = std::chrono::steady_clock::now();
    results["spikes_per_image"] = train(learner, sets.train, plan, context);
    results["training_s"] = seconds_since(start);
    if (context.cancelled()) return results;
    start = std::chrono::steady_clock::now();
    const auto batch = static_cast<std::size_t>(plan.batch);
    const auto labels = std::min(static_cast<std::size_t>(plan.label), sets.train.count());
    const auto known = show_all(learner, sets.train, Showing::labelling, labels, batch, context);
    const auto asked =
        show_all(learner, sets.test, Showing::test, sets.test.count(), batch, context);
    results["testing_s"] = seconds_since(start);
    if (known.empty() || asked.empty()) return results;
    results.update(digit_score(DigitReadout(known, sets.train.labels), asked, sets.test.labels));
    return results;
}

void append_image(sim::SpikeTrains& trains, std::span<const float> image, const ImageTime& time,
                  sim::RandomDraws random) {
    trains.times.resize(image.size());
    for (std::size_t pixel = 0; pixel < image.size(); ++pixel) {
        const double per_ms = time.rate * static_cast<double>(image[pixel]) / 1000;
        if (per_ms <= 0) continue;
        for (double t = random.exponential() / per_ms; t < time.duration;
             t += random.exponential() / per_ms)
            trains.times[pixel].push_back(time.begin + t);
    }
}

sim::SourceSpec image_source(sim::SpikeTrains trains) {
    sim::SourceSpec spec;
    spec.name = "images";
    spec.model = "spike_trains";
    spec.size = trains.times.size();
    spec.trains = std::make_shared<const sim::SpikeTrains>(std::move(trains));
    return spec;
}

PixelWeights::PixelWeights(const Shape& shape, double total, std::uint64_t seed) : shape_(shape) {
    auto edges = std::make_shared<sim::EdgeList>();
    std::vector<double> sums(shape_.neurons);
    sim::RandomStream random({seed, 1, sim::Purpose::weight}, 0);
    for (std::size_t i = 0; i < shape_.pixels; ++i)
        for (std::size_t k = 0; k < shape_.neurons; ++k) {
            edges->source.push_back(i);
            edges->target.push_back(k);
            values_.push_back(0.003 + 0.3 * random.uniform());
            sums[k] += values_.back();
        }
    for (std::size_t edge = 0; edge < values_.size(); ++edge)
        values_[edge] = std::min(values_[edge] * total / sums[edges->target[edge]], 1.0);
    edges_ = std::move(edges);
}

sim::ProjectionSpec PixelWeights::projection(double largest, double delay) const {
    sim::ProjectionSpec spec;
    spec.name = "input";
    spec.from = {"images"};
    spec.to = {"exc"};
    spec.connector = "edge_list";
    spec.edges = edges_;
    auto weights = values_;
    for (double& w : weights) w *= largest;
    spec.weight = sim::Value::of(std::move(weights));
    spec.delay = sim::Value::of(delay);
    return spec;
}

void PixelWeights::take(const sim::Simulation& simulation, double largest) {
    simulation.for_each_synapse(0, [&](std::uint64_t pixel, std::uint64_t neuron,
                                       std::span<const double> values, sim::Time) {
        values_[pixel * shape_.neurons + neuron] = std::min(values[0] / largest, 1.0);
    });
}

sim::HomeostasisSpec incoming_sum(double total) {
    sim::HomeostasisSpec sum;
    sum.projection = "input";
    sum.kind = "incoming";
    sum.total = total;
    return sum;
}

}  // namespace protocols
