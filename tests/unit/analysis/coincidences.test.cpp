// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/coincidences.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/core/random.hpp"

using namespace protocols;

namespace {

std::vector<double> even_train(std::size_t spikes, double duration, sim::RandomStream& random) {
    std::vector<double> times;
    for (std::size_t i = 0; i < spikes; ++i) times.push_back(duration * random.uniform());
    std::sort(times.begin(), times.end());
    return times;
}

}  // namespace

TEST_CASE("coincidences are those of all pairs, also at one instant", "[analysis]") {
    sim::RandomStream random({5, 0, sim::Purpose::model}, 0);
    auto a = even_train(60, 500, random);
    auto b = even_train(90, 500, random);
    a[7] = b[11];
    std::sort(a.begin(), a.end());
    double expected = 0;
    for (const double s : a)
        for (const double t : b) expected += std::exp(-std::abs(s - t) / 20);
    // 5400 terms of at most 1, each product of some hundred factors: rounding of 1e-13.
    CHECK(coincidences(a, b, 20) == Approx(expected).epsilon(1e-12));
    CHECK(coincidences(a, {}, 20) == 0);
    CHECK(coincidences(std::vector{3.0}, std::vector{3.0}, 20) == 1);
}

TEST_CASE("independent trains coincide by chance as often as said", "[analysis]") {
    sim::RandomStream random({6, 0, sim::Purpose::model}, 0);
    // A window that is not long, so that its ends count.
    double sum = 0;
    for (int i = 0; i < 2000; ++i)
        sum += coincidences(even_train(10, 100, random), even_train(15, 100, random), 30);
    // Trials differ by some 7 %, so that 2000 of them have a mean good to 0.2 %.
    CHECK(sum / 2000 == Approx(chance_coincidences(150, 100, 30)).epsilon(0.008));
    CHECK(chance_coincidences(150, 100, 30) < 0.8 * 150 * 2 * 30 / 100);
}
