// SPDX-License-Identifier: BSD-3-Clause
// Every integrated model against the reference solver, with its equations written out again here.

#include <catch2/catch.hpp>

#include "models/neurons/adex.hpp"
#include "models/neurons/escape_noise.hpp"
#include "models/neurons/exp_if.hpp"
#include "models/neurons/hodgkin_huxley.hpp"
#include "models/neurons/izhikevich.hpp"
#include "models/neurons/lif_cond_adaptive.hpp"
#include "models/neurons/lif_cond_alpha.hpp"
#include "models/neurons/lif_cond_exp.hpp"
#include "models/neurons/two_compartment.hpp"
#include "sim/ode/integrator.hpp"
#include "tests/oracle/models/reference.hpp"

using namespace models;
using oracle::Real;

namespace {

template <std::size_t n>
using Vector = std::array<Real, n>;

/// Runs a neuron with random input for `duration` through the integrator and, with the same input,
/// through the reference; compares spike times and, at the end, states.
template <class M, std::size_t n, class F, class Input>
void compare(const typename M::template Params<double>& p, F&& equations, Input&& draw_input,
             double duration, double tolerance, double allowed) {
    using State = typename M::template State<double>;
    const sim::ode::Integrator<M> integrator(tolerance);
    auto random = oracle::stream(11);
    State s = M::initial(p);
    State exact_rest = s;  // the reference between segments: exact up to one rounding to double
    double now = 0;
    double ready = 0;
    double hint = 0;
    int spikes = 0;
    while (now < duration) {
        const bool held = now < ready;
        const double next = now + 2 * random.uniform();
        double dt = (held ? std::min(next, ready) : next) - now;
        auto x = std::bit_cast<Vector<n>>(oracle::widen<M::template State>(exact_rest));
        const auto g = [&](const Vector<n>& y) {
            std::array<double, n> z{};
            for (std::size_t i = 0; i < n; ++i) z[i] = static_cast<double>(y[i]);
            return held ? -1.0 : M::gap(p, std::bit_cast<State>(z), 1.0);
        };
        const auto f = [&](const Vector<n>& y) { return equations(y, held); };
        const auto expected = oracle::solve(f, g, x, dt, Real(0.002));
        const auto found = integrator.advance(p, s, now, dt, held, hint);
        REQUIRE(found.has_value() == expected.has_value());
        if (found) REQUIRE(std::abs(*found - static_cast<double>(*expected)) < allowed);
        std::array<double, n> end{};
        for (std::size_t i = 0; i < n; ++i) end[i] = static_cast<double>(x[i]);
        const auto ours = std::bit_cast<std::array<double, n>>(s);
        // At a crossing an upstroke is too steep for v to be compared.
        for (std::size_t i = found ? 1 : 0; i < n; ++i)
            REQUIRE(ours[i] == Approx(end[i]).epsilon(allowed).margin(allowed));
        exact_rest = s = std::bit_cast<State>(end);  // start the next segment alike
        if (found) {
            ++spikes;
            M::reset(p, s);
            M::reset(p, exact_rest);
            ready = now + *found + p.t_ref;
            now += *found;
            continue;
        }
        now += dt;
        if (now == next) {
            const sim::Input<double> input = draw_input(random);
            if (now < ready) {
                M::receive_held(p, s, input);
                M::receive_held(p, exact_rest, input);
            } else {
                M::receive(p, s, input);
                M::receive(p, exact_rest, input);
            }
        }
    }
    CHECK(spikes >= 5);
}

sim::Input<double> conductances(sim::RandomStream& r) {
    return {12 * r.uniform(), -6 * r.uniform(), 20 * r.uniform() - 10};
}
sim::Input<double> currents(sim::RandomStream& r) {
    return {300 * r.uniform(), -150 * r.uniform(), 20 * r.uniform() - 10};
}

// Allowed error: the tolerance bounds the error of one step over (1 + |x|), some 70 here; a segment
// has up to a hundred steps. The reference itself is good to 1e-12.
constexpr double tight = 1e-12;
constexpr double allowed = 1e-9;

}  // namespace

TEST_CASE("lif_cond_exp solves its equations", "[oracle][models]") {
    LifCondExp::Params<> p{.tau_syn_exc = 3, .tau_syn_inh = 5, .i_e = 100};
    compare<LifCondExp, 4>(
        p,
        [](const Vector<4>& x, bool held) {
            const Real i = -12.5L * (x[0] + 65) - x[1] * x[0] - x[2] * (x[0] + 80) + 100 + x[3];
            return Vector<4>{held ? 0 : i / 250, -x[1] / 3, -x[2] / 5, 0};
        },
        conductances, 300, tight, allowed);
}

TEST_CASE("lif_cond_adaptive solves its equations", "[oracle][models]") {
    LifCondAdaptive::Params<> p{.tau_syn_exc = 3, .tau_syn_inh = 5, .i_e = 100, .tau_theta = 30};
    compare<LifCondAdaptive, 5>(
        p,
        [](const Vector<5>& x, bool held) {
            const Real i = -12.5L * (x[0] + 65) - x[1] * x[0] - x[2] * (x[0] + 80) + 100 + x[4];
            return Vector<5>{held ? 0 : i / 250, -x[1] / 3, -x[2] / 5, -x[3] / 30, 0};
        },
        conductances, 300, tight, allowed);
}

TEST_CASE("the threshold of lif_cond_adaptive is where it says, and jumps", "[oracle][models]") {
    // A steady conductance makes it a leaky neuron of known intervals: the potential goes towards
    // `rest`, and the threshold starts each time from what is left of all jumps before.
    LifCondAdaptive::Params<> p{
        .t_ref = 3, .tau_syn_exc = 1e15, .theta_jump = 1.5, .tau_theta = 1e15};
    auto s = LifCondAdaptive::initial(p);
    s.g_exc = 10;
    const double rest = p.g_l * p.e_l / (p.g_l + s.g_exc);
    const sim::ode::Integrator<LifCondAdaptive> integrator(1e-13);
    double hint = 0;
    for (int spike = 0; spike < 5; ++spike) {
        const double threshold = p.v_th_min + spike * p.theta_jump;
        const double expected =
            p.c_m / (p.g_l + s.g_exc) * std::log((rest - p.v_reset) / (rest - threshold));
        const auto t = integrator.advance(p, s, 0, 100, false, hint);
        REQUIRE(t);
        CHECK(*t == Approx(expected).epsilon(0).margin(1e-10));  // as for lif_cond_exp below
        LifCondAdaptive::reset(p, s);
        CHECK_FALSE(integrator.advance(p, s, 0, p.t_ref, true, hint));
        CHECK(s.v == p.v_reset);
    }
}

TEST_CASE("lif_cond_alpha solves its equations", "[oracle][models]") {
    LifCondAlpha::Params<> p{.tau_syn_exc = 1, .tau_syn_inh = 4, .i_e = 100};
    compare<LifCondAlpha, 6>(
        p,
        [](const Vector<6>& x, bool held) {
            const Real i = -12.5L * (x[0] + 65) - x[1] * x[0] - x[3] * (x[0] + 80) + 100 + x[5];
            return Vector<6>{held ? 0 : i / 250, x[2] - x[1], -x[2],
                             (x[4] - x[3]) / 4,  -x[4] / 4,   0};
        },
        conductances, 300, tight, allowed);
}

TEST_CASE("adex solves its equations", "[oracle][models]") {
    Adex::Params<> p{.t_ref = 1, .tau_syn_exc = 3, .tau_syn_inh = 5, .i_e = 700};
    compare<Adex, 5>(
        p,
        [](const Vector<5>& x, bool held) {
            const Real i = -30 * (x[0] + 70.6L) + 60 * std::exp((x[0] + 50.4L) / 2) - x[1] -
                           x[2] * x[0] - x[3] * (x[0] + 85) + 700 + x[4];
            return Vector<5>{held ? 0 : i / 281, (4 * (x[0] + 70.6L) - x[1]) / 144, -x[2] / 3,
                             -x[3] / 5, 0};
        },
        conductances, 300, tight, allowed);
}

TEST_CASE("exp_if solves its equations", "[oracle][models]") {
    ExpIf::Params<> p{.v_peak = 0, .i_e = 100};
    compare<ExpIf, 4>(
        p,
        [](const Vector<4>& x, bool held) {
            const Real v = (-65 - x[0] + 3.48L * std::exp((x[0] + 59.9L) / 3.48L)) / 10 +
                           (x[1] + x[2] + x[3] + 100) / 250;
            return Vector<4>{held ? 0 : v, -x[1] / 2, -x[2] / 2, 0};
        },
        currents, 300, tight, allowed);
}

TEST_CASE("izhikevich solves its equations", "[oracle][models]") {
    Izhikevich::Params<> p{.i_e = 10};
    compare<Izhikevich, 3>(
        p,
        [](const Vector<3>& x, bool) {
            return Vector<3>{0.04L * x[0] * x[0] + 5 * x[0] + 140 - x[1] + 10 + x[2],
                             0.02L * (0.2L * x[0] - x[1]), 0};
        },
        [](sim::RandomStream& r) {
            return sim::Input<double>{4 * r.uniform() - 1, 0, 2 * r.uniform() - 1};
        },
        500, tight, allowed);
}

TEST_CASE("hodgkin_huxley solves its equations", "[oracle][models]") {
    HodgkinHuxley::Params<> p;
    compare<HodgkinHuxley, 8>(
        p,
        [](const Vector<8>& x, bool) {
            // Brette et al. 2007, appendix B, benchmark 3; u = v - VT.
            const Real v = x[0];
            const Real u = v + 63;
            const Real am = 0.32L * (13 - u) / (std::exp((13 - u) / 4) - 1);
            const Real bm = 0.28L * (u - 40) / (std::exp((u - 40) / 5) - 1);
            const Real ah = 0.128L * std::exp((17 - u) / 18);
            const Real bh = 4 / (1 + std::exp((40 - u) / 5));
            const Real an = 0.032L * (15 - u) / (std::exp((15 - u) / 5) - 1);
            const Real bn = 0.5L * std::exp((10 - u) / 40);
            const Real m = x[1], h = x[2], n = x[3];
            const Real i = -10 * (v + 60) - 20000 * m * m * m * h * (v - 50) -
                           6000 * n * n * n * n * (v + 90) - x[4] * v - x[5] * (v + 80) + x[7];
            const Real below = std::clamp((-20 - v) / 5, Real(0), Real(1));
            return Vector<8>{i / 200,   am * (1 - m) - bm * m, ah * (1 - h) - bh * h,
                             an * (1 - n) - bn * n, -x[4] / 5, -x[5] / 10,
                             -10 * below * below * (3 - 2 * below) * x[6], 0};
        },
        [](sim::RandomStream& r) {
            return sim::Input<double>{12 * r.uniform(), -10 * r.uniform(), 0};
        },
        // The bends in the lifting of the block cost both solvers some accuracy.
        200, tight, 1e-8);
}

TEST_CASE("escape_noise solves its equations", "[oracle][models]") {
    EscapeNoise::Params<> p{.i_e = 100};
    compare<EscapeNoise, 6>(
        p,
        [](const Vector<6>& x, bool held) {
            return Vector<6>{held ? 0 : (-65 - x[0]) / 20 + (x[1] + x[2] + x[5] + 100) / 250,
                             -x[1] / 2, -x[2] / 2, held ? 0 : 0.05L * std::exp((x[0] + 50) / 4),
                             0, 0};
        },
        currents, 1000, tight, allowed);
}

TEST_CASE("two_compartment solves its equations", "[oracle][models]") {
    TwoCompartment::Params<> p{.phi_max = 1000, .i_e = 200};
    compare<TwoCompartment, 7>(
        p,
        [](const Vector<7>& x, bool held) {
            const Real rate = 1 / (1 + 0.5L * std::exp((-55 - x[0]) / 3));
            return Vector<7>{((-70 - x[0]) + 18 * (x[1] - x[0]) + 200 + x[6]) / 10,
                             ((-70 - x[1]) + x[2] + x[3]) / 10,
                             -x[2] / 3,
                             -x[3] / 3,
                             held ? 0 : rate,
                             0,
                             0};
        },
        currents, 1000, tight, allowed);
}

TEST_CASE("spike times converge with the tolerance", "[oracle][models]") {
    // Constant conductances make lif_cond_exp a leaky neuron with a known interval.
    LifCondExp::Params<> p{.tau_syn_exc = 1e15};
    const double g = 10;
    const double rest = p.g_l * p.e_l / (p.g_l + g);
    const double exact = p.c_m / (p.g_l + g) * std::log((rest - p.e_l) / (rest - p.v_th));
    for (const double tolerance : {1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13}) {
        auto s = LifCondExp::initial(p);
        s.g_exc = g;
        double hint = 0;
        const sim::ode::Integrator<LifCondExp> integrator(tolerance);
        const auto t = integrator.advance(p, s, 0, 100, false, hint);
        REQUIRE(t);
        // The slope at threshold is 1.6 mV/ms and v about 60 times the unit of the tolerance.
        CHECK(*t == Approx(exact).epsilon(0).margin(100 * tolerance + 1e-13));
    }
}
