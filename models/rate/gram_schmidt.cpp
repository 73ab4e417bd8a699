// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/gram_schmidt.hpp"

#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"

namespace models {
namespace {

double dot(const std::vector<double>& x, const std::vector<double>& y) {
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

}  // namespace

QrFactors qr_factors(std::vector<std::vector<double>> columns) {
    const std::size_t n = columns.size();
    QrFactors factors{std::move(columns), {n, std::vector<double>(n)}};
    auto& [q, r] = factors;
    for (std::size_t k = 0; k < n; ++k) {
        const double before = std::sqrt(dot(q[k], q[k]));
        for (int pass = 0; pass < 2; ++pass)
            for (std::size_t j = 0; j < k; ++j) {
                const double part = dot(q[j], q[k]);
                r[j][k] += part;
                for (std::size_t i = 0; i < q[k].size(); ++i) q[k][i] -= part * q[j][i];
            }
        r[k][k] = std::sqrt(dot(q[k], q[k]));
        if (!(r[k][k] > 1e-14 * before))
            throw sim::NumericFailure("least squares: column " + std::to_string(k) +
                                      " depends on those before it; take more samples");
        for (double& x : q[k]) x /= r[k][k];
    }
    return factors;
}

std::vector<double> least_squares(const QrFactors& factors, const std::vector<double>& b) {
    const std::size_t n = factors.q.size();
    std::vector<double> x(n), rest = b;
    for (std::size_t k = 0; k < n; ++k) {
        x[k] = dot(factors.q[k], rest);
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= x[k] * factors.q[k][i];
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t j = k + 1; j < n; ++j) x[k] -= factors.r[k][j] * x[j];
        x[k] /= factors.r[k][k];
    }
    return x;
}

}  // namespace models
