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

/// Integral over s in [0, 1] of (1 - s)^n s^(1 - n) e^{-x s} for x >= 0; n = 0 or 1.
/// The closed forms cancel as x -> 0, so a power series takes over there (error below 2e-16).
inline double ramp_integral(double x, bool falling) {
    if (x >= 1) {
        const double complement = -std::expm1(-x);
        return falling ? (x - complement) / (x * x) : (complement - x * std::exp(-x)) / (x * x);
    }
    double sum = 0;
    double power = 1;  // (-x)^k / k!
    for (int k = 0; k < 18; ++k) {
        sum += power / (falling ? (k + 1) * (k + 2) : k + 2);
        power *= -x / (k + 1);
    }
    return sum;
}

/// Membrane response after dt to a unit current that decays with tau_s:
/// integral over u in [0, dt] of e^{-(dt-u)/tau_m} e^{-u/tau_s}. Units: ms.
/// Written so that tau_s = tau_m and nearly equal constants lose no digits; the slower decay stands
/// outside, so that nothing overflows however long dt is.
inline double exp_response(double dt, double tau_m, double tau_s) {
    const double difference = std::abs(dt * (1.0 / tau_m - 1.0 / tau_s));
    return dt * std::exp(-dt / max(tau_m, tau_s)) * expm1_ratio(-difference);
}

/// Membrane response after dt to the current u e^{-u/tau_s}:
/// integral over u in [0, dt] of e^{-(dt-u)/tau_m} u e^{-u/tau_s}. Units: ms^2.
/// Loses no digits at tau_s = tau_m, as exp_response.
inline double alpha_response(double dt, double tau_m, double tau_s) {
    const double difference = std::abs(dt * (1.0 / tau_m - 1.0 / tau_s));
    return dt * dt * std::exp(-dt / max(tau_m, tau_s)) *
           ramp_integral(difference, tau_s > tau_m);
}

/// Membrane response after dt to a unit constant current: tau_m (1 - e^{-dt/tau_m}). Units: ms.
inline double step_response(double dt, double tau_m) { return -tau_m * std::expm1(-dt / tau_m); }

/// The highest potential a leaky membrane reaches within the time of flow `f` if its current never
/// exceeds `current`. With the current constant there, v would move monotonically, so that it is
/// highest now or at the end; a smaller current gives a smaller v (comparison of solutions).
template <class P, class F, class T>
inline T highest_potential(const P& p, const F& f, T v, T current) {
    return max(v, T(p.e_l + f.v_v * (v - p.e_l) + f.v_current * current));
}

/// The highest potential from which a leaky membrane can have come to `v` within the time of flow
/// `f` if its current never fell below `current`: as above, back in time.
template <class P, class F, class T>
inline T highest_before(const P& p, const F& f, T v, T current) {
    return max(v, T(p.e_l + (v - p.e_l - f.v_current * current) / f.v_v));
}

}  // namespace models
