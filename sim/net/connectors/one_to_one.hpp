// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Neuron k to neuron k.

#include "sim/core/error.hpp"
#include "sim/net/wiring.hpp"

namespace sim::connectors {

struct OneToOne {
    static constexpr std::string_view name = "one_to_one";
    static constexpr std::string_view summary =
        "neuron k of the source population to neuron k of the target; the shorter one sets the number";
    static constexpr std::string_view source = "Senk et al. 2022, PLoS Comput Biol 18:e1010086";
    struct Params {};
    static std::array<Param<Params>, 0> params() { return {}; }

    static std::unique_ptr<Wiring> wire(const Params&, const WiringContext& context) {
        return wiring_from([n = context.pre_size](std::uint64_t target, std::vector<Edge>& out) {
            if (target < n) out.push_back({static_cast<std::uint32_t>(target), target});
        });
    }
};

}  // namespace sim::connectors
