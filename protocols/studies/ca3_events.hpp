// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What follows a cue in a network of CA3: which items fire, in which order, how fast.
//
// Threads: any; nothing here has state.

#include <cstdint>
#include <vector>

#include "protocols/analysis/replay_events.hpp"
#include "protocols/studies/ca3_network.hpp"
#include "sim/core/random.hpp"
#include "sim/record/sink.hpp"

namespace protocols::ca3 {

/// What followed one cue.
struct Recall {
    double recalled = 0;     ///< part of the items but that of the cue
    double correlation = 0;  ///< rank correlation of item and time; 0 below three items
    double spread = 0;       ///< the same of distance from the cue's item and time
    double shuffled = 0;     ///< mean amount of it with the items exchanged
    double item_ms = 0;      ///< from one item to the next (regression); 0 below three items
    double length_ms = 0;    ///< from the cue to the last spike of a recalled item
    double most_spikes = 0;  ///< of a cell
    double mean_spikes = 0;  ///< of the cells of the items
};

/// An item is recalled if at least half of its cells fire in the `window` ms after the cue; its
/// time is the mean of their first spikes.
/// Needs: spikes ascending in time; cells in the order of items
Recall recall_after(const Cue& cue, const sim::SpikeColumn& spikes, const Ca3Params& params,
                    double window, sim::RandomStream& draws);

/// A stretch of time. Units: ms
struct Span {
    double begin, end;
};

/// Cycles of a ripple: the stretch is cut where the rate of the first `cells` cells, smoothed by a
/// Gaussian of deviation `smoothing` ms, is least between two of its peaks. Empty without spikes.
/// Needs: spikes ascending in time
std::vector<Span> ripple_cycles(const sim::SpikeColumn& spikes, const Span& ripple,
                                std::uint64_t cells, double smoothing);

/// How bursts are found and decoded.
struct BurstDecoding {
    double threshold = 2;  ///< standard deviations above the mean rate
    double window = 10;    ///< ms
    std::size_t shuffles = 200;
};

/// Bursts in a stretch and the lines that they decode to, from the spikes alone: cells prefer their
/// items.
std::vector<ReplayEvent> decoded_bursts(const sim::SpikeColumn& spikes, const Span& rest,
                                        const Ca3Params& params, const BurstDecoding& decoding,
                                        const sim::RandomKey& key);

/// Frequency with the most power in a band, and that power in units of that of a Poisson process of
/// the same rate (1): |sum exp(-2 pi i f t)|^2 / n, averaged over stretches of spikes.
/// Units: low_hz, high_hz, result.hz Hz
struct Peak {
    double hz = 0;
    double power = 0;
};
Peak spectral_peak(const sim::SpikeColumn& spikes, const std::vector<Span>& spans, double low_hz,
                   double high_hz);

}  // namespace protocols::ca3
