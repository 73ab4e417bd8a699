// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// How steps of an episode become patterns of cells, and back.
//
// An event is what is sensed at a step together with what is taught there. Each event that is known
// owns a pool of cells; at each step some of them are active, drawn anew. A part of the cells may
// follow a context instead, which is another one at every step: it tells apart steps that are
// alike. What a pattern means is the event whose pool holds most of it.
// Threads: any, once built.

#include <map>
#include <vector>

#include "models/rate/sparse_cache.hpp"
#include "protocols/tasks/episode.hpp"
#include "sim/core/random.hpp"

namespace protocols {

using Event = std::vector<double>;  ///< input; without prediction also target and taught

struct EventCodeConfig {
    std::size_t cells = 1000, active = 20;
    std::size_t least_pool = 40;  ///< cells of the rarest event; the others get more, by frequency
    double context = 0;           ///< part of the cells and of each pattern that follow the context
    bool predicts_next = false;   ///< what is taught at a step is what the next one senses
};

class EventCodes {
public:
    /// Pools for the events of these episodes, as often as they come in them.
    /// Throws: sim::BadParameter if there are not cells enough
    EventCodes(const EventCodeConfig& config, const std::vector<Episode>& familiar);

    const EventCodeConfig& config() const { return config_; }
    std::size_t events() const { return events_.size(); }

    /// The number of the event at a step.
    /// Throws: sim::BadParameter if it is not known
    std::size_t event_of(const Episode& episode, std::size_t step) const;
    bool is_taught(std::size_t event) const {
        return config_.predicts_next || events_[event].back() != 0;
    }
    models::Pattern pattern(std::size_t event, const sim::RandomKey& key, std::uint64_t episode,
                            std::uint64_t step) const;
    std::size_t decode(const models::Pattern& pattern) const;

    /// The episode whose steps are these events; `like` tells inputs and outputs.
    Episode episode(const std::vector<std::size_t>& events, const Episode& like) const;

private:
    Event read(const Episode& episode, std::size_t step) const;
    void share_cells(const std::vector<std::size_t>& counts);

    EventCodeConfig config_;
    std::size_t event_cells_ = 0, event_active_ = 0;
    std::vector<Event> events_;
    std::map<Event, std::size_t> numbers_;
    std::vector<std::size_t> first_;  // [events + 1]: cells of event k are [first_[k], first_[k+1])
};

}  // namespace protocols
