// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "protocols/studies/sanger_pca.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::WithinAbs;

namespace {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

double dot(const Row& a, const Row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

// Power iteration, and again on what is left.
Matrix first_eigenvectors(Matrix m, std::size_t count) {
    Matrix result;
    for (std::size_t k = 0; k < count; ++k) {
        Row x(m.size());
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1 + 0.1 * static_cast<double>(i * i);
        double value = 0;
        for (int round = 0; round < 20'000; ++round) {
            Row next(m.size());
            for (std::size_t i = 0; i < m.size(); ++i) next[i] = dot(m[i], x);
            value = std::sqrt(dot(next, next));
            for (std::size_t i = 0; i < m.size(); ++i) x[i] = next[i] / value;
        }
        for (std::size_t i = 0; i < m.size(); ++i)
            for (std::size_t j = 0; j < m.size(); ++j) m[i][j] -= value * x[i] * x[j];
        result.push_back(x);
    }
    return result;
}

}  // namespace

TEST_CASE("Sanger's rule finds the principal components in their order", "[studies]") {
    SangerPca::Params p;
    p.inputs = 12;
    p.duration = 300'000;
    p.eta = 3e-4;
    const auto results = results_of<SangerPca>(p);
    const auto components = first_eigenvectors(results["covariance"], 3);
    const Matrix weights = results["weights"];
    for (std::size_t k = 0; k < 3; ++k) {
        CAPTURE(k);
        const double cosine =
            std::abs(dot(weights[k], components[k])) / std::sqrt(dot(weights[k], weights[k]));
        // Rounding of a power iteration with ratios of eigenvalues below 0.999.
        CHECK_THAT(results["cosine"][k].get<double>(), WithinAbs(cosine, 1e-6));
        CHECK(cosine > 0.99);
        CHECK(results["cosine_start"][k] < 0.9);
    }
    CHECK(results["overlap"] < 0.2);
}
