// SPDX-License-Identifier: BSD-3-Clause
// The exponential step against the integrator at its tightest.

#include <catch2/catch.hpp>
#include <cmath>

#include "models/neurons/hodgkin_huxley.hpp"
#include "models/neurons/lif_cond_exp.hpp"
#include "sim/core/random.hpp"
#include "sim/ode/exponential_step.hpp"
#include "sim/ode/integrator.hpp"

using namespace models;

namespace {

/// Walks a neuron with random input by accurate steps and tries the exponential step of length dt
/// beside each. Returns the share that it took; each must keep to the tolerance.
template <class M, class Draw>
double share_taken(double dt, double tolerance, int count, Draw&& draw) {
    using State = typename M::template State<double>;
    constexpr std::size_t n = sizeof(State) / sizeof(double);
    const typename M::template Params<double> p;
    const sim::ode::ExponentialStep<M> step(dt, tolerance);
    const auto decay = step.decay(p);
    const sim::ode::Integrator<M> reference(1e-13);
    sim::RandomStream random(sim::RandomKey{7, 0}, 0, 0);
    State s = M::initial(p);
    double hint = 0;
    int taken = 0;
    for (int i = 0; i < count; ++i) {
        const auto start = std::bit_cast<std::array<double, n>>(s);
        State fast = s;
        const bool is_taken = step(p, decay, fast, false);
        const auto crossing = reference.advance(p, s, 0, dt, false, hint);
        if (is_taken) {
            ++taken;
            CHECK_FALSE(crossing);
            const auto found = std::bit_cast<std::array<double, n>>(fast);
            const auto expected = std::bit_cast<std::array<double, n>>(s);
            for (std::size_t v = 0; v < n; ++v) {
                CAPTURE(i, v, start[v], expected[v]);
                // The estimate is that of the order below, so the error is smaller as a rule; but
                // on its way through 0 an estimate may be too small by a little.
                CHECK(std::abs(found[v] - expected[v]) <= 3 * tolerance * (1 + std::abs(start[v])));
            }
        }
        if (crossing) M::reset(p, s);
        M::receive(p, s, draw(random));
    }
    return static_cast<double>(taken) / count;
}

sim::Input<double> now_and_then(sim::RandomStream& r) {
    return {r.uniform() < 0.1 ? 9 * r.uniform() : 0, r.uniform() < 0.02 ? -60 * r.uniform() : 0, 0};
}

}  // namespace

TEST_CASE("the exponential step keeps to the tolerance", "[oracle][ode]") {
    for (const double tolerance : {1e-4, 1e-6, 1e-8}) {
        CAPTURE(tolerance);
        const double lif = share_taken<LifCondExp>(0.1, tolerance, 5000, now_and_then);
        const double hh = share_taken<HodgkinHuxley>(0.1, tolerance, 5000, now_and_then);
        // At the default tolerance most steps of 0.1 ms are taken, which is what makes them fast.
        if (tolerance >= 1e-6) {
            CHECK(lif > 0.8);
            CHECK(hh > 0.7);
        }
    }
}

TEST_CASE("the error of the exponential step falls with its order", "[oracle][ode]") {
    // From rest with a conductance of 10 nS, held so that no threshold matters.
    const auto error_of = [](auto model, double dt) {
        using M = decltype(model);
        using State = typename M::template State<double>;
        const typename M::template Params<double> p;
        State s = M::initial(p);
        s.g_exc = 10;
        auto expected = s;
        const sim::ode::ExponentialStep<M> step(dt, 1);
        typename M::template Params<double> high = p;
        high.v_th = 1e6;
        for (double t = 0; t < 0.8 - dt / 2; t += dt) REQUIRE(step(high, step.decay(p), s, false));
        double hint = 0;
        sim::ode::Integrator<M>(1e-14).advance(high, expected, 0, 0.8, false, hint);
        return std::abs(s.v - expected.v);
    };
    // Halving the step divides the error by 2^3 or 2^4, and a little less than that far from 0.
    CHECK(error_of(LifCondExp{}, 0.4) > 6 * error_of(LifCondExp{}, 0.2));
    CHECK(error_of(HodgkinHuxley{}, 0.1) > 12 * error_of(HodgkinHuxley{}, 0.05));
}
