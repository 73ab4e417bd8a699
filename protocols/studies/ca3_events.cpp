// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/ca3_events.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "protocols/analysis/line_fit.hpp"

namespace protocols::ca3 {
namespace {

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

std::pair<std::size_t, std::size_t> between(const sim::SpikeColumn& spikes, double from,
                                            double to) {
    const auto at = [&](double t) {
        return static_cast<std::size_t>(
            std::lower_bound(spikes.times.begin(), spikes.times.end(), t) - spikes.times.begin());
    };
    return {at(from), at(to)};
}

struct CellSpikes {
    std::vector<double> count, first, last;  // [cell of an item]
};

CellSpikes cell_spikes(const sim::SpikeColumn& spikes, double from, double to, std::size_t cells) {
    CellSpikes result{std::vector<double>(cells), std::vector<double>(cells),
                      std::vector<double>(cells)};
    const auto [first, last] = between(spikes, from, to);
    for (std::size_t k = first; k < last; ++k) {
        const auto cell = static_cast<std::size_t>(spikes.ids[k]);
        if (cell >= cells) continue;
        if (result.count[cell] == 0) result.first[cell] = spikes.times[k];
        result.last[cell] = spikes.times[k];
        ++result.count[cell];
    }
    return result;
}

struct ItemSpikes {
    double fired = 0;  // cells
    double time = 0;   // mean of their first spikes
    double last = 0;
};

ItemSpikes item_spikes(const CellSpikes& cells, std::size_t first, std::size_t end) {
    ItemSpikes result;
    for (std::size_t cell = first; cell < end; ++cell) {
        if (cells.count[cell] == 0) continue;
        ++result.fired;
        result.time += cells.first[cell];
        result.last = std::max(result.last, cells.last[cell]);
    }
    if (result.fired > 0) result.time /= result.fired;
    return result;
}

// Slope of a regression of y on x.
double slope(const std::vector<double>& x, const std::vector<double>& y) {
    const auto n = static_cast<double>(x.size());
    double mean_x = 0, mean_y = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        mean_x += x[i] / n;
        mean_y += y[i] / n;
    }
    double above = 0, below = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        above += (x[i] - mean_x) * (y[i] - mean_y);
        below += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return above / below;
}

double shuffled_correlation(std::vector<double> items, const std::vector<double>& times,
                            sim::RandomStream& draws) {
    constexpr int shuffles = 100;
    double sum = 0;
    for (int s = 0; s < shuffles; ++s) {
        for (std::size_t i = 0; i + 1 < items.size(); ++i)
            std::swap(items[i], items[i + draws.below(items.size() - i)]);
        sum += std::fabs(rank_correlation(items, times)) / shuffles;
    }
    return sum;
}

}  // namespace

Recall recall_after(const Cue& cue, const sim::SpikeColumn& spikes, const Ca3Params& p,
                    double window, sim::RandomStream& draws) {
    const auto size = whole(p.assembly);
    const auto items = whole(p.items);
    const auto cells = cell_spikes(spikes, cue.time, cue.time + window, items * size);
    const std::size_t cued = cued_item(cue, p);
    Recall result;
    std::vector<double> numbers, times;
    double end = cue.time;
    for (std::size_t item = 0; item < items; ++item) {
        const auto found = item_spikes(cells, item * size, (item + 1) * size);
        if (found.fired < 0.5 * p.assembly) continue;
        numbers.push_back(static_cast<double>(item));
        times.push_back(found.time);
        end = std::max(end, found.last);
        if (item != cued) result.recalled += 1 / (p.items - 1);
    }
    result.most_spikes = *std::max_element(cells.count.begin(), cells.count.end());
    result.mean_spikes = std::accumulate(cells.count.begin(), cells.count.end(), 0.0) /
                         static_cast<double>(items * size);
    if (numbers.size() < 3) return result;
    result.length_ms = end - cue.time;
    result.correlation = rank_correlation(numbers, times);
    std::vector<double> distances;
    for (const double number : numbers)
        distances.push_back(std::fabs(number - static_cast<double>(cued)));
    result.spread = rank_correlation(distances, times);
    result.item_ms = std::fabs(slope(numbers, times));
    result.shuffled = shuffled_correlation(numbers, times, draws);
    return result;
}

std::vector<Span> ripple_cycles(const sim::SpikeColumn& spikes, const Span& ripple,
                                std::uint64_t cells, double smoothing) {
    constexpr double step = 0.25;  // ms
    constexpr double far = 5;      // deviations; e^(-12.5) is nothing
    const auto points = whole(std::ceil((ripple.end - ripple.begin) / step));
    std::vector<double> rate(points);
    const auto [first, last] = between(spikes, ripple.begin, ripple.end);
    for (std::size_t k = first; k < last; ++k) {
        if (spikes.ids[k] >= cells) continue;
        const double at = (spikes.times[k] - ripple.begin) / step;
        const double reach = far * smoothing / step;
        const auto to = std::min(points, whole(at + reach) + 1);
        for (std::size_t i = whole(std::max(0.0, at - reach)); i < to; ++i) {
            const double z = (static_cast<double>(i) - at) * step / smoothing;
            rate[i] += std::exp(-z * z / 2);
        }
    }
    std::vector<Span> cycles;
    if (std::all_of(rate.begin(), rate.end(), [](double r) { return r == 0; })) return cycles;
    // Where the rate has fallen and goes up again; of a flat stretch its middle.
    double begin = ripple.begin;
    std::size_t fell = 0;
    for (std::size_t i = 1; i < points; ++i) {
        if (rate[i] < rate[i - 1]) fell = i;
        if (rate[i] <= rate[i - 1] || fell == 0) continue;
        const double cut = ripple.begin + step * static_cast<double>(fell + i - 1) / 2;
        cycles.push_back({begin, cut});
        begin = cut;
        fell = 0;
    }
    cycles.push_back({begin, ripple.end});
    return cycles;
}

std::vector<ReplayEvent> decoded_bursts(const sim::SpikeColumn& spikes, const Span& rest,
                                        const Ca3Params& p, const BurstDecoding& decoding,
                                        const sim::RandomKey& key) {
    constexpr double ms = 1e-3;           // s
    constexpr double peak_rate_hz = 100;  // of the fields
    const auto units = whole(p.items) * whole(p.assembly);
    UnitSpikes resting{{}, {}, units};
    const auto [first, last] = between(spikes, rest.begin, rest.end);
    for (std::size_t k = first; k < last; ++k) {
        if (spikes.ids[k] >= units) continue;
        resting.time_s.push_back(spikes.times[k] * ms);
        resting.unit.push_back(spikes.ids[k]);
    }
    BurstConfig bursts;
    bursts.threshold = decoding.threshold;
    EventConfig config;
    config.window_s = decoding.window * ms;
    config.shuffles = decoding.shuffles;
    const auto fields = fields_by_number(units, whole(p.items), p.assembly, peak_rate_hz);
    std::vector<ReplayEvent> events;
    for (const auto& burst : find_bursts(resting, bursts, [](double) { return true; }))
        events.push_back(judge_event(burst, resting, fields, config, key, events.size()));
    return events;
}

Peak spectral_peak(const sim::SpikeColumn& spikes, const std::vector<Span>& spans, double low_hz,
                   double high_hz) {
    Peak best;
    constexpr double step_hz = 1;
    for (double hz = low_hz; hz <= high_hz; hz += step_hz) {
        double power = 0;
        for (const auto& span : spans) {
            const auto [first, last] = between(spikes, span.begin, span.end);
            double re = 0, im = 0;
            for (std::size_t k = first; k < last; ++k) {
                const double phase =
                    2 * std::numbers::pi * hz * (spikes.times[k] - span.begin) / 1000;
                re += std::cos(phase);
                im += std::sin(phase);
            }
            if (last > first)
                power += (re * re + im * im) /
                         (static_cast<double>(last - first) * static_cast<double>(spans.size()));
        }
        if (power > best.power) best = {hz, power};
    }
    return best;
}

}  // namespace protocols::ca3
