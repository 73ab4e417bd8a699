// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Poisson input for every neuron of a population, each its own: what many unseen inputs amount to.

#include "models/sources/common.hpp"
#include "sim/run/source_model.hpp"

namespace models {

struct PoissonBackground {
    static constexpr std::string_view name = "poisson_background";
    static constexpr std::string_view summary =
        "an independent Poisson train into every neuron, without wiring";
    static constexpr std::string_view source =
        "Brunel 2000, J Comput Neurosci 8:183, sec. 2: independent external inputs of a neuron "
        "are one Poisson train of their summed rate";

    struct Params {
        double rate = 1000, start = 0, stop = sim::range::huge;
    };
    static constexpr auto params() {
        using P = Params;
        return std::array{sim::Param<P>{"rate", &P::rate, sim::Unit::hz, rate_range,
                                        "arrivals a second at every neuron; 0 is silent"},
                          start_row<P>(), stop_row<P>()};
    }

    static double mean(const Params& p, double dt) { return p.rate * dt / 1000; }
};

}  // namespace models
