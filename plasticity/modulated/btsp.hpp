// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Plasticity on the time scale of behaviour: weights grow with the overlap of presynaptic eligibility
// and an instructive signal, seconds before and after.
//
//   dw/dt = eta (w_max - w) x d
// with the trace x (tau_e) of all presynaptic spikes and the trace d (tau_i) of the events of the
// modulator: plateau potentials of each neuron, or of a population. Between events the product decays
// with 1 / tau_e + 1 / tau_i, and the weight is known. One spike and one plateau a time t apart close
// the part 1 - exp(-eta k) of the gap to w_max, k = exp(-|t| / tau) / (1 / tau_e + 1 / tau_i) with tau_e
// if the spike came first and else tau_i. There is no depression (unlike Milstein et al. 2021).

#include <array>

#include "sim/core/exponential.hpp"
#include "sim/run/rule.hpp"

namespace plasticity {

struct Btsp {
    static constexpr std::string_view name = "btsp";
    static constexpr std::string_view summary =
        "behavioural-time-scale plasticity: overlap of eligibility and an instructive signal";
    static constexpr std::string_view source =
        "Bittner et al. 2017, Science 357:1033, fig. 3 (time constants) and the overlap model; Milstein "
        "et al. 2021, eLife 10:e73046, eqs. 1-4, with linear gates and soft bound";

    struct Params {
        double tau_e = 1310, tau_i = 690, eta = 1e-4, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau_e", &P::tau_e, ms, r::positive, "of presynaptic eligibility"},
            sim::Param<P>{"tau_i", &P::tau_i, ms, r::positive, "of the instructive signal"},
            sim::Param<P>{"eta", &P::eta, per_ms, r::non_negative,
                          "part of the gap to w_max that closes while both are 1"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
    };
    static std::array<sim::StateField<Synapse<double>>, 0> states() { return {}; }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau_e}, {sim::Side::modulator, &Params::tau_i}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void flow(const Params& p, Synapse<T>& s, const M& m, const T& dt) {
        const double k = 1 / p.tau_e + 1 / p.tau_i;
        const T overlap = m.pre[0] * m.modulator[0] * sim::expm1(dt * -k) / -k;
        s.w -= (p.w_max - s.w) * sim::expm1(-p.eta * overlap);
    }
};

}  // namespace plasticity
