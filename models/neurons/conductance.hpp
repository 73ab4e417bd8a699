// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the conductance-based models share.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/core/exponential.hpp"

namespace models {

using std::max;
using std::min;

/// x / divisor as a product with the reciprocal, which the compiler then computes once a step and
/// not once a stage.
template <class T>
inline T over(T x, T divisor) {
    return x * (T(1) / divisor);
}

/// Synaptic current g_exc (e_exc - v) + g_inh (e_inh - v). Units: nS, mV -> pA.
template <class P, class S>
inline auto synaptic_current(const P& p, const S& s) {
    return s.g_exc * (p.e_exc - s.v) + s.g_inh * (p.e_inh - s.v);
}

}  // namespace models
