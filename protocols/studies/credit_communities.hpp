// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Communities that credit makes in an all-to-all network while it learns classes, against the
// learning rate.

#include <array>

#include "protocols/studies/credit_common.hpp"

namespace protocols {

struct CreditCommunities {
    static constexpr std::string_view name = "credit_communities";
    static constexpr std::string_view summary =
        "community structure that excitatory-inhibitory credit makes, against the learning rate";
    static constexpr std::string_view source =
        "Fan & Mysore 2024, arXiv:2405.14139 (the question); Blondel et al. 2008, J Stat Mech "
        "P10008; Newman 2004, Phys Rev E 70:056131 (modularity). Task and null model are ours";

    struct Params {
        double inputs = 20, hidden = 76, classes = 4, gain = 0.1, spread = 1, noise = 0.3;
        double rates = 12, least_rate = 1e-3, most_rate = 2, seeds = 5;
        double updates = 1200, batch = 8, tolerance = 1e-6, runs = 5, shuffles = 5;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        namespace r = sim::range;
        constexpr sim::Range some{1, 10000, false, false, true};
        return std::array{
            sim::Param<P>{"inputs", &P::inputs, none, some, "clamped neurons"},
            sim::Param<P>{"hidden", &P::hidden, none, some, "neurons, all to all"},
            sim::Param<P>{"classes", &P::classes, none, sim::Range{2, 1000, false, false, true},
                          "clouds of patterns, and outputs"},
            sim::Param<P>{"gain", &P::gain, none, r::positive,
                          "weights begin with standard deviation gain / sqrt(neurons)"},
            sim::Param<P>{"spread", &P::spread, none, r::positive,
                          "standard deviation of the centres of the classes"},
            sim::Param<P>{"noise", &P::noise, none, r::non_negative,
                          "standard deviation of a pattern from the centre of its class"},
            sim::Param<P>{"rates", &P::rates, none, sim::Range{2, 100, false, false, true},
                          "learning rates, evenly spread on a logarithmic scale"},
            sim::Param<P>{"least_rate", &P::least_rate, none, r::positive, "the smallest"},
            sim::Param<P>{"most_rate", &P::most_rate, none, r::positive, "and the largest"},
            sim::Param<P>{"seeds", &P::seeds, none, some, "networks for each rate"},
            sim::Param<P>{"updates", &P::updates, none, some, "weight commits"},
            sim::Param<P>{"batch", &P::batch, none, some, "patterns between two commits"},
            sim::Param<P>{"tolerance", &P::tolerance, none, sim::Range{1e-14, 0.1},
                          "of the equilibria of firing and credit, relative"},
            sim::Param<P>{"runs", &P::runs, none, some,
                          "of the Louvain method on a network; the best counts"},
            sim::Param<P>{"shuffles", &P::shuffles, none, some,
                          "of the weights, for the null model"},
        };
    }
    static std::array<TextParam<Params>, 0> texts() { return {}; }

    static constexpr auto results() {
        return std::array{
            ResultInfo{"learning_rate", "[rate]"},
            ResultInfo{"stable",
                       "[rate] networks that learnt to the end, of all seeds; values below "
                       "are means over these, null without"},
            ResultInfo{"accuracy", "[rate] part of new patterns named right"},
            ResultInfo{"weight_change",
                       "[rate] length of the change of the weights over their length "
                       "at first"},
            ResultInfo{"q", "[rate] modularity of |dW| + |dW|^T, the change of the weights"},
            ResultInfo{"q_sd", "[rate] standard deviation of q over networks"},
            ResultInfo{"q_null", "[rate] the same of the same numbers, shuffled"},
            ResultInfo{"communities", "[rate] number of communities in q"},
            ResultInfo{"q_weights", "[rate] modularity of |W| + |W|^T after learning"},
            ResultInfo{"q_weights_null", "[rate] the same, shuffled"},
            ResultInfo{"q_rise",
                       "q at the largest rate that was stable in all networks, minus q at "
                       "the smallest rate"},
            ResultInfo{"largest_stable_rate", "that rate"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
