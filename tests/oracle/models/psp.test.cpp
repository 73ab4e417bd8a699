// SPDX-License-Identifier: BSD-3-Clause
// Textbook solutions of the closed-form models, written out independently of their propagators.

#include <catch2/catch.hpp>

#include "models/neurons/glif.hpp"
#include "models/neurons/lif_adaptive.hpp"
#include "models/neurons/lif_alpha.hpp"
#include "models/neurons/lif_delta.hpp"
#include "models/neurons/lif_exp.hpp"
#include "models/neurons/rate_unit.hpp"
#include "models/neurons/relay.hpp"
#include "tests/oracle/models/support.hpp"

using namespace models;

namespace {

template <class M>
typename M::template State<double> after(const typename M::template Params<double>& p,
                                         typename M::template State<double> s, double dt) {
    M::advance(p, M::flow(p, dt), s);
    return s;
}

template <class M>
typename M::template State<double> after_one_input(const typename M::template Params<double>& p,
                                                   double weight, double dt) {
    auto s = M::initial(p);
    M::receive(p, s, {weight, 0, 0});
    return after<M>(p, s, dt);
}

/// The first time gap reaches 0, by bisection; exact to rounding while gap grows.
template <class M>
double crossing(const typename M::template Params<double>& p,
                const typename M::template State<double>& s, double high) {
    double low = 0;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (M::gap(p, after<M>(p, s, middle), 1.0) < 0 ? low : high) = middle;
    }
    return high;
}

}  // namespace

TEST_CASE("the exponential PSP peaks where and as high as the formula says", "[oracle][models]") {
    LifExp::Params<> p;
    p.tau_m = 10;
    p.tau_syn_exc = 2;
    const double w = 100;
    // Rotter & Diesmann 1999, eq. 12: difference of exponentials, its derivative put to zero.
    const double peak = std::log(p.tau_m / p.tau_syn_exc) / (1 / p.tau_syn_exc - 1 / p.tau_m);
    const double height = w / p.c_m / (1 / p.tau_syn_exc - 1 / p.tau_m) *
                          (std::exp(-peak / p.tau_m) - std::exp(-peak / p.tau_syn_exc));
    const auto v = [&](double t) { return after_one_input<LifExp>(p, w, t).v - p.e_l; };
    CHECK(v(peak) == Approx(height).epsilon(1e-13));  // rounding of v around -65 mV
    CHECK(v(peak - 0.01) < v(peak));
    CHECK(v(peak + 0.01) < v(peak));
}

TEST_CASE("an alpha current reaches its weight after tau_syn", "[oracle][models]") {
    const LifAlpha::Params<> p{.tau_syn_exc = 3};
    for (const double t : {0.5, 3.0, 7.0})
        CHECK(after_one_input<LifAlpha>(p, 40, t).i_exc ==
              Approx(40 * t / 3 * std::exp(1 - t / 3)).epsilon(1e-14));
    CHECK(after_one_input<LifAlpha>(p, 40, 3).i_exc == Approx(40).epsilon(1e-15));
}

TEST_CASE("the alpha PSP equals the double integral for distinct constants", "[oracle][models]") {
    const LifAlpha::Params<> p{.tau_m = 20, .tau_syn_exc = 2};
    const double q = 1 / p.tau_syn_exc - 1 / p.tau_m;
    for (const double t : {0.1, 2.0, 30.0}) {
        // w e / (tau_s c) e^{-t/tau_m} (1 - e^{-qt} (1 + qt)) / q^2
        const double v = 40 * std::exp(1.0) / (p.tau_syn_exc * p.c_m) / (q * q) *
                         std::exp(-t / p.tau_m) * (1 - std::exp(-q * t) * (1 + q * t));
        // v stands on -65 mV, whose rounding is 1e-14 mV.
        const double found = after_one_input<LifAlpha>(p, 40, t).v - p.e_l;
        CHECK(found == Approx(v).epsilon(1e-12).margin(5e-14));
    }
}

TEST_CASE("equal and nearly equal time constants lose no digits", "[oracle][models]") {
    for (const double t : {1e-3, 0.1, 5.0, 300.0}) {
        const double tau = 8;
        const double decay = std::exp(-t / tau);
        CHECK(exp_response(t, tau, tau) == Approx(t * decay).epsilon(1e-15));
        CHECK(alpha_response(t, tau, tau) == Approx(t * t / 2 * decay).epsilon(1e-15));
        for (const double eps : {1e-15, 1e-12, 1e-8, 1e-4, -1e-4, -1e-10}) {
            const double tau_m = tau * (1 + eps);
            const double x = t * (1 / tau_m - 1 / tau);
            const double series = t * std::exp(-t / tau_m) * (1 + x / 2 + x * x / 6);
            const double remainder = std::abs(x * x * x) / 12;
            CHECK(exp_response(t, tau_m, tau) == Approx(series).epsilon(1e-14 + remainder));
        }
    }
}

TEST_CASE("the alpha response is the tau_s-derivative of the exponential one", "[oracle][models]") {
    // d/d(1/tau_s) of the exponential response is minus the alpha response; central differences in
    // long double with relative step 1e-6 are good to 1e-11.
    auto draw = oracle::stream(3);
    const auto response = [](long double t, long double tau_m, long double rate) {
        const long double d = 1 / tau_m - rate;
        return std::exp(-t / tau_m) * (std::abs(d * t) < 1e-12L ? t : std::expm1(d * t) / d);
    };
    for (int i = 0; i < 400; ++i) {
        const double tau_m = std::exp(oracle::between(draw, 0, 4));
        const double tau_s = tau_m * std::exp(oracle::between(draw, -2, 2) * draw.uniform());
        const double t = tau_m * std::exp(oracle::between(draw, -3, 2));
        const long double rate = 1.0L / tau_s;
        const long double h = 1e-6L * rate;
        const long double slope =
            (response(t, tau_m, rate - h) - response(t, tau_m, rate + h)) / (2 * h);
        CHECK(alpha_response(t, tau_m, tau_s) == Approx(static_cast<double>(slope)).epsilon(1e-9));
    }
}

TEST_CASE("constant current makes the leaky neuron fire at the textbook interval",
          "[oracle][models]") {
    LifDelta::Params<> p;
    p.i_e = 250;  // v_inf = e_l + 20 mV, threshold 15 mV above e_l
    const double expected = p.tau_m * std::log(20.0 / 5.0);
    CHECK(crossing<LifDelta>(p, LifDelta::initial(p), 100) == Approx(expected).epsilon(1e-14));
    LifExp::Params<> q;
    q.i_e = 250;
    CHECK(crossing<LifExp>(q, LifExp::initial(q), 100) == Approx(expected).epsilon(1e-14));
}

TEST_CASE("delta inputs jump, and are lost while refractory", "[oracle][models]") {
    const LifDelta::Params<> p;
    auto s = LifDelta::initial(p);
    LifDelta::receive(p, s, {3, 0, 0});
    CHECK(s.v == p.e_l + 3);
    LifDelta::receive_held(p, s, {3, 0, 50});
    CHECK(s.v == p.e_l + 3);
    CHECK(s.i_stim == 50);
}

TEST_CASE("the adaptive threshold jumps and decays", "[oracle][models]") {
    const LifAdaptive::Params<> p{.theta_jump = 3, .tau_theta = 50};
    auto s = LifAdaptive::initial(p);
    LifAdaptive::reset(p, s);
    LifAdaptive::hold(p, LifAdaptive::flow(p, 10), s);
    LifAdaptive::reset(p, s);
    CHECK(s.theta == Approx(3 + 3 * std::exp(-0.2)).epsilon(1e-15));
    CHECK(LifAdaptive::gap(p, s, 1.0) == p.v_reset - s.theta - p.v_th);
}

TEST_CASE("after-spike currents follow the geometric series of regular spikes",
          "[oracle][models]") {
    // At a fixed interval T the current right after a spike tends to b / (1 - e^{-T/tau})
    // (Mihalas & Niebur 2009, with R = 1).
    const Glif::Params<> p;
    auto s = Glif::initial(p);
    for (int i = 0; i < 300; ++i) {
        Glif::hold(p, Glif::flow(p, 40), s);
        Glif::reset(p, s);
    }
    CHECK(s.i_1 == Approx(p.b_1 / (1 - std::exp(-40 / p.tau_1))).epsilon(1e-13));
    CHECK(s.i_2 == Approx(p.b_2 / (1 - std::exp(-40 / p.tau_2))).epsilon(1e-13));
}

TEST_CASE("a rate unit at rest at its bias sends evenly spaced spikes", "[oracle][models]") {
    RateUnit::Params<> p;
    p.bias = 40;
    auto s = RateUnit::initial(p);
    for (int i = 0; i < 3; ++i) {
        const double t = crossing<RateUnit>(p, s, 100);
        CHECK(t == Approx(25).epsilon(1e-14));
        s = after<RateUnit>(p, s, t);
        RateUnit::reset(p, s);
        CHECK(std::abs(s.phase) < 1e-15);
    }
}

TEST_CASE("a rate unit turns a presynaptic rate into weight times rate", "[oracle][models]") {
    const RateUnit::Params<> p{.tau = 50};
    auto s = RateUnit::initial(p);
    for (int i = 0; i < 400; ++i) {  // 100 Hz for 4 s, then the mean over one period from the phase
        RateUnit::receive(p, s, {0.3, 0, 0});
        s = after<RateUnit>(p, s, 10);
    }
    const double before = s.phase;
    RateUnit::receive(p, s, {0.3, 0, 0});
    s = after<RateUnit>(p, s, 10);
    CHECK((s.phase - before) * 100 == Approx(30).epsilon(1e-12));  // Hz; phase near 120: 1e-14
}

TEST_CASE("a negative rate runs the phase back", "[oracle][models]") {
    const RateUnit::Params<> p{.bias = -100};
    const auto s = after<RateUnit>(p, RateUnit::initial(p), 20);
    CHECK(s.phase == Approx(-2).epsilon(1e-14));
    CHECK(RateUnit::bound(p, RateUnit::flow(p, 10), s, after<RateUnit>(p, s, 10), 10.0) < 0);
}

TEST_CASE("a relay fires on excitation only", "[oracle][models]") {
    const Relay::Params<> p;
    auto s = Relay::initial(p);
    CHECK(Relay::gap(p, s, 1.0) < 0);
    Relay::receive(p, s, {0, -5, 0});
    CHECK(Relay::gap(p, s, 1.0) < 0);
    Relay::receive(p, s, {1e-3, -5, 0});
    CHECK(Relay::gap(p, s, 1.0) >= 0);
    Relay::reset(p, s);
    CHECK(Relay::gap(p, s, 1.0) < 0);
}
