// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How well a decoded trajectory is a line: the best mean probability along a straight path through
// time and place.
//
// The score of a line is the mean over time bins of the posterior within `reach` bins of it; where
// the line leaves the track, the median of that over places stands for it. Lines are tried on a
// grid of slopes and of places at the middle of the event; of lines that are as good to a
// thousandth, the one with more of the posterior in its very places is taken.
// Source: Davidson, Kloosterman & Wilson 2009, Neuron 63:497

#include <cstddef>
#include <vector>

namespace protocols {

struct LineConfig {
    std::size_t reach = 3;                     ///< bins of place
    double least_slope = 0.5, most_slope = 6;  ///< bins of place a bin of time, either direction
    double slope_step = 0.25;
};

struct Line {
    double score = 0;
    double slope = 0;   ///< bins of place a bin of time
    double middle = 0;  ///< place at the middle of the event, bins
};

/// Shape: posterior[times][bins], rows sum to 1
Line best_line(const std::vector<double>& posterior, std::size_t times, std::size_t bins,
               const LineConfig& config);

/// Spearman's rank correlation, ties by their mean rank; 0 below two pairs or without spread.
double rank_correlation(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace protocols
