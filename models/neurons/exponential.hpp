// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The exponential of the models that grow beyond all bounds.

#include <algorithm>

#include "sim/core/exponential.hpp"

namespace models {

/// e^x, constant above x = 30, so that no trial step overflows. Where it is capped the potential
/// grows by some 1e12 mV/ms: the time to any peak above changes by less than 1e-9 ms.
template <class T>
inline T capped_exp(T x) {
    using std::min;
    return sim::exp(min(x, T(30)));
}

}  // namespace models
