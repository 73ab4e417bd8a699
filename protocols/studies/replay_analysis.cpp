// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/replay_analysis.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "data/formats/tracked_recording.hpp"
#include "protocols/analysis/replay_events.hpp"
#include "sim/core/error.hpp"
#include "sim/core/workers.hpp"

namespace protocols {
namespace {

using Params = ReplayAnalysis::Params;
using Names = std::vector<std::string>;

constexpr double ms = 1e-3;  // s

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

Names field_names(const sim::Catalogue&) { return {"measured", "ids"}; }
Names axis_names(const sim::Catalogue&) { return {"principal", "x", "y"}; }
Names map_names(const sim::Catalogue&) { return {"directional", "pooled"}; }

struct Recording {
    UnitSpikes spikes;
    std::optional<LinearTrack> track;
};

TrackConfig track_config(const Params& p) {
    TrackConfig config;
    if (p.axis == "x") config.axis = TrackConfig::Axis::x;
    if (p.axis == "y") config.axis = TrackConfig::Axis::y;
    config.least_speed = p.least_speed;
    config.off_axis = p.off_axis;
    return config;
}

FieldConfig field_config(const Params& p) {
    FieldConfig config;
    config.bin_px = p.bin_px;
    config.smoothing_px = p.smoothing_px;
    config.is_directional = p.maps == "directional";
    return config;
}

Recording read(const Params& p) {
    if (p.recording.empty())
        throw sim::BadParameter(
            "recording: none is given; set recording=FILE.h5, or sharpwave analyze replay FILE.h5");
    auto file = data::read_tracked_recording(p.recording);
    Recording recording;
    recording.spikes = {std::move(file.spike_times_s), std::move(file.units), 0};
    const auto& units = recording.spikes.unit;
    recording.spikes.units = units.empty() ? 0 : *std::max_element(units.begin(), units.end()) + 1;
    if (units.empty())
        throw sim::BadFile(p.recording + ": no spikes; analyse a recording with some");
    if (p.fields == "measured")
        recording.track = linearize(
            {std::move(file.position_times_s), std::move(file.x_px), std::move(file.y_px)},
            track_config(p));
    return recording;
}

PlaceFields fields_of(const Params& p, const Recording& recording) {
    if (!recording.track)
        return fields_by_number(recording.spikes.units, whole(p.field_bins), p.field_width,
                                p.field_rate);
    return place_fields(*recording.track, recording.spikes, field_config(p),
                        [](std::size_t) { return true; });
}

// Where the animal does not move; with no position, all the time.
std::vector<Burst> bursts_of(const Params& p, const Recording& recording) {
    BurstConfig config;
    config.threshold = p.threshold;
    config.least_s = p.least_duration * ms;
    config.most_s = p.most_duration * ms;
    config.least_units = whole(p.least_units);
    return find_bursts(recording.spikes, config, [&](double t) {
        const auto& track = recording.track;
        return !track || std::fabs(track->speed[track->index(t)]) <= p.least_speed;
    });
}

std::vector<ReplayEvent> judge(const Params& p, const Recording& recording,
                               const PlaceFields& fields, const std::vector<Burst>& bursts,
                               StudyContext& context) {
    EventConfig config;
    config.window_s = p.window * ms;
    config.shuffles = whole(p.shuffles);
    config.line.reach = whole(p.reach);
    config.line.least_slope = p.least_slope;
    config.line.most_slope = p.most_slope;
    const sim::RandomKey key{context.seed(), 2, sim::Purpose::model};
    std::vector<std::optional<ReplayEvent>> judged(bursts.size());
    std::atomic<std::size_t> done = 0;
    sim::Workers workers(context.threads());
    workers.for_each(bursts.size(), [&](std::size_t i) {
        if (context.cancelled()) return;
        judged[i] = judge_event(bursts[i], recording.spikes, fields, config, key, i);
        const std::size_t count = ++done;
        context.progress(static_cast<double>(count) / static_cast<double>(bursts.size()),
                         "burst " + std::to_string(count) + " of " + std::to_string(bursts.size()));
    });
    std::vector<ReplayEvent> events;
    for (const auto& one : judged)
        if (one) events.push_back(*one);
    return events;
}

Json median(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

Json mean(const std::vector<double>& values) {
    if (values.empty()) return {};
    double sum = 0;
    for (const double x : values) sum += x;
    return sum / static_cast<double>(values.size());
}

// Median speed of running; with no position nothing that a compression could be of.
std::optional<double> running_speed(const Recording& recording) {
    if (!recording.track) return std::nullopt;
    std::vector<double> speeds;
    for (std::size_t i = 0; i < recording.track->size(); ++i)
        if (recording.track->is_running[i]) speeds.push_back(std::fabs(recording.track->speed[i]));
    return median(speeds).get<double>();
}

void summarize(const std::vector<ReplayEvent>& events, double level, std::optional<double> running,
               Json& results) {
    std::vector<double> durations, speeds, ranks, other_ranks;
    std::size_t significant = 0, by_chance = 0, forward = 0;
    for (const auto& event : events) {
        const bool is_significant = event.p <= level;
        significant += is_significant ? 1 : 0;
        by_chance += event.shuffled_p <= level ? 1 : 0;
        if (event.has_rank)
            (is_significant ? ranks : other_ranks).push_back(std::fabs(event.rank_correlation));
        if (!is_significant) continue;
        forward += event.direction > 0 ? 1 : 0;
        durations.push_back((event.burst.stop_s - event.burst.start_s) / ms);
        if (running) speeds.push_back(std::fabs(event.speed) / *running);
    }
    const auto part = [&](std::size_t count) {
        return events.empty()
                   ? Json()
                   : Json(static_cast<double>(count) / static_cast<double>(events.size()));
    };
    results["events"] = events.size();
    results["significant"] = part(significant);
    results["false_positive"] = part(by_chance);
    results["forward"] = forward;
    results["reverse"] = significant - forward;
    results["duration_ms"] = median(durations);
    results["rank_correlation"] = mean(ranks);
    results["rank_correlation_other"] = mean(other_ranks);
    results["compression"] = median(speeds);
}

}  // namespace

std::array<TextParam<Params>, 4> ReplayAnalysis::texts() {
    return {{{"recording", &Params::recording, nullptr,
              "HDF5: /spikes/{time_s, unit}, /position/{time_s, x_px, y_px}; or SONATA spikes"},
             {"fields", &Params::fields, field_names,
              "measured while running, or ids: unit i prefers place i, as in runs of assemblies "
              "wired in a row"},
             {"axis", &Params::axis, axis_names, "of the track"},
             {"maps", &Params::maps, map_names, "fields for each direction of running, or one"}}};
}

Json ReplayAnalysis::run(const Params& p, StudyContext& context) {
    const auto recording = read(p);
    Json results = Json::object();
    results["decoding_error_px"] = nullptr;
    if (recording.track) {
        sim::RandomStream draws({context.seed(), 1, sim::Purpose::model}, 0);
        const auto decoding = cross_validate(*recording.track, recording.spikes, field_config(p),
                                             p.decode_window * ms, p.block * ms, draws);
        results["decoding_error_px"] = decoding.median_px;
        results["decoding_error_mean_px"] = decoding.mean_px;
        results["decoding_error_shuffled_px"] = decoding.shuffled_median_px;
        results["decoding_windows"] = decoding.windows;
        results["track_px"] = recording.track->high_px - recording.track->low_px;
    }
    const auto fields = fields_of(p, recording);
    const auto events = judge(p, recording, fields, bursts_of(p, recording), context);
    summarize(events, p.level, running_speed(recording), results);
    std::vector<data::ReplayRow> rows;
    for (const auto& event : events)
        rows.push_back(
            {event.burst.start_s, event.burst.stop_s, event.direction, event.line.score, event.p});
    data::write_replay_file(context.file("replay.h5"), rows);
    return results;
}

}  // namespace protocols
