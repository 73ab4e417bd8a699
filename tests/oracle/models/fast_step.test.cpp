// SPDX-License-Identifier: BSD-3-Clause
// The steps of fixed length against the integrator at its tightest.

#include <catch2/catch.hpp>
#include <cmath>

#include "models/neurons/adex.hpp"
#include "models/neurons/escape_noise.hpp"
#include "models/neurons/exp_if.hpp"
#include "models/neurons/hodgkin_huxley.hpp"
#include "models/neurons/lif_cond_adaptive.hpp"
#include "models/neurons/lif_cond_alpha.hpp"
#include "models/neurons/lif_cond_exp.hpp"
#include "sim/core/random.hpp"
#include "sim/ode/fast_step.hpp"
#include "sim/ode/integrator.hpp"

using namespace models;
using sim::ode::AtThreshold;

namespace {

template <class M>
constexpr std::size_t size = sizeof(typename M::template State<double>) / sizeof(double);

/// The block on detection of hodgkin_huxley has bends in time that no step sees. It matters where
/// it is small, so its errors count in parts of what is left of 200 mV.
template <class M>
bool is_block(std::size_t variable) {
    return M::states()[variable].name == "block";
}

struct Taken {
    double share;     // of the steps
    double too_wide;  // errors beyond the tolerance, a share of those taken
};

/// Walks a neuron with random input by accurate steps and tries the fast step of length dt beside
/// each.
template <class M, class Draw>
Taken share_taken(double dt, double tolerance, int count, Draw&& draw) {
    using State = typename M::template State<double>;
    const typename M::template Params<double> p;
    const sim::ode::FastStep<M> fast(tolerance);
    const auto span = fast.span(p, dt);
    const sim::ode::Integrator<M> reference(1e-13);
    sim::RandomStream random(sim::RandomKey{7, 0}, 0, 0);
    State s = M::initial(p);
    double hint = 0;
    int taken = 0;
    int too_wide = 0;
    for (int i = 0; i < count; ++i) {
        const auto start = std::bit_cast<std::array<double, size<M>>>(s);
        State next = s;
        const auto outcome = fast.template take<AtThreshold::stop>(p, span, next, false);
        CHECK((outcome.precise || !outcome.done));
        const auto crossing = reference.advance(p, s, 0, dt, false, hint);
        if (outcome.done) {
            ++taken;
            CHECK_FALSE(crossing);
            const auto found = std::bit_cast<std::array<double, size<M>>>(next);
            const auto expected = std::bit_cast<std::array<double, size<M>>>(s);
            for (std::size_t v = 0; v < size<M>; ++v) {
                CAPTURE(M::name, tolerance, i, v, start[v], expected[v], found[v]);
                const double scale = 1 + std::max(std::abs(start[v]), std::abs(expected[v]));
                const double error = std::abs(found[v] - expected[v]) / (tolerance * scale);
                if (is_block<M>(v)) CHECK(std::abs(found[v] - expected[v]) < 0.1 * scale);
                else {
                    // An estimate may be too small on its way through 0.
                    CHECK(error <= 4);
                    too_wide += error > 1;
                }
            }
        }
        if (crossing) {
            M::reset(p, s);
            if constexpr (sim::Stochastic<M>) M::draw(p, s, random);
        }
        M::receive(p, s, draw(random));
    }
    return {static_cast<double>(taken) / count, static_cast<double>(too_wide) / std::max(taken, 1)};
}

sim::Input<double> now_and_then(sim::RandomStream& r) {
    return {r.uniform() < 0.1 ? 9 * r.uniform() : 0, r.uniform() < 0.02 ? -60 * r.uniform() : 0, 0};
}
sim::Input<double> strong(sim::RandomStream& r) {
    return {r.uniform() < 0.1 ? 30 * r.uniform() : 0, r.uniform() < 0.02 ? -60 * r.uniform() : 0,
            0};
}
sim::Input<double> currents(sim::RandomStream& r) {
    return {r.uniform() < 0.1 ? 400 * r.uniform() : 0,
            r.uniform() < 0.02 ? -400 * r.uniform() : 0, 0};
}

}  // namespace

TEST_CASE("fast steps keep to the tolerance, and most are taken", "[oracle][ode]") {
    for (const double tolerance : {1e-3, 1e-4, 1e-6, 1e-8}) {
        CAPTURE(tolerance);
        const auto check = [&](const Taken& taken, double least) {
            CHECK(taken.too_wide < 0.02);
            // At the default tolerances most steps of 0.1 ms are taken, which is what makes them
            // fast.
            if (tolerance >= 1e-6) CHECK(taken.share > least);
        };
        check(share_taken<LifCondExp>(0.1, tolerance, 5000, now_and_then), 0.95);
        check(share_taken<LifCondAdaptive>(0.1, tolerance, 5000, now_and_then), 0.95);
        if (tolerance >= sim::ode::FastStep<HodgkinHuxley>::least_tolerance)
            check(share_taken<HodgkinHuxley>(0.1, tolerance, 5000, now_and_then), 0.7);
        check(share_taken<LifCondAlpha>(0.1, tolerance, 5000, now_and_then), 0.95);
        check(share_taken<Adex>(0.1, tolerance, 5000, strong), 0.6);
        check(share_taken<ExpIf>(0.1, tolerance, 5000, currents), 0.7);
        check(share_taken<EscapeNoise>(0.1, tolerance, 5000, currents), 0.7);
    }
}

TEST_CASE("the error of fast steps falls with their order", "[oracle][ode]") {
    // From rest with a conductance of 10 nS and no threshold in reach.
    const auto error_of = [](auto model, double dt) {
        using M = decltype(model);
        typename M::template Params<double> p;
        if constexpr (requires { p.v_peak; }) p.v_peak = 1e6;
        else p.v_th = 1e6;
        auto s = M::initial(p);
        if constexpr (requires { s.z_exc; }) s.z_exc = 10;
        else s.g_exc = 10;
        auto expected = s;
        const sim::ode::FastStep<M> step(1);
        const auto span = step.span(p, dt);
        for (double t = 0; t < 0.8 - dt / 2; t += dt)
            REQUIRE(step.template take<AtThreshold::stop>(p, span, s, false).done);
        double hint = 0;
        sim::ode::Integrator<M>(1e-14).advance(p, expected, 0, 0.8, false, hint);
        return std::abs(s.v - expected.v);
    };
    // Halving the step divides the error by 2^order, and a little less than that far from 0.
    CHECK(error_of(LifCondExp{}, 0.4) > 12 * error_of(LifCondExp{}, 0.2));       // Magnus
    CHECK(error_of(HodgkinHuxley{}, 0.1) > 12 * error_of(HodgkinHuxley{}, 0.05));  // split
    CHECK(error_of(LifCondAlpha{}, 0.4) > 12 * error_of(LifCondAlpha{}, 0.2));  // Magnus
    CHECK(error_of(Adex{}, 0.4) > 6 * error_of(Adex{}, 0.2));                      // exponential
}

TEST_CASE("sums prepared for a length are those that the nodes give", "[oracle][ode]") {
    const auto check = [](auto model, double dt) {
        using M = decltype(model);
        typename M::template Params<double> p;
        p.i_e = 30;
        const sim::ode::FastStep<M> fast(1e-6);
        const auto prepared = fast.span(p, dt);
        const auto brief = fast.brief_span(p, dt);
        sim::RandomStream random(sim::RandomKey{9, 0}, 0, 0);
        int taken = 0;
        for (int i = 0; i < 2000; ++i) {
            std::array<double, size<M>> values;
            for (double& x : values) x = 300 * random.uniform();
            auto s = std::bit_cast<typename M::template State<double>>(values);
            s.v = -70 + 25 * random.uniform();
            s.i_stim = 100 * random.uniform() - 50;
            auto other = s;
            const bool held = i % 8 == 0;
            const auto first = fast.template take<AtThreshold::pass>(p, prepared, s, held);
            const auto second = fast.template take<AtThreshold::pass>(p, brief, other, held);
            REQUIRE(first.done == second.done);
            if (!first.done) continue;
            ++taken;
            const auto a = std::bit_cast<std::array<double, size<M>>>(s);
            const auto b = std::bit_cast<std::array<double, size<M>>>(other);
            // Some ten roundings of terms of up to 1e4 mV a step of 0.1 ms.
            for (std::size_t v = 0; v < size<M>; ++v)
                CHECK(a[v] == Approx(b[v]).epsilon(0).margin(1e-11));
        }
        CHECK(taken > 500);
    };
    for (const double dt : {0.05, 0.1}) {
        check(LifCondExp{}, dt);
        check(LifCondAlpha{}, dt);
        check(LifCondAdaptive{}, dt);
    }
}

TEST_CASE("a held neuron keeps its potential while conductances decay", "[oracle][ode]") {
    const LifCondExp::Params<> p;
    const sim::ode::FastStep<LifCondExp> fast(1e-6);
    LifCondExp::State<> s{-65.25, 40, 100, 10};
    REQUIRE(fast.take<AtThreshold::stop>(p, fast.span(p, 0.1), s, true).done);
    CHECK(s.v == -65.25);
    CHECK(s.g_exc == Approx(40 * std::exp(-0.1 / p.tau_syn_exc)).epsilon(1e-14));
    CHECK(s.g_inh == Approx(100 * std::exp(-0.1 / p.tau_syn_inh)).epsilon(1e-14));
}

TEST_CASE("what a split step says of half and twice its length mostly holds", "[oracle][ode]") {
    // On the way through spikes; a share, as it is said by the order of the error at one length.
    using M = HodgkinHuxley;
    const M::Params<> p;
    const sim::ode::FastStep<M> fast(1e-4);
    const sim::ode::Integrator<M> reference(1e-10);
    const auto takes = [&](M::State<> s, double h) {
        return fast.take<AtThreshold::pass>(p, fast.span(p, h), s, false).precise;
    };
    auto s = M::initial(p);
    double hint = 0;
    int far = 0, half_fails = 0, easy = 0, twice_does = 0;
    for (int i = 0; i < 20000; ++i) {
        s.g_exc = 20;  // keeps it firing
        for (const double h : {0.1, 0.05, 0.025, 0.0125}) {
            auto next = s;
            const auto outcome = fast.take<AtThreshold::pass>(p, fast.span(p, h), next, false);
            if (!outcome.precise && outcome.far) {
                ++far;
                half_fails += !takes(s, h / 2);
            }
            if (outcome.precise && outcome.easy && h < 0.1) {
                ++easy;
                twice_does += takes(s, 2 * h);
            }
        }
        if (reference.advance(p, s, 0, 0.013, false, hint)) M::reset(p, s);
    }
    REQUIRE(far > 100);
    REQUIRE(easy > 100);
    CHECK(half_fails > 0.9 * far);
    CHECK(twice_does > 0.9 * easy);
}

TEST_CASE("rates of Hodgkin & Huxley's gates hold where their quotients are 0 / 0",
          "[oracle][models]") {
    // Traub & Miles 1991 as in Brette et al. 2007, appendix B, by long double.
    const HodgkinHuxley::Params<> p;
    const auto quotient = [](long double x) { return x == 0 ? 1.0L : x / std::expm1(x); };
    for (const double centre : {13.0, 15.0, 40.0})
        for (const double away : {0.0, 1e-300, 1e-15, 1e-9, 1e-4, 0.0199, 0.0201, 0.1, 3.0})
            for (const double sign : {-1.0, 1.0}) {
                const double v = p.v_t + (centre + sign * away);
                const long double u = static_cast<long double>(v) - p.v_t;
                CAPTURE(centre, away, sign);
                auto s = HodgkinHuxley::initial(p);
                s.v = v;
                const auto parts = HodgkinHuxley::affine(p, s, false);
                const auto opens_m = static_cast<double>(1.28L * quotient((13 - u) / 4));
                const auto closes_m = static_cast<double>(1.4L * quotient((u - 40) / 5));
                const auto opens_n = static_cast<double>(0.16L * quotient((15 - u) / 5));
                // e^x is right to 4e-14, which counts as e^x - 1 is 0.02 / 5 at least; the series
                // leaves out x^4 / 720.
                CHECK(parts.gain.m == Approx(opens_m).epsilon(2e-11));
                CHECK(parts.rate.m == Approx(opens_m + closes_m).epsilon(2e-11));
                CHECK(parts.gain.n == Approx(opens_n).epsilon(2e-11));
            }
}

TEST_CASE("a step that passes the threshold says so at its end", "[oracle][ode]") {
    // Just below threshold with a slope that reaches it within the step.
    LifCondExp::Params<> p;
    auto s = LifCondExp::initial(p);
    s.v = p.v_th - 0.05;
    s.g_exc = 40;
    auto expected = s;
    const sim::ode::FastStep<LifCondExp> step(1e-6);
    const auto span = step.span(p, 0.1);
    auto stopped = s;
    const auto stop = step.take<AtThreshold::stop>(p, span, stopped, false);
    CHECK_FALSE(stop.done);
    CHECK(stop.precise);
    const auto pass = step.take<AtThreshold::pass>(p, span, s, false);
    REQUIRE(pass.done);
    CHECK(LifCondExp::gap(p, s, 1.0) > 0);
    p.v_th = 0;  // out of the way of the reference
    double hint = 0;
    sim::ode::Integrator<LifCondExp>(1e-13).advance(p, expected, 0, 0.1, false, hint);
    CHECK(s.v == Approx(expected.v).epsilon(0).margin(6e-5));  // the tolerance at 50 mV
}

TEST_CASE("a hump within a step is never passed over", "[oracle][ode]") {
    // Strong conductances of both kinds that decay at different rates: v rises, then falls.
    sim::RandomStream random(sim::RandomKey{8, 0}, 0, 0);
    int humps = 0;
    for (int i = 0; i < 20000; ++i) {
        LifCondExp::Params<> p;
        p.tau_syn_exc = 0.2 + 5 * random.uniform();
        p.tau_syn_inh = 0.2 + 20 * random.uniform();
        auto s = LifCondExp::initial(p);
        s.g_exc = 400 * random.uniform();
        s.g_inh = 800 * random.uniform();
        const double drive = s.g_exc * -p.v_th - s.g_inh * (p.v_th - p.e_inh) -
                             p.g_l * (p.v_th - p.e_l);
        s.v = p.v_th - 1e-4 * random.uniform() * std::abs(drive) / p.c_m;
        const sim::ode::FastStep<LifCondExp> step(1e-6);
        auto fast = s;
        const auto outcome =
            step.take<AtThreshold::pass>(p, step.span(p, 0.1), fast, false);
        double hint = 0;
        const auto crossing =
            sim::ode::Integrator<LifCondExp>(1e-12).advance(p, s, 0, 0.1, false, hint);
        if (!crossing || !outcome.done) continue;
        CHECK(LifCondExp::gap(p, fast, 1.0) >= 0);
        ++humps;
    }
    CHECK(humps > 1000);
}
