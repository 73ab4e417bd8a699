// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Which class neurons answer that learned images without labels: by how they spike at labelled ones.

#include <array>
#include <cstdint>
#include <vector>

#include "data/digits/digits.hpp"
#include "protocols/studies/study.hpp"

namespace protocols {

/// Spikes of each neuron at each image. Shape: [image][neuron]
using SpikeCounts = std::vector<std::vector<double>>;

class DigitReadout {
public:
    static constexpr std::size_t classes = data::Digits::classes;

    /// Of labelled images.
    /// Needs: at least one
    DigitReadout(const SpikeCounts& counts, const std::vector<std::uint8_t>& labels);

    // The answer to an image. Shape: counts[neuron]

    /// Each neuron stands for the class it answered most: the class whose neurons spike most.
    std::size_t by_assignment(const std::vector<double>& counts) const;
    /// A neuron stands for every class as often as it answered it.
    std::size_t in_proportion(const std::vector<double>& counts) const;
    /// By the logarithms of the neurons' rates. Rates of a class, as parts of its spikes, below a
    /// thousandth of their mean count as that.
    std::size_t by_logarithms(const std::vector<double>& counts) const;

    /// Neurons that stand for each class.
    const std::array<double, classes>& sizes() const { return size_; }

private:
    std::vector<std::vector<double>> mean_;  // [neuron][class] spikes at an image
    std::vector<std::size_t> class_of_;
    std::array<double, classes> size_{};  // neurons
};

inline constexpr std::array digit_score_results{
    ResultInfo{"accuracy",
               "part of the test images named right: by the class whose neurons spike most in the "
               "mean, each neuron standing for the class it answered most"},
    ResultInfo{"proportional_accuracy",
               "the same where a neuron stands for every class as often as it answered it"},
    ResultInfo{"bayes_accuracy", "the same by the logarithms of the neurons' rates for each class"},
    ResultInfo{"confusion", "[class][answer] test images, by `accuracy`"},
    ResultInfo{"neurons_of_class", "[class] neurons assigned to it"},
    ResultInfo{"silent", "test images without a spike"},
};

/// What `digit_score_results` say, of images that were asked.
/// Needs: at least one
Json digit_score(const DigitReadout& readout, const SpikeCounts& counts,
                 const std::vector<std::uint8_t>& labels);

}  // namespace protocols
