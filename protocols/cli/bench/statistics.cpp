// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace protocols::cli {
namespace {

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> logarithms(std::vector<double> values) {
    for (double& value : values) value = std::log(value);
    return values;
}

}  // namespace

Spread spread(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    return {values.front(), median, values.back()};
}

PowerLaw fit_power_law(const std::vector<double>& x, const std::vector<double>& y) {
    const auto u = logarithms(x);
    const auto v = logarithms(y);
    const double u_mean = mean(u);
    const double v_mean = mean(v);
    double uu = 0;
    double uv = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        uu += (u[i] - u_mean) * (u[i] - u_mean);
        uv += (u[i] - u_mean) * (v[i] - v_mean);
    }
    const double exponent = uv / uu;
    double residual = 0;
    for (std::size_t i = 0; i < u.size(); ++i)
        residual += std::pow(v[i] - v_mean - exponent * (u[i] - u_mean), 2);
    const double freedom = static_cast<double>(u.size()) - 2;
    const auto [least, most] = std::minmax_element(u.begin(), u.end());
    return {exponent, freedom > 0 ? std::sqrt(residual / freedom / uu) : 0,
            std::exp(exponent * (*most - *least))};
}

}  // namespace protocols::cli
