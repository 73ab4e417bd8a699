// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Hebb's rule under acetylcholine, which opens synapses for learning and closes them for
// transmission:
//
//   a postsynaptic spike   w += eta w_max a x
//   a presynaptic spike    w += eta w_max a y
//   an event of amount m   a += m, kept within 0 and 1
// with the traces x and y of all spikes, both of tau: a pair of spikes counts by exp(-|dt| / tau),
// whichever came first. What acts on the neuron is w (1 - suppression a). The level a is that of
// the modulator's events; while it is 1 an episode is stored and not recalled, while it is 0 the
// reverse.

#include <array>

#include "sim/run/rule.hpp"

namespace plasticity {

struct CholinergicHebb {
    static constexpr std::string_view name = "cholinergic_hebb";
    static constexpr std::string_view summary =
        "symmetric Hebb rule, open for learning and closed for transmission by acetylcholine";
    static constexpr std::string_view source =
        "Hasselmo, Schnell & Barkai 1995, J Neurosci 15:5249 (suppression of synapses of CA3 "
        "while they learn); Mishra et al. 2016, Nat Commun 7:11552 (symmetric window of CA3)";

    struct Params {
        double tau = 20, eta = 1, suppression = 0.9, w_max = 100;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of the traces of both sides"},
            sim::Param<P>{
                "eta", &P::eta, none, r::non_negative,
                "change by two spikes at once under full acetylcholine, in parts of w_max"},
            sim::Param<P>{"suppression", &P::suppression, none, r::unit_interval,
                          "part of the transmission that full acetylcholine takes away"},
            sim::Param<P>{"w_max", &P::w_max, none, r::positive,
                          "the largest amount of a weight, in its unit"},
        };
    }

    template <class T>
    struct Synapse {
        T w;
        T a = T(0);
    };
    static std::array<sim::StateField<Synapse<double>>, 1> states() {
        return {{{"a", &Synapse<double>::a, sim::Unit::none, "acetylcholine, 0 to 1"}}};
    }

    static constexpr std::array<sim::Trace<Params>, 2> traces() {
        return {{{sim::Side::pre, &Params::tau}, {sim::Side::post, &Params::tau}}};
    }
    static sim::Bounds bounds(const Params& p) { return {0, p.w_max}; }

    template <class T, class M>
    static void on_post(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * p.w_max * s.a * m.pre[0];
    }
    template <class T, class M>
    static void on_pre(const Params& p, Synapse<T>& s, const M& m) {
        s.w += p.eta * p.w_max * s.a * m.post[0];
    }
    template <class T, class M>
    static void on_modulator(const Params&, Synapse<T>& s, const M&, const T& amount) {
        using std::experimental::where;
        s.a += amount;
        where(s.a < T(0), s.a) = T(0);
        where(s.a > T(1), s.a) = T(1);
    }

    static double delivered(const Params& p, const Synapse<double>& s) {
        return s.w * (1 - p.suppression * s.a);
    }
};

}  // namespace plasticity
