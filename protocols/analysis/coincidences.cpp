// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/coincidences.hpp"

#include <cmath>
#include <cstddef>

namespace protocols {

double coincidences(std::span<const double> a, std::span<const double> b, double tau) {
    double trace_a = 0, trace_b = 0, now = 0, sum = 0;
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const bool is_a = j == b.size() || (i < a.size() && a[i] < b[j]);
        const double time = is_a ? a[i++] : b[j++];
        const double left = std::exp(-(time - now) / tau);
        trace_a *= left;
        trace_b *= left;
        now = time;
        sum += is_a ? trace_b : trace_a;
        (is_a ? trace_a : trace_b) += 1;
    }
    return sum;
}

double chance_coincidences(double pairs, double duration, double tau) {
    // The mean of e^{-|s - t| / tau} over s and t in [0, duration].
    const double x = tau / duration;
    return pairs * 2 * x * (1 + x * std::expm1(-1 / x));
}

}  // namespace protocols
