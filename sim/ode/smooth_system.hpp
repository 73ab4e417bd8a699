// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Systems of many variables without events: adaptive Dormand-Prince 5(4) of Boost.Odeint.
//
// Threads: free functions of their arguments.

#include <functional>
#include <vector>

namespace sim::ode {

struct SmoothSystem {
    /// Writes the derivative at time t; both vectors have the size of the state.
    std::function<void(const std::vector<double>& y, std::vector<double>& derivative, double t)>
        derivative;
    /// Error of a step, absolute and relative.
    double tolerance = 1e-10;
};

/// Moves `y` from time `begin` to `end`, in the unit of time that the derivative is per.
/// Returns the number of steps.
/// Needs:  end >= begin
/// Throws: NumericFailure if the state is no longer finite, or no step meets the tolerance
/// Source: Dormand & Prince 1980, J Comput Appl Math 6:19
std::size_t integrate(const SmoothSystem& system, std::vector<double>& y, double begin, double end);

}  // namespace sim::ode
