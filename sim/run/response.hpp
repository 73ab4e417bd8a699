// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What an input within a bin leaves at the end of the bin, for linear models.
//
// An input of weight w that arrives u before the end of the bin adds w * c(u) to the state there;
// by linearity many inputs just add up, so that one flow per bin carries any number of events. c is
// tabulated as a polynomial over [0, resolution], to the precision of a double.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "sim/run/model.hpp"

namespace sim {

template <std::size_t count>
struct Lanes {
    typedef double Pack __attribute__((vector_size(count * sizeof(double))));
};

template <ClosedForm M>
class Response {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    static constexpr std::size_t n = sizeof(State) / sizeof(double);
    using Values = std::array<double, n>;
    /// The values side by side in one register, padded with zeros.
    using Packed = typename Lanes<std::bit_ceil(n)>::Pack;

    /// `held`: for neurons that are refractory all through the bin.
    Response(const Params& p, double resolution, bool held) : scale_(2 / resolution), held_(held) {
        for (std::size_t port = 0; port < ports; ++port) fit(p, resolution, port);
        for (const auto& polynomial : polynomials_) terms_ = std::max(terms_, polynomial.size());
        for (std::size_t port = 0; port < ports; ++port)
            coefficients_[port] = pack(polynomials_[port], terms_);
    }

    /// False where the resolution is too long for a polynomial: time constants far below it.
    bool is_precise() const { return is_precise_; }

    /// Adds the effect of an input `before_end` ms before the end of the bin.
    void add(std::size_t port, double weight, double before_end, Packed& sum) const {
        const double z = before_end * scale_ - 1;
        const auto& c = coefficients_[port];
        Packed value = c[0];
        for (std::size_t k = 1; k < terms_; ++k) value = value * z + c[k];
        sum += weight * value;
    }

    /// The most by which an input can lift the gap at any time of its bin.
    double lift(std::size_t port, double weight) const {
        return weight >= 0 ? weight * highest_[port] : weight * lowest_[port];
    }

private:
    static constexpr std::size_t ports = 3;  // in the order of Receptor
    static constexpr std::size_t most_terms = 17;

    /// The effect of a unit input after dt. The model is affine; a large input makes the constant
    /// part, which is subtracted, negligible.
    Values unit_effect(const Params& p, std::size_t port, double dt) const {
        constexpr double large = 0x1p30;
        State with{};
        State without{};
        Input<double> input;
        (port == 0 ? input.exc : port == 1 ? input.inh : input.current) = large;
        const auto flow = M::flow(p, dt);
        if (held_) {
            M::receive_held(p, with, input);
            M::hold(p, flow, with);
            M::hold(p, flow, without);
        } else {
            M::receive(p, with, input);
            M::advance(p, flow, with);
            M::advance(p, flow, without);
        }
        auto result = std::bit_cast<Values>(with);
        const auto constant = std::bit_cast<Values>(without);
        for (std::size_t i = 0; i < n; ++i) result[i] = (result[i] - constant[i]) / large;
        return result;
    }

    /// Polynomial through the Chebyshev points (Trefethen 2013, Approximation Theory, ch. 3, 8).
    std::vector<Values> interpolate(const Params& p, double resolution, std::size_t port,
                                    std::size_t terms) const {
        std::vector<Values> series(terms, Values{});  // in Chebyshev polynomials
        for (std::size_t j = 0; j < terms; ++j) {
            const double angle = std::numbers::pi * (static_cast<double>(j) + 0.5) / static_cast<double>(terms);
            const auto value = unit_effect(p, port, (std::cos(angle) + 1) / 2 * resolution);
            for (std::size_t k = 0; k < terms; ++k)
                for (std::size_t i = 0; i < n; ++i)
                    series[k][i] += (k == 0 ? 1.0 : 2.0) / static_cast<double>(terms) *
                                    std::cos(static_cast<double>(k) * angle) * value[i];
        }
        return powers(series);
    }

    /// From Chebyshev polynomials to powers, highest first.
    static std::vector<Values> powers(const std::vector<Values>& series) {
        const std::size_t terms = series.size();
        std::vector<Values> result(terms, Values{});
        std::vector<double> before(terms), now(terms), next(terms);
        before[0] = 1;
        if (terms > 1) now[1] = 1;
        for (std::size_t k = 0; k < terms; ++k) {
            const auto& polynomial = k == 0 ? before : now;
            for (std::size_t m = 0; m < terms; ++m)
                for (std::size_t i = 0; i < n; ++i)
                    result[terms - 1 - m][i] += series[k][i] * polynomial[m];
            if (k == 0) continue;
            for (std::size_t m = 0; m < terms; ++m) next[m] = (m > 0 ? 2 * now[m - 1] : 0) - before[m];
            before = now;
            now = next;
        }
        return result;
    }

    /// Highest power first, filled up with zeros in front to the common number of terms.
    static std::array<Packed, most_terms> pack(const std::vector<Values>& polynomial,
                                               std::size_t terms) {
        std::array<Packed, most_terms> result{};
        const std::size_t shift = terms - polynomial.size();
        for (std::size_t k = 0; k < polynomial.size(); ++k)
            for (std::size_t i = 0; i < n; ++i) result[shift + k][i] = polynomial[k][i];
        return result;
    }

    void fit(const Params& p, double resolution, std::size_t port) {
        constexpr std::size_t checks = 257;
        std::vector<Values> exact;
        Values largest{};
        for (std::size_t j = 0; j < checks; ++j) {
            exact.push_back(unit_effect(p, port, resolution * static_cast<double>(j) / (checks - 1)));
            for (std::size_t i = 0; i < n; ++i)
                largest[i] = std::max(largest[i], std::abs(exact.back()[i]));
            const double lift = M::gap(p, std::bit_cast<State>(exact.back()), 0.0);
            highest_[port] = std::max(highest_[port], lift);
            lowest_[port] = std::min(lowest_[port], lift);
        }
        // Between the points checked a smooth response hardly rises above its neighbours.
        highest_[port] *= 1.001;
        lowest_[port] *= 1.001;
        double error = 1;
        // Rounding of the interpolation itself stays near 1e-15 of the largest value.
        for (std::size_t terms = 3; terms <= most_terms && error > 4e-15; terms += 2) {
            polynomials_[port] = interpolate(p, resolution, port, terms);
            error = 0;
            for (std::size_t j = 0; j < checks; ++j) {
                const double z = 2 * static_cast<double>(j) / (checks - 1) - 1;
                for (std::size_t i = 0; i < n; ++i) {
                    double value = 0;
                    for (const auto& c : polynomials_[port]) value = value * z + c[i];
                    if (largest[i] > 0)
                        error = std::max(error, std::abs(value - exact[j][i]) / largest[i]);
                }
            }
        }
        is_precise_ = is_precise_ && error <= 1e-14;
    }

    double scale_;
    bool held_;
    std::array<std::vector<Values>, ports> polynomials_;  // highest power first
    std::array<std::array<Packed, most_terms>, ports> coefficients_{};
    std::size_t terms_ = 0;
    std::array<double, ports> highest_{};
    std::array<double, ports> lowest_{};
    bool is_precise_ = true;
};

}  // namespace sim
