// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/line_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace protocols {
namespace {

struct Bands {
    std::vector<double> mass;    // [times][bins]: posterior within reach
    std::vector<double> median;  // [times]
};

Bands bands_of(const std::vector<double>& posterior, std::size_t times, std::size_t bins,
               std::size_t reach) {
    Bands bands{std::vector<double>(times * bins), std::vector<double>(times)};
    std::vector<double> sums(bins + 1), row(bins);
    for (std::size_t t = 0; t < times; ++t) {
        for (std::size_t b = 0; b < bins; ++b) sums[b + 1] = sums[b] + posterior[t * bins + b];
        for (std::size_t b = 0; b < bins; ++b)
            row[b] = sums[std::min(b + reach + 1, bins)] - sums[b > reach ? b - reach : 0];
        std::copy(row.begin(), row.end(),
                  bands.mass.begin() + static_cast<std::ptrdiff_t>(t * bins));
        const auto middle = row.begin() + static_cast<std::ptrdiff_t>(bins / 2);
        std::nth_element(row.begin(), middle, row.end());
        bands.median[t] = *middle;
    }
    return bands;
}

std::vector<double> ranks(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> rank(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i;
        while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
        for (std::size_t k = i; k < end; ++k) rank[order[k]] = static_cast<double>(i + end - 1) / 2;
        i = end;
    }
    return rank;
}

}  // namespace

Line best_line(const std::vector<double>& posterior, std::size_t times, std::size_t bins,
               const LineConfig& config) {
    const auto bands = bands_of(posterior, times, bins, config.reach);
    const double center = (static_cast<double>(times) - 1) / 2;
    std::vector<double> slopes;
    for (double v = config.least_slope; v <= config.most_slope + 1e-9; v += config.slope_step) {
        slopes.push_back(v);
        slopes.push_back(-v);
    }
    Line best;
    double most = -1;
    for (const double slope : slopes)
        for (std::size_t middle = 0; middle < bins; ++middle) {
            double sum = 0, exact = 0;
            for (std::size_t t = 0; t < times; ++t) {
                const double place = std::round(static_cast<double>(middle) +
                                                slope * (static_cast<double>(t) - center));
                const bool is_on = place >= 0 && place < static_cast<double>(bins);
                const std::size_t at = t * bins + (is_on ? static_cast<std::size_t>(place) : 0);
                sum += is_on ? bands.mass[at] : bands.median[t];
                exact += is_on ? posterior[at] : 0;
            }
            // Within reach of a sharp posterior many lines are as good; take one through its
            // middle.
            constexpr double tie = 1e-3;
            if (sum + tie * exact <= most) continue;
            most = sum + tie * exact;
            best = {sum / static_cast<double>(times), slope, static_cast<double>(middle)};
        }
    return best;
}

double rank_correlation(const std::vector<double>& x, const std::vector<double>& y) {
    if (x.size() < 2) return 0;
    const auto a = ranks(x), b = ranks(y);
    const double mean = (static_cast<double>(x.size()) - 1) / 2;
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean) * (b[i] - mean);
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

}  // namespace protocols
