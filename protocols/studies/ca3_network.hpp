// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A network of CA3 that stores an episode in one presentation and replays it, for studies.
//
// Pyramidal cells are excitatory with a threshold that every spike raises (adaptation), basket
// cells inhibit them. An episode is a row of items; item k is the assembly of cells k m to k m +
// m - 1, the cells after the last item take no part. A run has three states, which acetylcholine
// makes:
//
//   theta     high: recurrent synapses learn and hardly transmit. Input drives the assemblies of
//             the items around the present one in their order, once in every theta cycle, so that
//             neighbours fire within the window of Hebb's rule (theta sequences)
//   ripples   low: no input but a cue now and then, one volley of an end of the episode
//   blocked   high again, cues as before: what happens without the recurrent gain
//
// Weights are symmetric: the delay is half axonal and half dendritic, so that a pair counts alike
// whichever fires first. The direction of replay is that away from the cue, as cells that have
// fired are fatigued.
//
// Threads: any; nothing here has state.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/studies/plastic_network.hpp"
#include "sim/core/params.hpp"
#include "sim/net/description.hpp"

namespace protocols {

struct Ca3Params {
    double cells = 2000, items = 30, assembly = 40, baskets = 200, connectivity = 0.5;
    double item_time = 100, theta = 125, reach = 2, step = 20, jitter = 2;
    double w_max = 120, eta = 2, tau = 15, suppression = 0.95;
    double delay = 2, theta_jump = 60, tau_theta = 150, tau_exc = 3, tau_inh = 4;
    double to_basket = 100, inhibition = 8, noise = 90, noise_rate = 500;
    double ripple_rate = 1, ripple_gap = 600, cue_jitter = 1;
};

namespace ca3 {

template <class P>
constexpr auto own_params() {
    using enum sim::Unit;
    namespace r = sim::range;
    constexpr sim::Range some{1, 1e6, false, false, true};
    constexpr sim::Range time{0.2, 1e5};
    return std::array{
        sim::Param<P>{"cells", &P::cells, none, some, "pyramidal cells"},
        sim::Param<P>{"items", &P::items, none, sim::Range{5, 1e4, false, false, true},
                      "of the episode, shown once one after the other"},
        sim::Param<P>{"assembly", &P::assembly, none, some,
                      "cells of an item; items times assembly is at most the number of cells"},
        sim::Param<P>{"baskets", &P::baskets, none, some, "inhibitory cells"},
        sim::Param<P>{"connectivity", &P::connectivity, none, r::unit_interval,
                      "probability of a synapse from one pyramidal cell to another"},
        sim::Param<P>{"item_time", &P::item_time, ms, time, "from one item to the next, as lived"},
        sim::Param<P>{"theta", &P::theta, ms, time, "period of theta"},
        sim::Param<P>{"reach", &P::reach, none, r::positive,
                      "items before and after the present one that fire in a theta cycle"},
        sim::Param<P>{"step", &P::step, ms, time, "from one item to the next within a theta cycle"},
        sim::Param<P>{"jitter", &P::jitter, ms, r::non_negative,
                      "standard deviation of spikes that input causes"},
        sim::Param<P>{"w_max", &P::w_max, pA, r::positive, "largest recurrent weight"},
        sim::Param<P>{"eta", &P::eta, none, r::non_negative,
                      "growth by two spikes at once, in parts of w_max"},
        sim::Param<P>{"tau", &P::tau, ms, r::positive, "window of Hebb's rule, either order"},
        sim::Param<P>{"suppression", &P::suppression, none, r::unit_interval,
                      "part of recurrent transmission that acetylcholine takes away"},
        sim::Param<P>{"delay", &P::delay, ms, time, "of recurrent synapses"},
        sim::Param<P>{"theta_jump", &P::theta_jump, mV, r::non_negative,
                      "rise of the threshold at a spike (adaptation)"},
        sim::Param<P>{"tau_theta", &P::tau_theta, ms, r::positive, "of adaptation"},
        sim::Param<P>{"tau_exc", &P::tau_exc, ms, r::positive,
                      "of excitatory currents of pyramidal cells"},
        sim::Param<P>{"tau_inh", &P::tau_inh, ms, r::positive, "of inhibitory ones"},
        sim::Param<P>{"to_basket", &P::to_basket, pA, r::non_negative,
                      "weight from pyramidal to basket cells"},
        sim::Param<P>{"inhibition", &P::inhibition, pA, r::non_negative,
                      "amount of the weight from basket to pyramidal cells"},
        sim::Param<P>{"noise", &P::noise, pA, r::non_negative,
                      "weight of background arrivals at pyramidal cells; as much inhibition"},
        sim::Param<P>{"noise_rate", &P::noise_rate, hz, r::non_negative,
                      "of background arrivals of either sign"},
        sim::Param<P>{"ripple_rate", &P::ripple_rate, hz, r::positive,
                      "of cues (Poisson), after the gap"},
        sim::Param<P>{"ripple_gap", &P::ripple_gap, ms, sim::Range{300, 1e6},
                      "shortest time between cues"},
        sim::Param<P>{"cue_jitter", &P::cue_jitter, ms, r::non_negative,
                      "standard deviation of the spikes of a cue"},
    };
}

/// The parameters of a study, then those of the network.
template <class P, std::size_t N>
constexpr auto params(const std::array<sim::Param<P>, N>& first) {
    constexpr auto rest = own_params<P>();
    std::array<sim::Param<P>, N + rest.size()> all{};
    std::copy(first.begin(), first.end(), all.begin());
    std::copy(rest.begin(), rest.end(), all.begin() + N);
    return all;
}

enum class End { first, last, middle };

/// A cue while the animal rests.
struct Cue {
    double time = 0;  ///< ms
    End end = End::first;
    bool is_partial = false;  ///< some of its cells are silenced
    bool is_blocked = false;  ///< recurrent gain off
};

struct Cues {
    std::size_t whole = 10;    ///< of each end
    std::size_t partial = 10;  ///< of each end
    std::size_t blocked = 5;   ///< of each end, whole, with recurrent gain off
    std::size_t middle = 0;    ///< of the item in the middle
    double silenced = 0.3;     ///< part of the cells that a partial cue leaves out
};

/// When what happens, ms. Drawn from the seed.
struct Session {
    double theta_end = 0;    ///< 0: nothing is shown
    double middle_begin = 0;  ///< no cues of ends from here
    double ripples_end = 0;   ///< recurrent gain off from here
    double duration = 0;
    std::vector<Cue> cues;  ///< ascending times
};

/// Throws: sim::BadParameter if the items need more cells than there are
Session plan(const Ca3Params& params, const Cues& cues, bool is_shown, std::uint64_t seed);

/// Replay is looked for before the next cue.
/// Throws: sim::BadParameter
void check_window(const Ca3Params& params, double window);

/// Recurrent synapses that are given instead of learned.
struct Synapses {
    sim::EdgeList edges;
    std::vector<double> weights;  ///< pA
};

/// Populations `pyramidal` and `basket`; the projection between pyramidal cells is `recurrent`.
sim::Description describe(const Ca3Params& params, const Cues& cues, const Session& session,
                          const std::optional<Synapses>& given, std::uint64_t seed);

/// The number of the item of a cue.
std::size_t cued_item(const Cue& cue, const Ca3Params& params);

/// The learned recurrent synapses, the weights exchanged among them by a draw from the seed.
Synapses exchanged(const plastic::Run& run, std::uint64_t seed);

}  // namespace ca3
}  // namespace protocols
