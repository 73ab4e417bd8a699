// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Tests of goodness of fit. Seeds are fixed, so a passing test passes for ever; the significance is
// the chance that a change of seeds would have failed it by bad luck.

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace oracle {

inline constexpr double significance = 1e-4;

inline double mean(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// Mean of products of deviations; the variance if x is y.
inline double covariance(const std::vector<double>& x, const std::vector<double>& y) {
    const double mx = mean(x);
    const double my = mean(y);
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mx) * (y[i] - my);
    return sum / static_cast<double>(x.size());
}

inline double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    return covariance(x, y) / std::sqrt(covariance(x, x) * covariance(y, y));
}

/// The value that the chi-square statistic exceeds with the probability `significance`.
inline double chi_square_limit(std::size_t degrees) {
    const boost::math::chi_squared distribution(static_cast<double>(degrees));
    return boost::math::quantile(boost::math::complement(distribution, significance));
}

/// Chi-square over its limit (so at most 1 passes) of counts against expected counts; cells are
/// joined from the left until they expect at least 10.
inline double chi_square_ratio(const std::vector<double>& seen,
                               const std::vector<double>& expected) {
    double sum = 0;
    double seen_cell = 0;
    double expected_cell = 0;
    double left = std::accumulate(expected.begin(), expected.end(), 0.0);
    std::size_t cells = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen_cell += seen[i];
        expected_cell += expected[i];
        left -= expected[i];
        if ((expected_cell < 10 || left < 10) && i + 1 < seen.size()) continue;
        sum += (seen_cell - expected_cell) * (seen_cell - expected_cell) / expected_cell;
        seen_cell = expected_cell = 0;
        ++cells;
    }
    return sum / chi_square_limit(cells - 1);
}

/// The Kolmogorov-Smirnov distance times sqrt(n), over its limit for large n.
inline double kolmogorov_ratio(std::vector<double> sample,
                               const std::function<double(double)>& cdf) {
    std::sort(sample.begin(), sample.end());
    const auto n = static_cast<double>(sample.size());
    double distance = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const double f = cdf(sample[i]);
        distance = std::max(
            {distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
    }
    const double limit = std::sqrt(-std::log(significance / 2) / 2);
    return distance * std::sqrt(n) / limit;
}

inline double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace oracle
