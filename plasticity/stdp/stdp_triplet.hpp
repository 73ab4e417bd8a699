// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Triplet STDP, every spike with every one: triplet_rule.hpp. The defaults are those of the visual
// cortex; a2_plus = a3_minus = 0 with a3_plus = 6.5e-3, a2_minus = 7.1e-3, tau_y = 114 ms is the
// minimal model.

#include "plasticity/stdp/triplet_rule.hpp"

namespace plasticity {

struct StdpTripletParams {
    double tau_plus = 16.8, tau_x = 101, tau_minus = 33.7, tau_y = 125;
    double a2_plus = 5e-10, a3_plus = 6.2e-3, a2_minus = 7e-3, a3_minus = 2.3e-4;
    double w_0 = 1, w_max = 100;
};

struct StdpTriplet : TripletRule<StdpTripletParams, sim::Pairing::all> {
    static constexpr std::string_view name = "stdp_triplet";
    static constexpr std::string_view summary = "triplet STDP, all spikes with all";
    static constexpr std::string_view source =
        "Pfister & Gerstner 2006, J Neurosci 26:9673, eqs. 3-4, table 3";
};

}  // namespace plasticity
