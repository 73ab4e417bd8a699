// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What comparing two numbers gives: a bool for doubles, lanes for packs.

#include <utility>

namespace sim::ode {

template <class T>
using Mask = decltype(std::declval<const T&>() < std::declval<const T&>());

}  // namespace sim::ode
