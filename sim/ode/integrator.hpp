// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Adaptive integration of a nonlinear neuron between two events, with the first threshold crossing.
//
// The only place that includes Boost.Odeint. Dormand-Prince 5(4) with its dense output.
//
// Invariants
//   (1) The result depends on parameters, state, dt, tolerance and the caller's step hint alone.
//   (2) No heap allocation.
//   (3) A crossing found by the dense output is refined on the equations themselves, so its time is
//       as accurate as the step, not as the interpolant.
// Threads: an Integrator is stateless after construction; any number of threads may share it.
//
// The gap of a model must be affine in the state, with constants multiplied by `unit`.

#include <algorithm>
#include <array>
#include <bit>
#include <boost/numeric/odeint/algebra/algebra_dispatcher.hpp>
#include <boost/numeric/odeint/algebra/array_algebra.hpp>
#include <boost/numeric/odeint/algebra/operations_dispatcher.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <concepts>
#include <optional>
#include <sstream>
#include <string>

#include "sim/core/error.hpp"
#include "sim/ode/gap_polynomial.hpp"

namespace sim::ode {

template <class M>
concept OdeModel = requires(const typename M::template Params<double>& p,
                            const typename M::template State<double>& s) {
    { M::derivative(p, s, false) } -> std::same_as<typename M::template State<double>>;
    { M::gap(p, s, 1.0) } -> std::same_as<double>;
};

template <OdeModel M>
class Integrator {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    /// A step is accepted if its error estimate is below tolerance (1 + |x|) for every variable x
    /// in house units.
    explicit Integrator(double tolerance) : tolerance_(std::max(tolerance, smallest_tolerance)) {}

    double tolerance() const { return tolerance_; }

    /// Integrates `s` over dt, or up to the first crossing (gap reaches 0 from below), whose time
    /// after the start, in (0, dt], is returned; 0 if gap >= 0 already. No crossing while held.
    /// `step_hint` is kept by the caller for each neuron, 0 at first; it carries the step size on.
    /// Units:  now, dt ms; `now` is used in messages only
    /// Needs:  dt >= 0
    /// Throws: NumericFailure if the step underflows or the state is not finite
    /// Flattened: with every stage inlined a step of a small model stays in registers (57 ns for
    /// lif_cond_exp, 157 otherwise).
    /// Source: Dormand & Prince 1980; dense output: Hairer, Norsett & Wanner 1993, p. 191
    [[gnu::flatten]] std::optional<double> advance(const Params& p, State& s, double now, double dt,
                                                   bool held, double& step_hint) const {
        Step step(p, held);
        step.x = std::bit_cast<Values>(s);
        step.k1 = step.derivative(step.x);
        step.g0 = step.gap(step.x);
        if (!held && step.g0 >= 0) return 0.0;

        double t = 0;
        double hint = step_hint > 0 ? step_hint : dt;
        for (int tried = 0; t < dt; ++tried) {
            const double left = dt - t;
            const bool last = hint >= left;
            // A step that would leave a sliver takes half of what is left.
            const double h = last ? left : (2 * hint > left ? left / 2 : hint);
            const double error = step.take(h) / tolerance_;
            if (!(error <= 1)) {
                hint = std::isfinite(error) ? h * factor(error) : h / 10;
                if (hint < smallest_step || tried > most_steps) fail(now + t, hint);
                continue;
            }
            if (!held && step.may_cross(h)) {
                if (const auto crossing = step.first_crossing(h)) {
                    s = std::bit_cast<State>(step.y);
                    step_hint = 0;  // the reset makes another solution of it
                    return std::min(t + *crossing * h, dt);
                }
            }
            if (error < growth_limit)
                hint = std::min(std::max(hint, largest_growth * h), largest_step);
            else if (!last)
                hint = h * factor(error);
            if (tried > most_steps) fail(now + t, h);
            t = last ? dt : t + h;
            step.move_on();
        }
        s = std::bit_cast<State>(step.x);
        step_hint = hint;
        return std::nullopt;
    }

private:
    static constexpr std::size_t n = sizeof(State) / sizeof(double);
    using Values = std::array<double, n>;
    using Stepper = boost::numeric::odeint::runge_kutta_dopri5<Values>;

    static constexpr double smallest_tolerance = 1e-14;
    static constexpr double smallest_step = 1e-20;  // ms
    static constexpr double largest_step = 1e3;     // ms
    static constexpr int most_steps = 1'000'000;
    static constexpr double largest_growth = 5;
    static constexpr double growth_limit = 1.889568e-4;  // (0.9 / largest_growth)^5

    /// Change of step for an error (1: just accepted); the error goes with the fifth power.
    static double factor(double error) {
        return std::clamp(0.9 * std::pow(error, -0.2), 0.2, largest_growth);
    }

    [[noreturn, gnu::noinline]] static void fail(double time, double h) {
        std::ostringstream text;
        text.precision(9);
        text << M::name << " at " << time << " ms: no step as small as " << h
             << " ms meets the tolerance; the state diverges or a parameter is extreme";
        throw NumericFailure(text.str());
    }

    /// One step from x to y and what is known along it. k1, k7: derivatives at x and y.
    struct Step {
        Step(const Params& parameters, bool is_held) : p(parameters), held(is_held) {}

        Values derivative(const Values& at) const {
            return std::bit_cast<Values>(M::derivative(p, std::bit_cast<State>(at), held));
        }
        double gap(const Values& at) const { return M::gap(p, std::bit_cast<State>(at), 1.0); }
        double slope(const Values& k) const { return M::gap(p, std::bit_cast<State>(k), 0.0); }

        /// Takes the step and returns the largest error estimate of a variable, over 1 + |x|.
        double take(double h) {
            Values error;
            steepest = std::abs(slope(k1));
            const auto system = [this](const Values& at, Values& k, double) {
                k = derivative(at);
                steepest = std::max(steepest, std::abs(slope(k)));
            };
            stepper.do_step(system, x, k1, 0.0, y, k7, h, error);
            double largest = 0;
            double sum = 0;  // not finite if any error is not
            for (std::size_t i = 0; i < n; ++i) {
                const double part =
                    std::abs(error[i]) / (1 + std::max(std::abs(x[i]), std::abs(y[i])));
                largest = std::max(largest, part);
                sum += part;
            }
            g1 = gap(y);
            return std::isfinite(sum) ? largest : sum;
        }

        /// The dense output is g0 + h sum of b_i(theta) times the slope of stage i, and the sum of
        /// |b_i| stays below 1.7: so it cannot reach 0 if this says false.
        bool may_cross(double h) const { return g0 + 1.7 * h * steepest >= 0; }

        /// The part of the step after which gap reaches 0 for the first time; y is left there.
        [[gnu::noinline]] std::optional<double> first_crossing(double h) {
            const double end_gap = g1;
            const GapPolynomial polynomial(g0, h * slope(k1), g1, h * slope(k7),
                                           dense(h / 3, h), dense(2 * h / 3, h));
            const Values end = y;
            const Values end_k = k7;
            double low = 0;
            while (const auto root = polynomial.first_rise(low)) {
                if (end_gap >= 0) return refine(low, 1, *root, h);
                const double top = polynomial.top(*root);  // of a hump within the step
                if (take_part(top, h) >= 0) return refine(low, top, *root, h);
                low = top;
            }
            if (end_gap >= 0) return refine(low, 1, 1, h);
            y = end;
            k7 = end_k;
            g1 = end_gap;
            return std::nullopt;
        }

        double dense(double t, double h) const {
            Values z;
            stepper.calc_state(t, z, x, k1, 0.0, y, k7, h);
            return gap(z);
        }

        /// Integrates over theta of the step anew, and returns the gap there.
        double take_part(double theta, double h) {
            const auto system = [this](const Values& at, Values& k, double) { k = derivative(at); };
            stepper.do_step(system, x, k1, 0.0, y, k7, theta * h);
            return gap(y);
        }

        /// Newton's method within a bracket: gap < 0 at `low`, >= 0 at `high`.
        double refine(double low, double high, double guess, double h) {
            double theta = guess;
            for (int i = 0; i < 100; ++i) {
                const double g = take_part(theta, h);
                (g < 0 ? low : high) = theta;
                const double change = -g / (h * slope(k7));
                if (std::abs(change) * h <= 1e-15 || high - low <= 1e-15) break;
                const double next = theta + change;
                theta = next > low && next < high ? next : (low + high) / 2;
            }
            return theta;
        }

        void move_on() {
            x = y;
            k1 = k7;
            g0 = g1;
        }

        const Params& p;
        bool held;
        Values x, y, k1, k7;
        double g0 = 0;
        double g1 = 0;
        double steepest = 0;
        Stepper stepper;
    };

    double tolerance_;
};

}  // namespace sim::ode
