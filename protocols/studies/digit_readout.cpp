// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/digit_readout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace protocols {
namespace {

std::size_t best(const std::vector<double>& score) {
    return static_cast<std::size_t>(std::max_element(score.begin(), score.end()) - score.begin());
}

}  // namespace

DigitReadout::DigitReadout(const SpikeCounts& counts, const std::vector<std::uint8_t>& labels)
    : mean_(counts.front().size(), std::vector<double>(classes)), class_of_(mean_.size()) {
    std::vector<double> images(classes);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        ++images[labels[i]];
        for (std::size_t k = 0; k < mean_.size(); ++k) mean_[k][labels[i]] += counts[i][k];
    }
    for (std::size_t k = 0; k < mean_.size(); ++k) {
        for (std::size_t c = 0; c < classes; ++c)
            if (images[c] > 0) mean_[k][c] /= images[c];
        class_of_[k] = best(mean_[k]);
        ++size_[class_of_[k]];
    }
}

std::size_t DigitReadout::by_assignment(const std::vector<double>& counts) const {
    std::vector<double> score(classes);
    for (std::size_t k = 0; k < counts.size(); ++k) score[class_of_[k]] += counts[k];
    for (std::size_t c = 0; c < classes; ++c) score[c] /= std::max(size_[c], 1.0);
    return best(score);
}

std::size_t DigitReadout::in_proportion(const std::vector<double>& counts) const {
    std::vector<double> score(classes);
    for (std::size_t k = 0; k < counts.size(); ++k) {
        const double sum = std::accumulate(mean_[k].begin(), mean_[k].end(), 0.0);
        for (std::size_t c = 0; c < classes && sum > 0; ++c)
            score[c] += counts[k] * mean_[k][c] / sum;
    }
    return best(score);
}

std::size_t DigitReadout::by_logarithms(const std::vector<double>& counts) const {
    std::vector<double> score(classes);
    for (std::size_t c = 0; c < classes; ++c) {
        double sum = 0;
        for (const auto& mean : mean_) sum += mean[c];
        const double least = 1e-3 / static_cast<double>(mean_.size());
        for (std::size_t k = 0; k < counts.size() && sum > 0; ++k)
            score[c] += counts[k] * std::log(std::max(mean_[k][c] / sum, least));
    }
    return best(score);
}

Json digit_score(const DigitReadout& readout, const SpikeCounts& counts,
                 const std::vector<std::uint8_t>& labels) {
    constexpr auto classes = DigitReadout::classes;
    std::array<std::array<int, classes>, classes> confusion{};
    std::array<double, 3> right{};
    int silent = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::array answers{readout.by_assignment(counts[i]), readout.in_proportion(counts[i]),
                                 readout.by_logarithms(counts[i])};
        ++confusion[labels[i]][answers[0]];
        for (std::size_t a = 0; a < answers.size(); ++a)
            right[a] += answers[a] == labels[i] ? 1 : 0;
        silent += std::accumulate(counts[i].begin(), counts[i].end(), 0.0) == 0 ? 1 : 0;
    }
    for (double& x : right) x /= static_cast<double>(counts.size());
    return {{"accuracy", right[0]},
            {"proportional_accuracy", right[1]},
            {"bayes_accuracy", right[2]},
            {"confusion", confusion},
            {"neurons_of_class", readout.sizes()},
            {"silent", silent}};
}

}  // namespace protocols
