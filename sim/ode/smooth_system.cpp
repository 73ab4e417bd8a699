// SPDX-License-Identifier: BSD-3-Clause
#include "sim/ode/smooth_system.hpp"

#include <algorithm>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace sim::ode {

std::size_t integrate(const SmoothSystem& system, std::vector<double>& y, double begin,
                      double end) {
    namespace odeint = boost::numeric::odeint;
    if (!(end > begin)) return 0;
    const auto stepper = odeint::make_controlled(system.tolerance, system.tolerance,
                                                 odeint::runge_kutta_dopri5<std::vector<double>>());
    const auto check = [](const std::vector<double>& at, double t) {
        if (!std::all_of(at.begin(), at.end(), [](double v) { return std::isfinite(v); }))
            throw NumericFailure("the state at time " + number(t) +
                                 " is not finite; the system is unstable");
    };
    constexpr double first_part = 1e-3;
    try {
        return odeint::integrate_adaptive(stepper, std::cref(system.derivative), y, begin, end,
                                          first_part * (end - begin), check);
    } catch (const odeint::odeint_error&) {
        throw NumericFailure("no step meets the tolerance of " + number(system.tolerance) +
                             "; allow a larger one");
    }
}

}  // namespace sim::ode
