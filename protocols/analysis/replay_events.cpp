// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/replay_events.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace protocols {
namespace {

// The windows of one event and what is decoded from them.
class Decoding {
public:
    Decoding(const Burst& burst, const UnitSpikes& spikes, const PlaceFields& fields,
             const EventConfig& config)
        : fields_(fields),
          config_(config),
          decoder_(fields, config.window_s, false),
          times_(static_cast<std::size_t>(
              std::max(1.0, std::floor((burst.stop_s - burst.start_s) / config.window_s + 1e-9)))),
          states_(times_ * fields.states()),
          places_(times_ * fields.bins) {
        for (std::size_t t = 0; t < times_; ++t) {
            const double from = burst.start_s + config.window_s * static_cast<double>(t);
            const auto [first, last] = spikes.between(from, from + config.window_s);
            windows_.emplace_back(spikes.unit.data() + first, last - first);
        }
    }

    Line line(const std::vector<std::uint64_t>& shown_as) {
        std::fill(places_.begin(), places_.end(), 0.0);
        for (std::size_t t = 0; t < times_; ++t) {
            double* row = states_.data() + t * fields_.states();
            decoder_.posterior(windows_[t], shown_as, row);
            for (std::size_t s = 0; s < fields_.states(); ++s)
                places_[t * fields_.bins + s % fields_.bins] += row[s];
        }
        return best_line(places_, times_, fields_.bins, config_.line);
    }

    /// Of the last line: the map that holds more of the posterior.
    std::size_t better_map() const {
        std::vector<double> mass(fields_.maps);
        for (std::size_t t = 0; t < times_; ++t) {
            if (windows_[t].empty()) continue;
            for (std::size_t s = 0; s < fields_.states(); ++s)
                mass[s / fields_.bins] += states_[t * fields_.states() + s];
        }
        return static_cast<std::size_t>(std::max_element(mass.begin(), mass.end()) - mass.begin());
    }

    double p_of(double score, sim::RandomStream& draws) {
        double as_good = 0;
        for (std::size_t k = 0; k < config_.shuffles; ++k)
            if (line(unit_order(fields_.rate_hz.size(), &draws)).score >= score) as_good += 1;
        return (1 + as_good) / (1 + static_cast<double>(config_.shuffles));
    }

private:
    const PlaceFields& fields_;
    const EventConfig& config_;
    PlaceDecoder decoder_;
    std::size_t times_;
    std::vector<std::span<const std::uint64_t>> windows_;
    std::vector<double> states_, places_;  // [times][states], [times][bins]
};

void correlate_ranks(const UnitSpikes& spikes, const PlaceFields& fields, std::size_t map,
                     std::size_t least_units, ReplayEvent& event) {
    const auto [first, last] = spikes.between(event.burst.start_s, event.burst.stop_s);
    std::map<std::uint64_t, double> first_spike;
    for (std::size_t k = first; k < last; ++k)
        first_spike.try_emplace(spikes.unit[k], spikes.time_s[k]);
    std::vector<double> times, places;
    for (const auto& [unit, time] : first_spike) {
        const auto begin =
            fields.rate_hz[unit].begin() + static_cast<std::ptrdiff_t>(map * fields.bins);
        const auto peak = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(fields.bins));
        times.push_back(time);
        places.push_back(static_cast<double>(peak - begin));
    }
    event.has_rank = times.size() >= least_units;
    if (event.has_rank) event.rank_correlation = rank_correlation(times, places);
}

}  // namespace

ReplayEvent judge_event(const Burst& burst, const UnitSpikes& spikes, const PlaceFields& fields,
                        const EventConfig& config, const sim::RandomKey& key,
                        std::uint64_t number) {
    sim::RandomStream draws(key, number);
    Decoding decoding(burst, spikes, fields, config);
    ReplayEvent event;
    event.burst = burst;
    event.line = decoding.line(unit_order(spikes.units, nullptr));
    const std::size_t map = decoding.better_map();
    const int moves = event.line.slope > 0 ? 1 : -1;
    event.direction = map == 1 ? -moves : moves;
    event.speed = event.line.slope * fields.bin_px / config.window_s;
    correlate_ranks(spikes, fields, map, config.least_rank_units, event);
    event.p = decoding.p_of(event.line.score, draws);
    const double by_chance = decoding.line(unit_order(spikes.units, &draws)).score;
    event.shuffled_p = decoding.p_of(by_chance, draws);
    return event;
}

}  // namespace protocols
