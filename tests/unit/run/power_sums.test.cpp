// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/core/random.hpp"
#include "sim/run/power_sums.hpp"

namespace {

/// Counts from 0 to the largest that a batch takes, at places that reach both ends.
sim::ArrivalBatch some_batch() {
    sim::ArrivalBatch batch{};
    sim::RandomStream stream({3, 1, sim::Purpose::model}, 0);
    for (std::size_t lane = 0; lane < sim::ArrivalBatch::width; ++lane) {
        batch.counts[lane] =
            static_cast<std::uint16_t>(lane == 0 || lane > 13 ? sim::ArrivalBatch::most
                                       : lane < 3             ? lane - 1
                                                              : 1 + stream() % 6);
        for (std::uint32_t i = 0; i < batch.counts[lane]; ++i)
            batch.places[i][lane] = static_cast<std::int16_t>(
                lane == 0 ? -32768 : lane == 3 ? 32767 : static_cast<int>(stream() >> 48U) - 32768);
    }
    batch.largest = sim::ArrivalBatch::most;
    return batch;
}

template <std::size_t terms>
void check(const std::array<double, 17>& coefficients) {
    const auto batch = some_batch();
    const sim::BatchPolynomial polynomial(coefficients);
    using Sums = sim::PowerSums<terms>;
    std::size_t seen = 0;
    const auto compare = [&](std::size_t lane, double value) {
        ++seen;
        double wanted = 0;
        double size = 0;  // of what is summed exactly
        for (std::uint32_t arrival = 0; arrival < batch.counts[lane]; ++arrival) {
            const double x = batch.places[arrival][lane] * 0x1p-15;
            for (std::size_t k = 0; k < terms; ++k) {
                wanted += coefficients[k] * std::pow(x, k);
                if (k < 3) size += std::abs(coefficients[k] * std::pow(x, k));
            }
        }
        CAPTURE(terms, lane, batch.counts[lane]);
        // Floats lose no more than `error` an arrival beside what sums of them round (their number
        // times 2^-24), and the exact part what doubles do, and the sum that it is compared with.
        const double floats =
            batch.counts[lane] * polynomial.error() * (1 + batch.counts[lane] / 2.0);
        CHECK(std::abs(value - wanted) <= floats + 1e-14 * size);
    };
    for (std::size_t part = 0; part < sim::ArrivalBatch::width; part += Sums::width)
        Sums(batch, part).of(polynomial, [&](std::size_t first, const sim::Pack& values) {
            for (std::size_t i = 0; i < sim::lanes; ++i) compare(part + first + i, values[i]);
        });
    CHECK(seen == sim::ArrivalBatch::width);
}

}  // namespace

TEST_CASE("sums of powers give sums of polynomials", "[unit][run]") {
    std::array<double, 17> coefficients{};
    for (std::size_t k = 0; k < 3; ++k) coefficients[k] = k == 1 ? -0.7 : 1.0 / (1.0 + double(k));
    check<3>(coefficients);
    CHECK(sim::BatchPolynomial(coefficients).error() == 0);
    for (std::size_t k = 3; k < 5; ++k) coefficients[k] = 0.3 - double(k);
    check<5>(coefficients);
    for (std::size_t k = 5; k < 9; ++k) coefficients[k] = 1 / double(k);
    check<9>(coefficients);
    for (std::size_t k = 9; k < 17; ++k) coefficients[k] = -1 / double(k);
    check<17>(coefficients);
    CHECK(sim::BatchPolynomial(coefficients).error() > 0);
}
