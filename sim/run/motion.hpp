// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How the state of a neuron moves through time, for closed-form and for integrated models.

#include "sim/run/closed_form_motion.hpp"
#include "sim/run/integrated_motion.hpp"

namespace sim {

template <NeuronModel M>
struct MotionOf {
    using type = IntegratedMotion<M>;
};
template <ClosedForm M>
struct MotionOf<M> {
    using type = ClosedFormMotion<M>;
};

}  // namespace sim
