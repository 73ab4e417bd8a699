// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The distal reward problem: a reward comes seconds after two neurons happened to fire one after the
// other. Eligibility at synapses bridges the time, and the synapse between the two grows above the
// others although they all see the same dopamine.

#include "protocols/studies/study.hpp"

namespace protocols {

struct IzhikevichReward {
    static constexpr std::string_view name = "izhikevich_reward";
    static constexpr std::string_view summary =
        "distal reward problem: reward seconds after a pair of spikes strengthens their synapse";
    static constexpr std::string_view source =
        "Izhikevich 2007, Cereb Cortex 17:2443, fig. 1, and its published program; noise is Gaussian "
        "with the deviation of the program's uniform draws, and neurons are integrated exactly";

    struct Params {
        double exc = 800, synapses = 100, w_start = 1, w_inh = 1, noise = 3.7528,
               duration = 3'600'000;
        double coincidence = 20, reward = 0.5, reward_after = 1000, reward_before = 3000;
        double a_plus = 0.1, a_minus = 0.15, tau = 20, tau_c = 1000, tau_d = 200, tonic = 0.002;
        double eta = 0.1, w_max = 4;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range time{1, 1e9};
        return std::array{
            sim::Param<P>{"exc", &P::exc, none, sim::Range{8, 1e5, false, false, true},
                          "excitatory neurons; a quarter as many are inhibitory"},
            sim::Param<P>{"synapses", &P::synapses, none, sim::Range{1, 1e4, false, false, true},
                          "that each neuron makes, on targets drawn at random"},
            sim::Param<P>{"w_start", &P::w_start, mV, r::non_negative,
                          "excitatory weights at the begin; that of the pair is 0"},
            sim::Param<P>{"w_inh", &P::w_inh, mV, r::non_negative, "amount of inhibitory weights"},
            sim::Param<P>{"noise", &P::noise, pA, r::non_negative,
                          "deviation of the input current, drawn every ms; 1 pA is 1 mV/ms"},
            sim::Param<P>{"duration", &P::duration, ms, time, "of the whole"},
            sim::Param<P>{"coincidence", &P::coincidence, ms, r::positive,
                          "longest time from the first neuron's spike to the second's"},
            sim::Param<P>{"reward", &P::reward, none, r::non_negative, "dopamine of a reward"},
            sim::Param<P>{"reward_after", &P::reward_after, ms, sim::Range{100, 1e6},
                          "shortest time from the pair to its reward"},
            sim::Param<P>{"reward_before", &P::reward_before, ms, sim::Range{100, 1e6},
                          "longest time, at least the shortest"},
            sim::Param<P>{"a_plus", &P::a_plus, none, r::non_negative,
                          "eligibility that a postsynaptic spike leaves"},
            sim::Param<P>{"a_minus", &P::a_minus, none, r::non_negative,
                          "that a presynaptic spike takes away"},
            sim::Param<P>{"tau", &P::tau, ms, r::positive, "of both traces"},
            sim::Param<P>{"tau_c", &P::tau_c, ms, r::positive, "of eligibility"},
            sim::Param<P>{"tau_d", &P::tau_d, ms, r::positive, "of dopamine"},
            sim::Param<P>{"tonic", &P::tonic, none, r::finite, "dopamine without rewards"},
            sim::Param<P>{"eta", &P::eta, per_ms, r::non_negative,
                          "change while eligibility and dopamine are 1, mV/ms"},
            sim::Param<P>{"w_max", &P::w_max, mV, r::positive, "largest weight"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }
    static constexpr auto results() {
        return std::array{
            ResultInfo{"stands_above",
                       "part of the other synapses between excitatory neurons with a "
                       "smaller weight than that of the pair"},
            ResultInfo{"stands_above_most", "the largest of the course: chance coincidences take the "
                                            "pair down again and again"},
            ResultInfo{"weight", "of the pair at the end, mV"},
            ResultInfo{"weight_mean", "of the others, mV"},
            ResultInfo{"rewards", "that were given"},
            ResultInfo{"rate_hz", "of excitatory neurons"},
            ResultInfo{"course[40][3]", "time (ms), weight of the pair (mV), stands_above"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
