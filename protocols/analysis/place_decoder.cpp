// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/analysis/place_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"

namespace protocols {
namespace {

// A Gaussian over the bins of one map; counts and times are smoothed alike, so ends need no care.
std::vector<double> smooth_bins(const std::vector<double>& values, double deviation) {
    const std::size_t n = values.size();
    std::vector<double> result(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const double z = deviation > 0
                                 ? (static_cast<double>(i) - static_cast<double>(j)) / deviation
                                 : (i == j ? 0.0 : 1e3);
            result[i] += std::exp(-z * z / 2) * values[j];
        }
    return result;
}

std::size_t bin_of(const PlaceFields& fields, double position) {
    const double at = std::floor((position - fields.low_px) / fields.bin_px);
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(fields.bins - 1)));
}

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

std::size_t best_bin(const std::vector<double>& posterior, std::size_t bins) {
    std::vector<double> place(bins);
    for (std::size_t s = 0; s < posterior.size(); ++s) place[s % bins] += posterior[s];
    return static_cast<std::size_t>(std::max_element(place.begin(), place.end()) - place.begin());
}

}  // namespace

std::pair<std::size_t, std::size_t> UnitSpikes::between(double from, double to) const {
    const auto first = std::lower_bound(time_s.begin(), time_s.end(), from);
    const auto last = std::lower_bound(first, time_s.end(), to);
    return {static_cast<std::size_t>(first - time_s.begin()),
            static_cast<std::size_t>(last - time_s.begin())};
}

PlaceFields place_fields(const LinearTrack& track, const UnitSpikes& spikes,
                         const FieldConfig& config, const std::function<bool(std::size_t)>& takes) {
    PlaceFields fields;
    fields.maps = config.is_directional ? 2 : 1;
    fields.low_px = track.low_px;
    fields.bins = static_cast<std::size_t>(
        std::max(1.0, std::ceil((track.high_px - track.low_px) / config.bin_px)));
    fields.bin_px = (track.high_px - track.low_px) / static_cast<double>(fields.bins);
    const auto state = [&](std::size_t i) {
        const bool is_down = config.is_directional && track.speed[i] < 0;
        return (is_down ? fields.bins : 0) + bin_of(fields, track.position_px[i]);
    };
    const auto counts = [&](std::size_t i) { return track.is_running[i] && takes(i); };
    std::vector<double> time(fields.states());
    for (std::size_t i = 0; i < track.size(); ++i)
        if (counts(i)) time[state(i)] += track.step_s;
    if (std::accumulate(time.begin(), time.end(), 0.0) == 0)
        throw sim::BadFile(
            "position: the animal never runs in a part of the recording; set a lower "
            "least_speed or longer blocks");
    std::vector<std::vector<double>> fired(spikes.units, std::vector<double>(fields.states()));
    const double end = track.time_s(track.size());
    const auto [first, last] = spikes.between(track.begin_s, end);
    for (std::size_t k = first; k < last; ++k) {
        const std::size_t i = track.index(spikes.time_s[k]);
        if (counts(i)) fired[spikes.unit[k]][state(i)] += 1;
    }
    const double deviation = config.smoothing_px / fields.bin_px;
    const auto by_map = [&](const std::vector<double>& values) {
        std::vector<double> all;
        for (std::size_t map = 0; map < fields.maps; ++map) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(map * fields.bins);
            const auto part =
                smooth_bins({begin, begin + static_cast<std::ptrdiff_t>(fields.bins)}, deviation);
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    };
    const auto smooth_time = by_map(time);
    const double total = std::accumulate(smooth_time.begin(), smooth_time.end(), 0.0);
    for (const double t : smooth_time) fields.occupancy.push_back(t / total);
    for (const auto& one : fired) {
        auto rate = by_map(one);
        for (std::size_t s = 0; s < rate.size(); ++s)
            rate[s] =
                std::max(config.least_rate_hz, smooth_time[s] > 0 ? rate[s] / smooth_time[s] : 0.0);
        fields.rate_hz.push_back(std::move(rate));
    }
    return fields;
}

PlaceFields fields_by_number(std::size_t units, std::size_t bins, double width, double peak_hz) {
    PlaceFields fields;
    fields.bins = bins;
    fields.bin_px = static_cast<double>(units) / static_cast<double>(bins);
    fields.occupancy.assign(bins, 1 / static_cast<double>(bins));
    for (std::size_t unit = 0; unit < units; ++unit) {
        std::vector<double> rate;
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const double z = (fields.center_px(bin) - static_cast<double>(unit) - 0.5) / width;
            rate.push_back(std::max(peak_hz * std::exp(-z * z / 2), 0.01 * peak_hz));
        }
        fields.rate_hz.push_back(std::move(rate));
    }
    return fields;
}

PlaceDecoder::PlaceDecoder(const PlaceFields& fields, double window_s, bool with_prior)
    : penalty_(fields.states()) {
    const double least = 1e-3 / static_cast<double>(fields.states());
    for (std::size_t s = 0; s < penalty_.size(); ++s)
        if (with_prior) penalty_[s] = std::log(std::max(fields.occupancy[s], least));
    for (const auto& rate : fields.rate_hz) {
        std::vector<double> logs;
        for (std::size_t s = 0; s < rate.size(); ++s) {
            logs.push_back(std::log(rate[s]));
            penalty_[s] -= window_s * rate[s];
        }
        log_rate_.push_back(std::move(logs));
    }
}

void PlaceDecoder::posterior(std::span<const std::uint64_t> units,
                             const std::vector<std::uint64_t>& shown_as, double* result) const {
    std::copy(penalty_.begin(), penalty_.end(), result);
    for (const auto unit : units) {
        const auto& logs = log_rate_[shown_as[unit]];
        for (std::size_t s = 0; s < logs.size(); ++s) result[s] += logs[s];
    }
    const double most = *std::max_element(result, result + states());
    double sum = 0;
    for (std::size_t s = 0; s < states(); ++s) sum += result[s] = std::exp(result[s] - most);
    for (std::size_t s = 0; s < states(); ++s) result[s] /= sum;
}

std::vector<std::uint64_t> unit_order(std::size_t units, sim::RandomStream* draws) {
    std::vector<std::uint64_t> order(units);
    std::iota(order.begin(), order.end(), 0U);
    if (draws != nullptr)
        for (std::size_t i = units; i > 1; --i) std::swap(order[i - 1], order[draws->below(i)]);
    return order;
}

DecodingReport cross_validate(const LinearTrack& track, const UnitSpikes& spikes,
                              const FieldConfig& config, double window_s, double block_s,
                              sim::RandomStream& draws) {
    const auto block = [&](double t) {
        return static_cast<std::size_t>((t - track.begin_s) / block_s) % 2;
    };
    const auto as_they_are = unit_order(spikes.units, nullptr);
    const auto exchanged = unit_order(spikes.units, &draws);
    std::vector<double> errors, shuffled;
    for (std::size_t tested = 0; tested < 2; ++tested) {
        const auto fields = place_fields(
            track, spikes, config, [&](std::size_t i) { return block(track.time_s(i)) != tested; });
        const PlaceDecoder decoder(fields, window_s, true);
        std::vector<double> posterior(decoder.states());
        for (double from = track.begin_s; from + window_s <= track.time_s(track.size() - 1);
             from += window_s) {
            const std::size_t middle = track.index(from + window_s / 2);
            if (!track.is_running[middle] || block(from + window_s / 2) != tested) continue;
            const auto [first, last] = spikes.between(from, from + window_s);
            if (first == last) continue;
            const std::span units(spikes.unit.data() + first, last - first);
            for (const auto& [order, into] :
                 {std::pair{&as_they_are, &errors}, {&exchanged, &shuffled}}) {
                decoder.posterior(units, *order, posterior.data());
                const double place = fields.center_px(best_bin(posterior, fields.bins));
                into->push_back(std::fabs(place - track.position_px[middle]));
            }
        }
    }
    if (errors.empty())
        throw sim::BadFile(
            "recording: no window of running with spikes; set a lower least_speed or "
            "longer windows");
    return {median_of(errors),
            std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size()),
            median_of(shuffled), errors.size()};
}

}  // namespace protocols
