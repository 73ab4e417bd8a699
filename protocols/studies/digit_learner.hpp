// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What studies share that learn digits without labels: images as spike trains, weights from every
// pixel to every neuron, and the order of things: training, labels, test.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "protocols/studies/digit_readout.hpp"
#include "protocols/studies/digit_sets.hpp"
#include "protocols/studies/study.hpp"
#include "sim/core/random_draws.hpp"
#include "sim/net/description.hpp"
#include "sim/run/simulation.hpp"

namespace protocols {

/// What images are shown for; each purpose draws spikes of its own.
enum class Showing : std::uint32_t { training, labelling, test };

/// Images one after the other.
struct Presentations {
    const data::Digits& digits;
    Showing purpose = Showing::training;
    std::vector<std::size_t> images = {};
    std::uint64_t first = 0;  ///< how many were shown before, for the same purpose
};

/// A network that learns from the images that it is shown.
class DigitLearner {
public:
    DigitLearner() = default;
    virtual ~DigitLearner() = default;
    DigitLearner(const DigitLearner&) = delete;
    DigitLearner& operator=(const DigitLearner&) = delete;

    /// Shows images; in training it learns. `part` of the training is over, in [0, 1). Returns fewer
    /// counts than images where the study was cancelled.
    virtual SpikeCounts show(const Presentations& shown, double part) = 0;
};

/// How often images are shown.
struct LearningPlan {
    double passes = 1;   ///< of the training set
    double label = 1;    ///< images of the training set that give neurons their classes
    double batch = 250;  ///< images of one call of `show`
};

inline constexpr std::array digit_learning_results{
    ResultInfo{"spikes_per_image", "of all neurons, in training"},
    ResultInfo{"training_s", "wall time of training, s"},
    ResultInfo{"testing_s", "wall time of labelling and testing, s"},
};

/// Trains, assigns classes, asks: what digit_score_results and digit_learning_results say. What
/// was not reached before the study was cancelled is null.
Json learn_digits(DigitLearner& learner, const DigitSets& sets, const LearningPlan& plan,
                  StudyContext& context);

/// The numbers of digit_score_results and digit_learning_results, then others.
template <std::size_t N = 0>
constexpr auto digit_results(const std::array<ResultInfo, N>& others = {}) {
    constexpr auto scores = digit_score_results.size();
    constexpr auto known = scores + digit_learning_results.size();
    std::array<ResultInfo, known + N> all{};
    std::copy(digit_score_results.begin(), digit_score_results.end(), all.begin());
    std::copy(digit_learning_results.begin(), digit_learning_results.end(), all.begin() + scores);
    std::copy(others.begin(), others.end(), all.begin() + known);
    return all;
}

/// When an image is shown, and how bright.
struct ImageTime {
    double begin = 0, duration = 0;  ///< ms
    double rate = 0;                 ///< of a white pixel, Hz
};

/// Appends Poisson trains of the pixels of an image. Shape: image[pixel], trains.times[pixel]
void append_image(sim::SpikeTrains& trains, std::span<const float> image, const ImageTime& time,
                  sim::RandomDraws random);

/// Given trains as the source "images".
sim::SourceSpec image_source(sim::SpikeTrains trains);

/// Weights from every pixel to every neuron, in parts of the largest.
class PixelWeights {
public:
    struct Shape {
        std::size_t pixels, neurons;
    };

    /// Drawn, uniform from 0.003 to 0.303, then scaled so that those of each neuron sum up to `total`.
    PixelWeights(const Shape& shape, double total, std::uint64_t seed);

    /// From "images" to "exc", named "input", of weights up to `largest`.
    sim::ProjectionSpec projection(double largest, double delay) const;

    /// What became of them in the first projection of a simulation.
    void take(const sim::Simulation& simulation, double largest);

private:
    Shape shape_;
    std::shared_ptr<const sim::EdgeList> edges_;
    std::vector<double> values_;  // [pixel][neuron]
};

/// Keeps these weights, at the end of every phase, at the sum `total` for each neuron.
sim::HomeostasisSpec incoming_sum(double total);

}  // namespace protocols
