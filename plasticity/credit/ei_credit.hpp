// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The slow part of credit by excitatory-inhibitory balance: synapses gather delta_post x_pre while
// credit lasts, and commit it later, perhaps under Dale's law.

#include <string_view>

namespace plasticity {

struct EiCredit {
    static constexpr std::string_view source = "Fan & Mysore 2024, arXiv:2405.14139";

    double eta = 0.1;  ///< weight per gathered credit

    /// What a synapse from a neuron of this rate gathers for a signal delta = f' c of its target.
    static double gathered(double delta, double rate) { return delta * rate; }

    /// The weight after the commit.
    double committed(double weight, double gathered) const { return weight + eta * gathered; }

    /// Under Dale's law all weights of a presynaptic neuron have its sign (1 or -1; 0: any): one
    /// that would change it ends at 0.
    static bool breaks_dale(double weight, double sign) { return weight * sign < 0; }
};

}  // namespace plasticity
