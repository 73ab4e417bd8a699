// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Rows that the parameter tables of sources share.

#include "sim/core/params.hpp"

namespace models {

/// Bounded, so that a slip of the pen does not run for ever.
inline constexpr sim::Range rate_range{0, 1e9};
inline constexpr sim::Range interval_range{1e-3, sim::range::huge};

template <class P>
constexpr sim::Param<P> start_row() {
    return {"start", &P::start, sim::Unit::ms, sim::range::non_negative,
            "silent before this time of the run"};
}

template <class P>
constexpr sim::Param<P> stop_row() {
    return {"stop", &P::stop, sim::Unit::ms, sim::range::non_negative,
            "silent from this time of the run on"};
}

}  // namespace models
