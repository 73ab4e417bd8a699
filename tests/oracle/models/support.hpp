// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the oracle tests of neuron models share: random parameters and states, long double copies,
// and a fixed-step fourth-order Runge-Kutta solver that knows nothing of sim/ode.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

#include "sim/core/random.hpp"
#include "sim/run/model.hpp"

namespace oracle {

using Real = long double;

template <template <class> class S>
S<Real> widen(const S<double>& s) {
    constexpr std::size_t n = sizeof(S<double>) / sizeof(double);
    const auto from = std::bit_cast<std::array<double, n>>(s);
    std::array<Real, n> to{};
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
    return std::bit_cast<S<Real>>(to);
}

/// One step of size h of x' = f(x) for a state with n values.
template <std::size_t n, class F>
void runge_kutta(F&& f, std::array<Real, n>& x, Real h) {
    const auto shifted = [&](const std::array<Real, n>& k, Real by) {
        auto y = x;
        for (std::size_t i = 0; i < n; ++i) y[i] += by * k[i];
        return y;
    };
    const auto k1 = f(x);
    const auto k2 = f(shifted(k1, h / 2));
    const auto k3 = f(shifted(k2, h / 2));
    const auto k4 = f(shifted(k3, h));
    for (std::size_t i = 0; i < n; ++i) x[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

inline double between(sim::RandomStream& draw, double low, double high) {
    return low + (high - low) * draw.uniform();
}

/// Parameters at random: every time constant log-uniform over two decades, the rest as they are.
template <class M>
typename M::template Params<double> random_params(sim::RandomStream& draw) {
    typename M::template Params<double> p{};
    for (const auto& row : M::params())
        if (row.unit == sim::Unit::ms) p.*(row.member) = std::exp(between(draw, -1, 3.6));
    return p;
}

/// A state at random, with inputs of both signs.
template <class M>
typename M::template State<double> random_state(sim::RandomStream& draw) {
    typename M::template State<double> s{};
    for (const auto& field : M::states()) {
        double& x = s.*(field.member);
        switch (field.unit) {
            case sim::Unit::mV: x = between(draw, -80, -40); break;
            case sim::Unit::pA: x = between(draw, -800, 800); break;
            case sim::Unit::pA_per_ms: x = between(draw, -400, 400); break;
            case sim::Unit::hz: x = between(draw, -200, 200); break;
            default: x = between(draw, -1, 1);
        }
    }
    return s;
}

inline sim::RandomStream stream(std::uint64_t entity) {
    return {sim::RandomKey{1, 0, sim::Purpose::model}, entity};
}

}  // namespace oracle
