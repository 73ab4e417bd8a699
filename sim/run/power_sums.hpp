// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Sums of polynomials over the arrivals of a batch, from sums of powers.
//
// With x = place / 2^15 in [-1, 1) of every arrival, the sums of 1, x and x^2 are exact, in whole
// numbers; those of higher powers, whose coefficients are small, are floats. So a register holds
// twice as many neurons as of doubles: all sixteen of a batch, or a part of them.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/run/lanes.hpp"
#include "sim/run/source.hpp"

namespace sim {

/// A polynomial in x, as sums of powers need it.
struct BatchPolynomial {
    static constexpr std::size_t exact = 3;  ///< terms: 1, x, x^2
    static constexpr std::size_t most_terms = 17;

    BatchPolynomial() = default;
    explicit BatchPolynomial(const std::array<double, most_terms>& coefficients) {
        for (std::size_t k = 0; k < most_terms; ++k)
            if (k < exact) low[k] = coefficients[k];
            else high[k - exact] = static_cast<float>(coefficients[k]);
    }

    /// What the floats cost at most, for one arrival; of n, sums of them round by n / 2 as much again.
    double error() const {
        double sum = 0;
        for (const float c : high) sum += std::abs(static_cast<double>(c));
        return sum * 0x1p-23;
    }

    std::array<double, exact> low{};
    std::array<float, most_terms - exact> high{};
};

/// `terms` of the polynomials may be other than 0.
template <std::size_t terms>
class PowerSums {
public:
    /// Neurons side by side.
    static constexpr std::size_t width = 2 * lanes;
    static_assert(ArrivalBatch::width % width == 0);

    /// Of `width` neurons of the batch, from `first` on.
    PowerSums(const ArrivalBatch& batch, std::size_t first) : counts_(batch.counts.data() + first) {
        for (std::uint32_t i = 0; i < batch.largest; ++i) {
            Places places;
            std::memcpy(&places, batch.places[i].data() + first, sizeof places);
            // Where there is no arrival the place is 0, which adds to no sum.
            const Wholes c = __builtin_convertvector(places, Wholes);
            const Wholes squared = c * c;
            sum_ += c;
            low_ += squared & 0x7FFF;
            high_ += squared >> 15;
            if constexpr (terms > exact) add_high(__builtin_convertvector(c, Floats) * 0x1p-15F);
        }
    }

    /// Calls use(i, sums of a polynomial over the arrivals of `lanes` neurons, the i-th and on).
    template <class Use>
    void of(const BatchPolynomial& polynomial, const Use& use) const {
        Floats high{};
        for (std::size_t k = 0; k + exact < terms; ++k) high += powers_[k] * polynomial.high[k];
        std::array<float, width> rest;
        std::memcpy(rest.data(), &high, sizeof rest);
        std::array<std::int32_t, width> sum, low, upper;
        std::memcpy(sum.data(), &sum_, sizeof sum);
        std::memcpy(low.data(), &low_, sizeof low);
        std::memcpy(upper.data(), &high_, sizeof upper);
        for (std::size_t i = 0; i < width; i += lanes) {
            const Pack squares = widen(upper.data() + i) * Pack(0x1p-15) +
                                 widen(low.data() + i) * Pack(0x1p-30);
            Pack value = widen(counts_ + i) * Pack(polynomial.low[0]) +
                         widen(sum.data() + i) * Pack(polynomial.low[1] * 0x1p-15) +
                         squares * Pack(polynomial.low[2]);
            if constexpr (terms > exact) value += widen(rest.data() + i);
            use(i, value);
        }
    }

private:
    static constexpr std::size_t exact = BatchPolynomial::exact;
    static_assert(ArrivalBatch::most < 1U << 15U);  // so that no sum overflows
    typedef std::int16_t Places __attribute__((vector_size(width * sizeof(std::int16_t))));
    typedef std::int32_t Wholes __attribute__((vector_size(width * sizeof(std::int32_t))));
    typedef float Floats __attribute__((vector_size(width * sizeof(float))));

    void add_high(const Floats& x) {
        // x^k from x^(k/2) and x^(k - k/2): a short chain.
        std::array<Floats, terms> powers;
        powers[1] = x;
        for (std::size_t k = 2; k < terms; ++k) {
            powers[k] = powers[k / 2] * powers[k - k / 2];
            if (k >= exact) powers_[k - exact] += powers[k];
        }
    }

    const std::uint16_t* counts_;
    Wholes sum_{}, low_{}, high_{};  // of places, and of their squares: 15 bits, and the bits above
    std::array<Floats, terms - exact> powers_{};  // of x^3, x^4, ...
};

}  // namespace sim
