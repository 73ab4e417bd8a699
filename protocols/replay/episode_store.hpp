// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The hippocampal side of replay: episodes stored in one presentation, recalled forward from their
// first pattern and backward from their last one.
//
// Episodes share pages of synapses; a page takes so many, then the next begins. Recall uses nothing
// beside the synapses but the two patterns that cue an episode, and its number of steps; what was
// stored is kept to count errors of recall alone.
// Invariant: a recall is a function of the page, so it is computed once until the page changes.
// Threads: one owner.
// Source: Cheng & Brown 2025, Neural Computation 37:403, for the loop; the sparse cache stands for
//         their alternating Hopfield network

#include <deque>
#include <memory>
#include <optional>

#include "protocols/replay/event_codes.hpp"

namespace protocols {

struct EpisodeStoreConfig {
    EventCodeConfig codes;
    std::size_t episodes_per_page = 8;
    std::size_t most_pages = 32;  ///< beyond it the oldest page is forgotten
    std::uint64_t seed = 0;
};

/// What a recall found.
struct Recall {
    Episode episode;                 ///< in the order of time
    std::size_t wrong_patterns = 0;  ///< steps after the cue whose pattern is not the one stored
    std::size_t wrong_events = 0;    ///< steps after the cue that mean another event
};

class EpisodeStore {
public:
    EpisodeStore(const EpisodeStoreConfig& config, const std::vector<Episode>& familiar)
        : config_(config), codes_(config.codes, familiar), met_(codes_.events()) {}

    /// Stores an episode in one presentation.
    /// Needs:  one step at least
    /// Throws: sim::BadParameter if an event is not familiar
    void store(const Episode& episode);

    std::size_t size() const { return items_.size(); }
    /// Of the episode stored as the k-th of those not forgotten.
    const Recall& forward(std::size_t k) { return recall(items_[k], true); }
    const Recall& backward(std::size_t k) { return recall(items_[k], false); }
    /// How often the taught events of an episode have been met, as a part of all taught events; the
    /// mean over its steps.
    double need(std::size_t k) const;

private:
    struct Page {
        models::SparseCache cache;
        std::size_t episodes = 0;
    };
    struct Item {
        models::Pattern first, last;
        std::size_t steps;
        std::shared_ptr<Page> page;
        std::uint64_t number;
        Episode like;                         // without steps
        std::vector<std::size_t> events;      // what was stored
        std::optional<Recall> recalls[2];     // backward, forward
        std::size_t recalled_of[2] = {0, 0};  // episodes the page had then
    };
    const Recall& recall(Item& item, bool is_forward);
    Recall compute_recall(const Item& item, bool is_forward) const;
    models::Pattern pattern_of(const Item& item, std::size_t step) const;

    EpisodeStoreConfig config_;
    EventCodes codes_;
    std::deque<Item> items_;
    std::vector<double> met_;  // [events]
    std::uint64_t stored_ = 0;
};

}  // namespace protocols
