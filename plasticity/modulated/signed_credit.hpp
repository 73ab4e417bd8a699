// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// retrograde_credit for weights of any sign, in the range from -w_max to w_max: the same change for
// all, so that a weight can pass through 0.

#include "plasticity/modulated/retrograde_credit.hpp"

namespace plasticity {

struct SignedCredit : RetrogradeCredit {
    static constexpr std::string_view name = "signed_credit";
    static constexpr std::string_view summary =
        "retrograde events of the postsynaptic neuron times presynaptic activity, weights of any "
        "sign";

    static constexpr bool any_sign = true;
    static sim::Bounds bounds(const Params& p) { return {-p.w_max, p.w_max}; }
};

}  // namespace plasticity
