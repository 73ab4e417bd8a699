// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How much experience learning needs when episodes are stored once and replayed, and which of them
// to replay.

#include "protocols/replay/schedule.hpp"
#include "protocols/studies/learning.hpp"

namespace protocols {

struct ReplaySchedule {
    static constexpr std::string_view name = "replay_schedule";
    static constexpr std::string_view summary =
        "cache and consolidator: episodes stored once, replayed by a schedule";
    static constexpr std::string_view source =
        "Cheng & Brown 2025, Neural Computation 37:403; Mattar & Daw 2018, Nat Neurosci 21:1609; "
        "Schaul et al. 2016 (ICLR)";

    struct Params : LearningParams {
        std::string task = "copy", schedule = "uniform";
        double delay = 20, new_episodes = 4, replays = 4, least_replays = 1, capacity = 64;
        double alpha = 1, episodes = 16000, check_episodes = 80, rare = 0.05;
        double cells = 1000, active = 20, least_pool = 40, episodes_per_page = 8;
        Params() {
            seeds = 3;
            batch = 16;
        }
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        constexpr auto some = learning::some;
        return learning::params(std::array{
            sim::Param<P>{"delay", &P::delay, none, sim::range::count, "of copy, steps"},
            sim::Param<P>{"rare", &P::rare, none, sim::range::unit_interval,
                          "part of the episodes that show the rare symbols (rare_copy)"},
            sim::Param<P>{"episodes", &P::episodes, none, some, "of experience, at most"},
            sim::Param<P>{"check_episodes", &P::check_episodes, none, some,
                          "episodes of experience between tests"},
            sim::Param<P>{"new_episodes", &P::new_episodes, none, some, "of a session"},
            sim::Param<P>{"replays", &P::replays, none, some,
                          "updates of a session, or the most of them"},
            sim::Param<P>{"least_replays", &P::least_replays, none, some,
                          "updates of a session at least (reward, error)"},
            sim::Param<P>{"capacity", &P::capacity, none, some, "episodes that the cache keeps"},
            sim::Param<P>{"alpha", &P::alpha, none, sim::range::non_negative,
                          "power of the loss (prioritised)"},
            sim::Param<P>{"cells", &P::cells, none, some, "of a page of the cache"},
            sim::Param<P>{"active", &P::active, none, some, "cells of a step"},
            sim::Param<P>{"least_pool", &P::least_pool, none, some, "cells of the rarest event"},
            sim::Param<P>{"episodes_per_page", &P::episodes_per_page, none, some,
                          "that share synapses"},
        });
    }
    static std::array<TextParam<Params>, 6> texts();
    static constexpr auto results() {
        return std::array{
            ResultInfo{"accuracy", "of the task, mean over seeds"},
            ResultInfo{"accuracy_seeds[]", "of each seed, at its last test"},
            ResultInfo{"learned_seeds", "that reached the criterion in `checks` tests in a row"},
            ResultInfo{"episodes_to_criterion[]",
                       "of experience, of each seed, before the first of these tests; null"},
            ResultInfo{"updates_to_criterion[]", "the same in updates"},
            ResultInfo{"episodes[]", "of experience, in all"},
            ResultInfo{"updates[]", "in all"},
            ResultInfo{"wrong_patterns", "part of the replayed steps recalled with a wrong cell"},
            ResultInfo{"wrong_events", "part of the replayed steps recalled as another event"},
        };
    }

    static Json run(const Params& params, StudyContext& context);
};

}  // namespace protocols
