// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Adaptive integration of nonlinear neurons between two events, with the first threshold crossing:
// of one neuron, or of several side by side (T: double or a pack of them, as models are written).
//
// The only place that includes Boost.Odeint. Dormand-Prince 5(4) with its dense output.
//
// Invariants
//   (1) The result depends on parameters, state, dt, tolerance and the caller's step hint alone.
//   (2) Lanes are independent: each has its own steps, and the bits that it would have alone.
//   (3) No heap allocation.
//   (4) A crossing found by the dense output is refined on the equations themselves, so its time is
//       as accurate as the step, not as the interpolant.
// Threads: an Integrator is stateless after construction; any number of threads may share it.
//
// The gap of a model must be affine in the state, with constants multiplied by `unit`.

#include <algorithm>
#include <array>
#include <bit>
#include <boost/numeric/odeint/algebra/array_algebra.hpp>
#include <boost/numeric/odeint/algebra/default_operations.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <concepts>
#include <experimental/simd>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/flatten.hpp"
#include "sim/ode/gap_polynomial.hpp"
#include "sim/ode/mask.hpp"

namespace sim::ode {

template <class M>
concept OdeModel = requires(const typename M::template Params<double>& p,
                            const typename M::template State<double>& s) {
    { M::derivative(p, s, false) } -> std::same_as<typename M::template State<double>>;
    { M::gap(p, s, 1.0) } -> std::same_as<double>;
};

/// No step meets the tolerance. `reason` says so without model and time.
struct NoStep : NumericFailure {
    NoStep(const std::string& model, double when, const std::string& why)
        : NumericFailure(model + " at " + shown(when) + " ms: " + why), time(when), reason(why) {}

    static std::string shown(double x) {
        std::ostringstream text;
        text.precision(9);
        text << x;
        return text.str();
    }

    double time;  // ms
    std::string reason;
};

template <OdeModel M>
class Integrator {
public:
    template <class T>
    using Params = typename M::template Params<T>;
    template <class T>
    using State = typename M::template State<T>;

    /// A step is accepted if its error estimate is below tolerance (1 + |x|) for every variable x
    /// in house units.
    explicit Integrator(double tolerance) : tolerance_(std::max(tolerance, smallest_tolerance)) {}

    double tolerance() const { return tolerance_; }

    /// Integrates `s` over dt, or up to the first crossing (gap reaches 0 from below), whose time
    /// after the start, in (0, dt], is returned; 0 if gap >= 0 already. No crossing while held.
    /// `step_hint` is kept by the caller for each neuron, 0 at first; it carries the step size on.
    /// Units:  now, dt ms; `now` is used in messages only
    /// Needs:  dt >= 0
    /// Throws: NoStep if the step underflows or the state is not finite
    /// Source: Dormand & Prince 1980; dense output: Hairer, Norsett & Wanner 1993, p. 191
    std::optional<double> advance(const Params<double>& p, State<double>& s, double now, double dt,
                                  bool held, double& step_hint) const {
        return resume(p, s, now, 0, dt, held, step_hint);
    }

    /// The same where `s` is already `gone` into dt.
    /// Flattened: with every stage inlined a step of a small model stays in registers.
    SHARPWAVE_FLATTEN std::optional<double> resume(const Params<double>& p, State<double>& s,
                                                  double now, double gone, double dt, bool held,
                                                  double& step_hint) const {
        if (!held && M::gap(p, s, 1.0) >= 0) return gone;
        std::optional<double> crossing;
        const auto look = [&](auto& step, double t, double h, bool) {
            if (const auto part = step.first_crossing(h)) {
                crossing = std::min(t + *part * h, dt);
                s = std::bit_cast<State<double>>(step.y);
            }
            return crossing.has_value();
        };
        const auto give_up = [&](double t, double h, bool) -> bool {
            throw NoStep(
                std::string(M::name), now + t,
                "no step as small as " + NoStep::shown(h) +
                    " ms meets the tolerance; the state diverges or a parameter is extreme");
        };
        State<double> end = s;
        double t = gone;
        walk(p, end, t, dt, held, step_hint, look, give_up);
        if (crossing) step_hint = 0;  // the reset makes another solution of it
        else s = end;
        return crossing;
    }

    /// Neurons side by side: integrates the lanes over dt that one step takes there, provably
    /// without a crossing, and leaves the others as they are. Returns where it did.
    /// Inlined: the coefficients of the step are then computed once for many packs.
    template <class T>
    Mask<T> try_step(const Params<T>& p, State<T>& s, double dt, const Mask<T>& held,
                     T& step_hint) const {
        Step<T, double> step(p, s, held);
        T hint = step_hint;
        where(hint == T(0), hint) = T(dt);
        step.take(dt);
        const Mask<T> done = hint >= T(dt) && step.is_within(tolerance_) && !step.may_cross(dt);
        where(done && step.is_within(tolerance_ * growth_limit), hint) = longer(hint, T(dt));
        where(done, step_hint) = hint;
        where_all(done, step.y, step.x);
        s = std::bit_cast<State<T>>(step.x);
        return done;
    }

    /// Neurons side by side, each in steps of its own: goes on from `gone`, up to dt or to a step
    /// that may cross the threshold or fails, which is left to `resume`.
    template <class T>
    SHARPWAVE_FLATTEN void run_ahead(const Params<T>& p, State<T>& s, T& gone, double dt,
                                    const Mask<T>& held, T& step_hint) const {
        const auto stop = [](const auto&...) { return Mask<T>(true); };
        walk(p, s, gone, dt, held, step_hint, stop, stop);
    }

private:
    template <class T>
    static constexpr std::size_t size_of = sizeof(State<T>) / sizeof(T);
    template <class T>
    using Values = std::array<T, size_of<T>>;
    template <class T, class Time>
    using Stepper =
        boost::numeric::odeint::runge_kutta_dopri5<Values<T>, double, Values<T>, Time,
                                                   boost::numeric::odeint::array_algebra,
                                                   boost::numeric::odeint::default_operations>;

    static constexpr double smallest_tolerance = 1e-14;
    static constexpr double smallest_step = 1e-20;  // ms
    static constexpr double largest_step = 1e3;     // ms
    static constexpr int most_steps = 1'000'000;
    static constexpr double largest_growth = 5;
    static constexpr double growth_limit = 1.889568e-4;  // (0.9 / largest_growth)^5

    template <class T>
    static void where_all(const Mask<T>& mask, const Values<T>& from, Values<T>& to) {
        using std::experimental::where;
        for (std::size_t i = 0; i < to.size(); ++i) where(mask, to[i]) = from[i];
    }

    template <class T>
    static T longer(T hint, T h) {
        using std::max, std::min;
        return min(max(hint, T(largest_growth * h)), T(largest_step));
    }

    /// Change of step for an error (1: just accepted), which goes with the fifth power of the step:
    /// of some factors the largest with which 0.9 of it is safe; 0.1 if the error is not finite.
    template <class T>
    static T factor(T error) {
        using std::experimental::where;
        T result(0.1);
        const auto try_factor = [&](double f) {
            const double part = 0.9 / f;
            where(error <= T(part * part * part * part * part), result) = T(f);
        };
        for (const double f : {0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.1, 1.35, 1.7, 2.2, 3.0, 4.0, 5.0})
            try_factor(f);
        return result;
    }

    /// Goes on from t to dt. Lanes leave where `look(step, t, h, lanes)` finds a crossing in a step
    /// that may hold one, or where no step is small enough and `give_up(t, h, lanes)` returns.
    template <class T, class Look, class GiveUp>
    void walk(const Params<T>& p, State<T>& s, T& t, double dt, const Mask<T>& held, T& step_hint,
              Look&& look, GiveUp&& give_up) const {
        using std::experimental::where, std::experimental::any_of, std::experimental::none_of;
        Step<T, T> step(p, s, held);
        T hint = step_hint;
        where(!(hint > T(0)), hint) = T(dt);
        Mask<T> active = t < T(dt);
        for (int tried = 0; any_of(active); ++tried) {
            const T left = T(dt) - t;
            const Mask<T> last = hint >= left;
            // A step that would leave a sliver takes half of what is left.
            T h = hint;
            where(2 * hint > left, h) = left / 2;
            where(last, h) = left;
            where(!active, h) = T(0);
            step.take(h);
            Mask<T> accepted = active && step.is_within(tolerance_);
            const Mask<T> open = accepted && step.may_cross(h);
            if (any_of(open)) {
                const Mask<T> leaves = open && look(step, t, h, open);
                active = active && !leaves;
                accepted = accepted && !leaves;
                if (none_of(active)) break;
            }
            T next = hint;
            const Mask<T> grows = accepted && step.is_within(tolerance_ * growth_limit);
            where(grows, next) = longer(hint, h);
            const Mask<T> adapts = active && !grows && !(accepted && last);
            if (any_of(adapts)) where(adapts, next) = h * factor(T(step.error() / tolerance_));
            const Mask<T> fails =
                active && ((!accepted && next < T(smallest_step)) || Mask<T>(tried > most_steps));
            if (any_of(fails)) active = active && !(fails && give_up(t, next, fails));
            where(active, hint) = next;
            accepted = accepted && active;
            where(accepted, t) = t + h;
            where(accepted && last, t) = T(dt);
            step.move_on(accepted);
            active = active && t < T(dt);
        }
        s = std::bit_cast<State<T>>(step.x);
        step_hint = hint;
    }

    /// One step from x to y and what is known along it. k1, k7: derivatives at x and y.
    /// `Time` is that of the step: double if all lanes have the same.
    template <class T, class Time>
    struct Step {
        Step(const Params<T>& parameters, const State<T>& s, const Mask<T>& is_held)
            : p(parameters),
              held(is_held),
              x(std::bit_cast<Values<T>>(s)),
              k1(derivative(x)),
              g0(gap(x)) {}

        [[gnu::always_inline]] Values<T> derivative(const Values<T>& at) const {
            return std::bit_cast<Values<T>>(M::derivative(p, std::bit_cast<State<T>>(at), held));
        }
        T gap(const Values<T>& at) const { return M::gap(p, std::bit_cast<State<T>>(at), T(1)); }
        T slope(const Values<T>& k) const { return M::gap(p, std::bit_cast<State<T>>(k), T(0)); }

        void take(Time h) {
            using std::abs, std::max;
            steepest = abs(slope(k1));
            const auto system = [this](const Values<T>& at, Values<T>& k, Time)
                __attribute__((always_inline)) {
                k = derivative(at);
                steepest = max(steepest, T(abs(slope(k))));
            };
            stepper.do_step(system, x, k1, Time(0), y, k7, h, estimate);
            g1 = gap(y);
        }

        /// False for estimates that are not finite.
        Mask<T> is_within(double tolerance) const {
            using std::abs;
            Mask<T> result(true);
            for (std::size_t i = 0; i < x.size(); ++i)
                result = result && abs(estimate[i]) <= tolerance * (1 + abs(x[i]));
            return result;
        }

        /// The largest error estimate of a variable, over 1 + |x|; not finite if any is not.
        T error() const {
            using std::abs, std::max, std::experimental::where;
            T largest(0);
            T sum(0);
            for (std::size_t i = 0; i < x.size(); ++i) {
                const T part = abs(estimate[i]) / (1 + abs(x[i]));
                largest = max(largest, part);
                sum += part;
            }
            where(!(sum <= T(std::numeric_limits<double>::max())), largest) = sum;
            return largest;
        }

        /// The dense output is g0 + h sum of b_i(theta) times the slope of stage i, and the sum of
        /// |b_i| stays below 1.7: so it cannot reach 0 if this says false.
        Mask<T> may_cross(Time h) const { return !held && g0 + 1.7 * h * steepest >= 0.0; }

        /// The part of the step after which gap reaches 0 for the first time; y is left there.
        [[gnu::noinline]] std::optional<double> first_crossing(double h) {
            const double end_gap = g1;
            const GapPolynomial polynomial(g0, h * slope(k1), g1, h * slope(k7),
                                           dense(h / 3, h), dense(2 * h / 3, h));
            const Values<T> end = y;
            const Values<T> end_k = k7;
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
            Values<T> z;
            stepper.calc_state(t, z, x, k1, 0.0, y, k7, h);
            return gap(z);
        }

        /// Integrates over theta of the step anew, and returns the gap there.
        double take_part(double theta, double h) {
            const auto system = [this](const Values<T>& at, Values<T>& k, double) {
                k = derivative(at);
            };
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

        void move_on(const Mask<T>& lanes) {
            where_all(lanes, y, x);
            where_all(lanes, k7, k1);
            std::experimental::where(lanes, g0) = g1;
        }

        const Params<T>& p;
        Mask<T> held;
        Values<T> x, y, k1, k7, estimate;
        T g0, g1, steepest;
        Stepper<T, Time> stepper;
    };

    double tolerance_;
};

}  // namespace sim::ode
