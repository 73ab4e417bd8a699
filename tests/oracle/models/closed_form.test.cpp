// SPDX-License-Identifier: BSD-3-Clause
// Laws that every closed-form model must obey: its flow solves its own linear system, two short
// flows make one long flow, and `bound` bounds.

#include <catch2/catch.hpp>

#include "models/neurons/glif.hpp"
#include "models/neurons/lif_adaptive.hpp"
#include "models/neurons/lif_alpha.hpp"
#include "models/neurons/lif_delta.hpp"
#include "models/neurons/lif_exp.hpp"
#include "models/neurons/lif_soft_reset.hpp"
#include "models/neurons/rate_unit.hpp"
#include "models/neurons/relay.hpp"
#include "tests/oracle/models/support.hpp"

using namespace models;
using oracle::Real;

#define CLOSED_FORM LifExp, LifDelta, LifSoftReset, LifAlpha, LifAdaptive, Glif, RateUnit, Relay

namespace {

template <class M, class Check>
void for_random_cases(int cases, Check&& check) {
    auto draw = oracle::stream(7);
    for (int i = 0; i < cases; ++i) {
        const auto p = oracle::random_params<M>(draw);
        const auto s = oracle::random_state<M>(draw);
        check(p, s, std::exp(oracle::between(draw, -7, 3)));
    }
}

/// Values of `a` and `b` agree within `tolerance` of the size of the whole state: v adds products
/// of every other value with responses of at most tau / c_m, so its rounding scales with those.
template <class S>
bool close(const S& a, const S& b, double tolerance) {
    constexpr std::size_t n = sizeof(S) / sizeof(double);
    const auto x = std::bit_cast<std::array<double, n>>(a);
    const auto y = std::bit_cast<std::array<double, n>>(b);
    double size = 1;
    for (double value : x) size = std::max(size, std::abs(value));
    for (std::size_t i = 0; i < n; ++i)
        if (!(std::abs(x[i] - y[i]) <= tolerance * size)) return false;
    return true;
}

}  // namespace

TEMPLATE_TEST_CASE("two flows in a row are one flow over the sum", "[oracle][models]",
                   CLOSED_FORM) {
    using M = TestType;
    for_random_cases<M>(500, [](const auto& p, const auto& start, double dt) {
        auto whole = start;
        auto parts = start;
        auto held_whole = start;
        auto held_parts = start;
        M::advance(p, M::flow(p, dt), whole);
        M::hold(p, M::flow(p, dt), held_whole);
        for (const double part : {0.3125 * dt, 0.6875 * dt}) {
            M::advance(p, M::flow(p, part), parts);
            M::hold(p, M::flow(p, part), held_parts);
        }
        REQUIRE(close(whole, parts, 1e-14));  // about 50 roundings
        REQUIRE(close(held_whole, held_parts, 1e-14));
    });
}

TEMPLATE_TEST_CASE("the flow solves the system given by derivative", "[oracle][models]",
                   CLOSED_FORM) {
    using M = TestType;
    constexpr std::size_t n = sizeof(typename M::template State<double>) / sizeof(double);
    for_random_cases<M>(20, [](const auto& p, auto s, double dt) {
        using Wide = typename M::template State<Real>;
        const auto wide = oracle::widen<M::template Params>(p);
        auto x = std::bit_cast<std::array<Real, n>>(oracle::widen<M::template State>(s));
        const auto f = [&](const std::array<Real, n>& y) {
            return std::bit_cast<std::array<Real, n>>(
                M::derivative(wide, std::bit_cast<Wide>(y), Real(1)));
        };
        const int steps = 4000;  // rates up to 2.8/ms: (h rate)^4 dt rate < 1e-11 of a mode
        for (int i = 0; i < steps; ++i) oracle::runge_kutta(f, x, Real(dt) / steps);
        M::advance(p, M::flow(p, dt), s);
        std::array<double, n> reference{};
        for (std::size_t i = 0; i < n; ++i) reference[i] = static_cast<double>(x[i]);
        REQUIRE(close(s, std::bit_cast<typename M::template State<double>>(reference), 1e-11));
    });
}

TEMPLATE_TEST_CASE("derivative and gap are affine in unit", "[oracle][models]", CLOSED_FORM) {
    using M = TestType;
    for_random_cases<M>(50, [](const auto& p, const auto& s, double) {
        constexpr std::size_t n = sizeof(s) / sizeof(double);
        const typename M::template State<double> zero{};
        const auto whole = std::bit_cast<std::array<double, n>>(M::derivative(p, s, 1.0));
        const auto linear = std::bit_cast<std::array<double, n>>(M::derivative(p, s, 0.0));
        const auto constant = std::bit_cast<std::array<double, n>>(M::derivative(p, zero, 1.0));
        for (std::size_t i = 0; i < n; ++i)
            REQUIRE(whole[i] == Approx(linear[i] + constant[i]).margin(1e-11));
        const double sum = M::gap(p, s, 0.0) + M::gap(p, zero, 1.0);
        REQUIRE(M::gap(p, s, 1.0) == Approx(sum).margin(1e-12));
    });
}

TEMPLATE_TEST_CASE("the bound is never exceeded", "[oracle][models]", CLOSED_FORM) {
    using M = TestType;
    for_random_cases<M>(2000, [](const auto& p, const auto& start, double dt) {
        const auto flow = M::flow(p, dt);
        auto end = start;
        M::advance(p, flow, end);
        const double bound = M::bound(p, flow, start, end, dt);
        for (int i = 0; i <= 64; ++i) {
            auto s = start;
            M::advance(p, M::flow(p, dt * i / 64), s);
            const double gap = M::gap(p, s, 1.0);
            REQUIRE(gap <= bound + 1e-13 * (100 + std::abs(gap)));  // rounding of the flow
        }
    });
}

TEMPLATE_TEST_CASE("a bound over a short time is close", "[oracle][models]", CLOSED_FORM) {
    using M = TestType;
    for_random_cases<M>(50, [](const auto& p, const auto& s, double) {
        // The steepest slope here is some 100 mV/ms (2000 pA over 250 pF, and tau = 0.4 ms).
        const auto flow = M::flow(p, 1e-6);
        auto end = s;
        M::advance(p, flow, end);
        REQUIRE(M::bound(p, flow, s, end, 1e-6) <= M::gap(p, s, 1.0) + 2e-4);
    });
}

TEMPLATE_TEST_CASE("a flow over hours stays finite", "[oracle][models]", CLOSED_FORM) {
    using M = TestType;
    for_random_cases<M>(50, [](const auto& p, auto s, double) {
        M::advance(p, M::flow(p, 1e7), s);
        for (const auto& field : M::states()) REQUIRE(std::isfinite(s.*(field.member)));
    });
}
