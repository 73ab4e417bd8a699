// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Triplet STDP, nearest spikes: triplet_rule.hpp with traces that a spike sets to 1. The defaults are
// those of the visual cortex; a2_plus = a3_minus = 0 with a3_plus = 5e-2, a2_minus = 8e-3, tau_y = 40
// ms is the minimal model.

#include "plasticity/stdp/triplet_rule.hpp"

namespace plasticity {

struct StdpTripletNearestParams {
    double tau_plus = 16.8, tau_x = 714, tau_minus = 33.7, tau_y = 40;
    double a2_plus = 8.8e-11, a3_plus = 5.3e-2, a2_minus = 6.6e-3, a3_minus = 3.1e-3;
    double w_0 = 1, w_max = 100;
};

struct StdpTripletNearest : TripletRule<StdpTripletNearestParams, sim::Pairing::nearest> {
    static constexpr std::string_view name = "stdp_triplet_nearest";
    static constexpr std::string_view summary = "triplet STDP, nearest spikes alone";
    static constexpr std::string_view source =
        "Pfister & Gerstner 2006, J Neurosci 26:9673, eqs. 3-4, table 3";
};

}  // namespace plasticity
