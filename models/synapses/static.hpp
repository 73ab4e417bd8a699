// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A synapse that stays as it is: a weight and a delay, which the projection gives.

#include <array>

#include "sim/core/params.hpp"

namespace models {

struct Static {
    static constexpr std::string_view name = "static";
    static constexpr std::string_view summary = "weight and delay of the projection, for good";
    static constexpr std::string_view source = "by definition";
    struct Params {};
    static std::array<sim::Param<Params>, 0> params() { return {}; }
};

}  // namespace models
