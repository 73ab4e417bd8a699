// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What the conductance-based models share.

#include <algorithm>
#include <cmath>
#include <numbers>

namespace models {

using std::exp;
using std::max;
using std::min;

/// Synaptic current g_exc (e_exc - v) + g_inh (e_inh - v). Units: nS, mV -> pA.
template <class P, class S>
inline auto synaptic_current(const P& p, const S& s) {
    return s.g_exc * (p.e_exc - s.v) + s.g_inh * (p.e_inh - s.v);
}

}  // namespace models
