// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/population_events.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace protocols {
namespace {

struct RateBins {
    double begin_s;
    std::vector<double> rate;  // spikes a bin, smoothed
    std::vector<char> is_taken;
};

RateBins rate_bins(const UnitSpikes& spikes, const BurstConfig& config,
                   const std::function<bool(double)>& takes) {
    RateBins bins{spikes.time_s.front(), {}, {}};
    const double span = spikes.time_s.back() - bins.begin_s;
    std::vector<double> counts(static_cast<std::size_t>(span / config.bin_s) + 1);
    for (const double t : spikes.time_s)
        counts[std::min(static_cast<std::size_t>((t - bins.begin_s) / config.bin_s),
                        counts.size() - 1)] += 1;
    for (std::size_t i = 0; i < counts.size(); ++i)
        bins.is_taken.push_back(
            takes(bins.begin_s + config.bin_s * (static_cast<double>(i) + 0.5)) ? 1 : 0);
    bins.rate = smooth(counts, config.smoothing_s / config.bin_s);
    return bins;
}

std::size_t active_units(const UnitSpikes& spikes, const Burst& burst) {
    const auto [first, last] = spikes.between(burst.start_s, burst.stop_s);
    const auto begin = spikes.unit.begin();
    return std::set<std::uint64_t>(begin + static_cast<std::ptrdiff_t>(first),
                                   begin + static_cast<std::ptrdiff_t>(last))
        .size();
}

}  // namespace

std::vector<Burst> find_bursts(const UnitSpikes& spikes, const BurstConfig& config,
                               const std::function<bool(double)>& takes) {
    std::vector<Burst> bursts;
    if (spikes.time_s.empty()) return bursts;
    const auto bins = rate_bins(spikes, config, takes);
    double count = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < bins.rate.size(); ++i) {
        if (!bins.is_taken[i]) continue;
        count += 1;
        sum += bins.rate[i];
        squares += bins.rate[i] * bins.rate[i];
    }
    if (count < 2) return bursts;
    const double mean = sum / count;
    const double peak = mean + config.threshold * std::sqrt(squares / count - mean * mean);
    for (std::size_t i = 0; i < bins.rate.size();) {
        const std::size_t first = i;
        double most = 0;
        for (; i < bins.rate.size() && bins.is_taken[i] && bins.rate[i] > mean; ++i)
            most = std::max(most, bins.rate[i]);
        if (i == first) {
            ++i;
            continue;
        }
        const Burst burst{bins.begin_s + config.bin_s * static_cast<double>(first),
                          bins.begin_s + config.bin_s * static_cast<double>(i)};
        const double length = burst.stop_s - burst.start_s;
        if (most > peak && length >= config.least_s && length <= config.most_s &&
            active_units(spikes, burst) >= config.least_units)
            bursts.push_back(burst);
    }
    return bursts;
}

}  // namespace protocols
