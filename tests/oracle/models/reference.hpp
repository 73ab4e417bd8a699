// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The reference for nonlinear models: Runge-Kutta 4 in long double with tiny steps, the crossing by
// bisection of the last step. Shares no code with sim/ode.

#include <array>
#include <cmath>
#include <optional>

#include "tests/oracle/models/support.hpp"

namespace oracle {

/// Integrates x' = f(x) over dt or to the first g(x) >= 0; returns the time of that. Steps are
/// `step` ms, and so much shorter that no value changes by more than `change` of its unit.
template <std::size_t n, class F, class G>
std::optional<Real> solve(F&& f, G&& g, std::array<Real, n>& x, Real dt, Real step,
                          Real change = 0.02L) {
    Real t = 0;
    while (t < dt) {
        Real steepest = 0;
        for (const Real k : f(x)) steepest = std::max(steepest, std::abs(k));
        Real h = std::min(step, change / (steepest + 1e-30L));
        if (dt - t <= h * 1.0001L) h = dt - t;
        const auto before = x;
        runge_kutta(f, x, h);
        if (g(x) < 0) {
            t = t + h < dt ? t + h : dt;
            continue;
        }
        Real low = 0;
        Real high = h;
        for (int i = 0; i < 70; ++i) {
            const Real middle = (low + high) / 2;
            x = before;
            runge_kutta(f, x, middle);
            (g(x) < 0 ? low : high) = middle;
        }
        return t + high;
    }
    return std::nullopt;
}

}  // namespace oracle
