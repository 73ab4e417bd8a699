// SPDX-License-Identifier: BSD-3-Clause
#include <boost/math/distributions/poisson.hpp>
#include <catch2/catch.hpp>

#include "sim/core/poisson_counts.hpp"
#include "sim/core/random.hpp"

using sim::PoissonCounts;

namespace {

/// The smallest u whose count exceeds k, found by bisection: 2^64 F(k) as the table has it.
long double threshold(const PoissonCounts& counts, std::uint32_t k) {
    std::uint64_t low = 0;
    std::uint64_t high = ~std::uint64_t{0};
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (counts.of(middle) > k) high = middle;
        else low = middle + 1;
    }
    return static_cast<long double>(low);
}

}  // namespace

TEST_CASE("counts have the distribution function of Poisson", "[unit][sources]") {
    using Wide = boost::math::poisson_distribution<long double>;
    for (const double mean : {1e-4, 0.1, 0.8, 2.0, 12.0, 100.0, 1e4}) {
        const PoissonCounts counts(mean, 12);
        const double spread = std::sqrt(mean);
        for (const double z : {-3.0, -1.0, 0.0, 1.0, 3.0}) {
            const double k = std::max(0.0, std::floor(mean + z * spread));
            const long double expected = boost::math::cdf(Wide(mean), k);
            CAPTURE(mean, k);
            // Boost's incomplete gamma function is good to some 1e-17 mean^(1/2); doubles would show
            // as 1e-16.
            CHECK(std::abs(threshold(counts, static_cast<std::uint32_t>(k)) / 0x1p64L - expected) <
                  2e-17L * static_cast<long double>(1 + spread));
        }
    }
}

TEST_CASE("the size of the guide changes no count", "[unit][sources]") {
    sim::RandomStream stream({3, 0, sim::Purpose::source}, 0);
    for (const double mean : {0.01, 2.0, 30.0, 5000.0}) {
        const PoissonCounts small(mean, 1);
        const PoissonCounts large(mean, 16);
        for (int i = 0; i < 20'000; ++i) {
            const auto u = stream();
            REQUIRE(small.of(u) == large.of(u));
            const auto first = large.of_prefix(static_cast<std::uint16_t>(u >> 48U));
            REQUIRE((first == PoissonCounts::undecided || first == large.of(u)));
        }
    }
}

TEST_CASE("counts of many draws side by side are those of single ones", "[unit][sources]") {
    sim::RandomStream stream({4, 0, sim::Purpose::source}, 0);
    CHECK_FALSE(PoissonCounts(100, 12).has_few());
    for (const double mean : {0.0, 1e-5, 0.01, 0.5, 1.6, 2.0, 9.0}) {
        const PoissonCounts counts(mean, 12);
        REQUIRE(counts.has_few());
        constexpr std::size_t n = 48;  // a register and a half
        std::size_t open = 0;
        for (int i = 0; i < 2000; ++i) {
            std::array<std::uint64_t, n> u;
            std::array<std::uint16_t, n> first_bits, found, compared;
            for (std::size_t k = 0; k < n; ++k) {
                u[k] = stream();
                first_bits[k] = static_cast<std::uint16_t>(u[k] >> 48U);
            }
            std::bitset<n> is_open, is_open_compared;
            counts.of_prefixes(first_bits, found, is_open);
            counts.by_comparison(first_bits, compared, is_open_compared);
            for (std::size_t k = 0; k < n; ++k) {
                REQUIRE((is_open[k] || found[k] == counts.of(u[k])));
                REQUIRE((is_open_compared[k] || compared[k] == counts.of(u[k])));
            }
            open += is_open.count();
        }
        CHECK(open < 2000 * n / 40);  // else it would be faster to look at each
    }
}

TEST_CASE("counts grow with the uniform number, from end to end", "[unit][sources]") {
    constexpr auto last = ~std::uint64_t{0};
    CHECK(PoissonCounts(0, 8).of(0) == 0);
    CHECK(PoissonCounts(0, 8).of(last) == 0);
    CHECK(PoissonCounts(1e-30, 8).of(last) == 0);
    CHECK(PoissonCounts(2, 8).of(0) == 0);
    // At mean 2, more than 25 come with probability 2.2e-20 < 2^-64, more than 24 with 2.9e-19.
    CHECK(PoissonCounts(2, 8).of(last) == 25);
    CHECK(PoissonCounts(1e4, 8).of(0) > 9000);
    CHECK(PoissonCounts(1e4, 8).of(last) < 11'000);
}
