// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The step of fixed length that a model has beside the integrator, by what it says of itself.

#include "sim/ode/exponential_step.hpp"
#include "sim/ode/magnus_step.hpp"
#include "sim/ode/split_step.hpp"

namespace sim::ode {

/// Of models that have none.
template <class M>
struct NoFastStep {
    explicit NoFastStep(double) {}
    template <class T>
    struct Span {};
    Span<double> span(const typename M::template Params<double>&, double) const { return {}; }
    static constexpr int most_halvings = 0;
    static constexpr double least_tolerance = 2;  // none is as large
};

template <class M>
struct FastStepOf {
    using type = NoFastStep<M>;
};
template <SelfLinear M>
struct FastStepOf<M> {
    using type = ExponentialStep<M>;
};
template <LinearGivenInputs M>
struct FastStepOf<M> {
    using type = MagnusStep<M>;
};
template <SplitByPivot M>
struct FastStepOf<M> {
    using type = SplitStep<M>;
};
template <class M>
using FastStep = typename FastStepOf<M>::type;

}  // namespace sim::ode
