// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>

#include "protocols/studies/oja_pca.hpp"
#include "tests/oracle/studies/quiet.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using Matrix = std::vector<std::vector<double>>;

// Power iteration.
std::vector<double> first_eigenvector(const Matrix& m) {
    std::vector<double> x(m.size(), 1);
    for (int round = 0; round < 1000; ++round) {
        std::vector<double> next(m.size());
        double squares = 0;
        for (std::size_t i = 0; i < m.size(); ++i) {
            for (std::size_t j = 0; j < m.size(); ++j) next[i] += m[i][j] * x[j];
            squares += next[i] * next[i];
        }
        for (std::size_t i = 0; i < m.size(); ++i) x[i] = next[i] / std::sqrt(squares);
    }
    return x;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("Oja's rule finds the first principal component", "[studies]") {
    OjaPca::Params p;
    p.inputs = 8;
    p.neurons = 3;
    p.duration = 300'000;
    const auto results = results_of<OjaPca>(p);
    const Matrix moments = results["moments"];
    const auto component = first_eigenvector(moments);
    CHECK_THAT(cosine(component, results["component"]), WithinAbs(1, 1e-9));
    double least = 1;
    for (const std::vector<double> row : results["weights"])
        least = std::min(least, cosine(row, component));
    CHECK_THAT(results["cosine"].get<double>(), WithinAbs(least, 1e-9));
    CHECK(least > 0.999);
    // What learned nothing, or only how often inputs fire, is not there.
    CHECK(results["cosine_start"] < 0.99);
    CHECK(results["cosine_mean"] < 0.98);
}

// Inputs i and j share the spikes that both copy: Campbell's theorem. 3000 common spikes and gamma
// factors of a few: the moments are right within some per cent.
TEST_CASE("second moments of the traces are those of trains with a common source", "[studies]") {
    OjaPca::Params p;
    p.inputs = 4;
    p.neurons = 1;
    p.duration = 300'000;
    const auto results = results_of<OjaPca>(p);
    const Matrix moments = results["moments"];
    const double r = p.rate / 1000;
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = 0; j < 4; ++j) {
            const auto copied = [](std::size_t k) { return 0.1 + 0.3 * static_cast<double>(k); };
            const double shared = i == j ? 1 : copied(i) * copied(j);
            const double expected = r * r * p.tau * p.tau + r * shared * p.tau / 2;
            CAPTURE(i, j);
            CHECK_THAT(moments[i][j], WithinRel(expected, 0.08));
        }
}
