// SPDX-License-Identifier: BSD-3-Clause
// The integrator on systems with known solutions.

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/ode/integrator.hpp"

using sim::ode::GapPolynomial;
using sim::ode::Integrator;

namespace {

/// x = sin(omega t) as x' = omega y, y' = -omega x; spike where x reaches `level`.
struct Circle {
    static constexpr const char* name = "circle";
    template <class T = double>
    struct Params {
        T omega = 1, level = 0.5;
    };
    template <class T = double>
    struct State {
        T x, y;
    };
    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.x - unit * p.level;
    }
    template <class T>
    static State<T> derivative(const Params<T>& p, const State<T>& s, bool) {
        return {p.omega * s.y, -p.omega * s.x};
    }
};

/// x' = x^2, which is infinite at t = 1 / x(0).
struct Explosion {
    static constexpr const char* name = "explosion";
    template <class T = double>
    struct Params {
        T level = 1e3;
    };
    template <class T = double>
    struct State {
        T x;
    };
    template <class T>
    static T gap(const Params<T>& p, const State<T>& s, T unit) {
        return s.x - unit * p.level;
    }
    template <class T>
    static State<T> derivative(const Params<T>&, const State<T>& s, bool) {
        return {s.x * s.x};
    }
};

}  // namespace

TEST_CASE("a crossing is found to the accuracy of the step", "[oracle][ode]") {
    const Circle::Params<> p;
    for (const double tolerance : {1e-4, 1e-8, 1e-12}) {
        Circle::State<> s{0, 1};
        double hint = 0;
        const auto t = Integrator<Circle>(tolerance).advance(p, s, 0, 10, false, hint);
        REQUIRE(t);
        CHECK(*t == Approx(std::asin(0.5)).margin(10 * tolerance));
        CHECK(s.x == Approx(0.5).epsilon(1e-13));  // the state is left on the threshold
    }
}

TEST_CASE("a hump within one step is found, and one that stays below is not", "[oracle][ode]") {
    for (const double distance : {1e-2, 1e-4, 1e-6, 1e-8, 1e-10}) {
        for (const double start : {-1.0, -0.1, -1e-3}) {
            const Integrator<Circle> integrator(1e-13);
            Circle::Params<> p;
            p.level = 1 - distance;
            Circle::State<> s{std::cos(start), -std::sin(start)};  // x = cos(t + start)
            const double expected = -start - std::acos(p.level);
            double hint = 0;
            if (s.x < p.level) {
                const auto t = integrator.advance(p, s, 0, -2 * start, false, hint);
                REQUIRE(t);
                // Near the top t depends on x as 1 / sqrt(2 distance).
                CHECK(*t == Approx(expected).margin(1e-12 / std::sqrt(distance)));
            }
            p.level = 1 + distance;
            s = {std::cos(start), -std::sin(start)};
            hint = 0;
            CHECK_FALSE(integrator.advance(p, s, 0, -2 * start, false, hint));
        }
    }
}

TEST_CASE("the first of several crossings counts", "[oracle][ode]") {
    const Circle::Params<> p{.omega = 3};
    Circle::State<> s{0, -1};  // x = -sin(3 t) rises through 0.5 at (pi + asin 0.5) / 3
    double hint = 0;
    const auto t = Integrator<Circle>(1e-10).advance(p, s, 0, 100, false, hint);
    REQUIRE(t);
    CHECK(*t == Approx((M_PI + std::asin(0.5)) / 3).margin(1e-8));
}

TEST_CASE("no crossing is reported while held, and one at the start at once", "[oracle][ode]") {
    const Circle::Params<> p;
    Circle::State<> s{0, 1};
    double hint = 0;
    CHECK_FALSE(Integrator<Circle>(1e-9).advance(p, s, 0, 1, true, hint));
    CHECK(s.x == Approx(std::sin(1)).margin(1e-8));
    CHECK(Integrator<Circle>(1e-9).advance(p, s, 0, 1, false, hint) == 0.0);
}

TEST_CASE("an explosion stops at its peak", "[oracle][ode]") {
    const Explosion::Params<> p;
    Explosion::State<> s{0.1};
    double hint = 0;
    const auto t = Integrator<Explosion>(1e-12).advance(p, s, 0, 100, false, hint);
    REQUIRE(t);
    CHECK(*t == Approx(10 - 1e-3).margin(1e-8));
}

TEST_CASE("a solution that diverges is reported with model and time", "[oracle][ode]") {
    const Explosion::Params<> p{.level = 1e300};
    Explosion::State<> s{0.1};
    double hint = 0;
    CHECK_THROWS_AS(Integrator<Explosion>(1e-6).advance(p, s, 5, 100, false, hint),
                    sim::NumericFailure);
    s.x = std::nan("");
    CHECK_THROWS_WITH(Integrator<Explosion>(1e-6).advance(p, s, 5, 100, false, hint),
                      Catch::Contains("explosion at 5 ms"));
}

TEST_CASE("the step hint is all that an integration remembers", "[oracle][ode]") {
    const Circle::Params<> p{.omega = 2, .level = 10};
    const Integrator<Circle> integrator(1e-8);
    Circle::State<> a{0, 1};
    double hint_a = 0;
    integrator.advance(p, a, 0, 3, false, hint_a);
    auto b = a;
    double hint_b = hint_a;
    Circle::State<> other{1, 0};
    double other_hint = 0;
    integrator.advance(p, other, 0, 7, false, other_hint);  // another neuron in between
    integrator.advance(p, a, 3, 2, false, hint_a);
    Integrator<Circle>(1e-8).advance(p, b, 3, 2, false, hint_b);
    CHECK(a.x == b.x);
    CHECK(a.y == b.y);
    CHECK(hint_a == hint_b);
}

TEST_CASE("the gap polynomial reproduces quintics and finds their first rise", "[oracle][ode]") {
    // (t - 0.2)(t - 0.5)(t - 0.7)(t^2 + 1): rises at 0.2 and 0.7, falls at 0.5
    const auto f = [](double t) { return (t - 0.2) * (t - 0.5) * (t - 0.7) * (t * t + 1); };
    const double d = 1e-6;
    const GapPolynomial q(f(0), (f(d) - f(-d)) / (2 * d), f(1), (f(1 + d) - f(1 - d)) / (2 * d),
                          f(1.0 / 3), f(2.0 / 3));
    for (const double t : {0.0, 0.1, 0.45, 0.9, 1.0}) CHECK(q(t) == Approx(f(t)).margin(1e-9));
    CHECK(*q.first_rise(0) == Approx(0.2).margin(1e-5));
    CHECK(*q.first_rise(0.3) == Approx(0.7).margin(1e-5));
    CHECK_FALSE(q.first_rise(0.8));
    const double top = q.top(0.2);
    CHECK(std::abs(q.slope(top)) < 1e-9);
    CHECK(q(top) > 0);
}
