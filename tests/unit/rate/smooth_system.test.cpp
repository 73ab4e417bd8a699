// SPDX-License-Identifier: BSD-3-Clause
#include "sim/ode/smooth_system.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/core/error.hpp"

TEST_CASE("a smooth system goes its way to the tolerance", "[ode]") {
    // x'' = -x, and a variable driven by time.
    const sim::ode::SmoothSystem system{
        [](const std::vector<double>& y, std::vector<double>& dy, double t) {
            dy = {y[1], -y[0], 2 * t};
        },
        1e-10};
    std::vector<double> y{1, 0, 0};
    CHECK(sim::ode::integrate(system, y, 1, 11) > 10);
    CHECK(y[0] == Approx(std::cos(10.0)).margin(1e-8));
    CHECK(y[1] == Approx(-std::sin(10.0)).margin(1e-8));
    CHECK(y[2] == Approx(120).epsilon(1e-9));
    CHECK(sim::ode::integrate(system, y, 11, 11) == 0);
}

TEST_CASE("a system that runs away says when", "[ode]") {
    const sim::ode::SmoothSystem growth{
        [](const std::vector<double>& y, std::vector<double>& dy, double) { dy = {y[0] * y[0]}; },
        1e-8};
    std::vector<double> y{1};  // infinite at time 1
    CHECK_THROWS_AS(sim::ode::integrate(growth, y, 0, 2), sim::NumericFailure);
}
