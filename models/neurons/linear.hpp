// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Closed-form pieces shared by the linear integrate-and-fire models.

#include <algorithm>
#include <cmath>

namespace models {

using std::exp;
using std::max;
using std::min;

/// expm1(x) / x, without loss as x -> 0 (equal time constants).
inline double expm1_ratio(double x) { return std::abs(x) < 1e-300 ? 1.0 : std::expm1(x) / x; }

/// Membrane response after dt to a unit current that decays with tau_s:
/// integral over u in [0, dt] of e^{-(dt-u)/tau_m} e^{-u/tau_s}. Units: ms.
/// Written so that tau_s = tau_m and nearly equal constants lose no digits.
inline double exp_response(double dt, double tau_m, double tau_s) {
    const double difference = dt * (1.0 / tau_m - 1.0 / tau_s);
    return dt * std::exp(-dt / tau_m) * expm1_ratio(difference);
}

/// Membrane response after dt to a unit constant current: tau_m (1 - e^{-dt/tau_m}). Units: ms.
inline double step_response(double dt, double tau_m) { return -tau_m * std::expm1(-dt / tau_m); }

}  // namespace models
