// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/ca3_replay.hpp"

#include <cmath>

#include "protocols/studies/ca3_events.hpp"
#include "protocols/studies/ca3_files.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {
namespace {

using Params = Ca3Replay::Params;

constexpr double ms = 1e-3;  // s

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

sim::RandomKey key(std::uint64_t seed, std::uint32_t what) {
    return {seed, plastic::own_part + what, sim::Purpose::model};
}

/// What all seeds found, in lists that grow.
struct Findings {
    std::vector<double> correlation, forward, reverse, shuffled, compression, recalled, partial,
        blocked, exchanged, length, spikes, most_spikes, middle, middle_item, middle_distance;
    double cues = 0, detected = 0, significant = 0, right = 0, uncued = 0;
    std::vector<double> ripple_hz[2], ripple_power[2], weights[4];
    std::vector<double> recalled_seeds, correlation_seeds, compression_seeds;
};

double mean(const std::vector<double>& values) { return plastic::spread(values).mean; }

Json mean_or_null(const std::vector<double>& values) {
    return values.empty() ? Json(nullptr) : Json(mean(values));
}
Json part_or_null(double part, double all) { return all == 0 ? Json(nullptr) : Json(part / all); }

// One network: shown an episode, cued at rest, cued with its gain off.
class Episode {
public:
    Episode(const Params& p, std::size_t index, StudyContext& context)
        : p_(p), index_(index), seed_(context.seed() + index), context_(context) {
        cues_.whole = cues_.partial = whole(p.events);
        cues_.blocked = whole(p.blocked);
        cues_.middle = whole(p.middle);
        cues_.silenced = p.silenced;
    }

    /// False once cancelled; then nothing was added.
    bool add_to(Findings& all) {
        const auto session = ca3::plan(p_, cues_, true, seed_);
        auto stretch = stretch_of(0, 0.85);
        plastic::Run run(ca3::describe(p_, cues_, session, {}, seed_), stretch);
        sim::MemorySink sink;
        run.record(sink);
        if (!run.advance(session.duration, line("episode"))) return false;
        Findings own;
        if (!add_control(run, own)) return false;
        add_recall(session, sink.spikes(), own);
        add_bursts(session, sink.spikes()[0], own);
        add_weights(run, own);
        ca3::write_spikes(sink, index_, context_);
        take(own, all);
        return true;
    }

private:
    plastic::Stretch stretch_of(double begin, double end) const {
        const auto at = [&](double part) {
            return (static_cast<double>(index_) + part) / p_.seeds;
        };
        return {context_, at(begin), at(end)};
    }

    std::string line(const std::string& what) const {
        return "seed " + std::to_string(index_ + 1) + " of " + std::to_string(whole(p_.seeds)) +
               ", " + what;
    }

    void add_recall(const ca3::Session& session, const std::vector<sim::SpikeColumn>& spikes,
                    Findings& f) const {
        sim::RandomStream draws(key(seed_, 0), 0);
        std::vector<ca3::Span> spans;
        for (const auto& cue : session.cues) {
            const auto r = ca3::recall_after(cue, spikes[0], p_, p_.window, draws);
            if (cue.is_blocked) {
                f.blocked.push_back(r.recalled);
                continue;
            }
            if (cue.end == ca3::End::middle) {
                f.middle.push_back(r.recalled);
                f.middle_item.push_back(r.correlation);
                f.middle_distance.push_back(r.spread);
                continue;
            }
            (cue.is_partial ? f.partial : f.recalled).push_back(r.recalled);
            const bool is_forward = cue.end == ca3::End::first;
            (is_forward ? f.forward : f.reverse).push_back(r.correlation);
            f.correlation.push_back(is_forward ? r.correlation : 0 - r.correlation);  // no -0
            f.shuffled.push_back(r.shuffled);
            if (r.item_ms > 0) f.compression.push_back(p_.item_time / r.item_ms);
            f.length.push_back(r.length_ms);
            f.spikes.push_back(r.mean_spikes);
            f.most_spikes.push_back(r.most_spikes);
            spans.push_back({cue.time, cue.time + r.length_ms});
        }
        for (std::size_t k = 0; k < 2; ++k) {
            const auto peak = ca3::spectral_peak(spikes[k], spans, 100, 300);
            f.ripple_hz[k].push_back(peak.hz);
            f.ripple_power[k].push_back(peak.power);
        }
    }

    /// Bursts are found and decoded from the spikes alone, then compared with the cues.
    void add_bursts(const ca3::Session& session, const sim::SpikeColumn& spikes, Findings& f) {
        const ca3::BurstDecoding decoding{p_.burst_threshold, p_.decode_window, whole(p_.shuffles)};
        const auto events = ca3::decoded_bursts(spikes, {session.theta_end, session.middle_begin},
                                                p_, decoding, key(seed_, 1));
        for (const auto& event : events) compare(session, event, f);
        for (const auto& cue : session.cues) f.cues += cue.time < session.middle_begin ? 1 : 0;
        ca3::write_events(events, index_, context_);
    }

    void compare(const ca3::Session& session, const ReplayEvent& event, Findings& f) const {
        for (const auto& cue : session.cues) {
            if (cue.time >= session.middle_begin || cue.time * ms < event.burst.start_s - slack_s ||
                cue.time * ms > event.burst.stop_s)
                continue;
            ++f.detected;
            if (event.p > p_.level) return;
            ++f.significant;
            f.right += event.direction == (cue.end == ca3::End::first ? 1 : -1) ? 1 : 0;
            return;
        }
        ++f.uncued;
    }

    /// The same weights at the wrong synapses.
    bool add_control(const plastic::Run& learned, Findings& f) const {
        ca3::Cues few;
        few.whole = few.partial = few.blocked = 1;
        const auto session = ca3::plan(p_, few, false, seed_);
        auto stretch = stretch_of(0.85, 1);
        plastic::Run run(ca3::describe(p_, few, session, ca3::exchanged(learned, seed_), seed_),
                         stretch);
        sim::MemorySink sink;
        run.record(sink);
        if (!run.advance(session.ripples_end, line("weights exchanged"))) return false;
        sim::RandomStream draws(key(seed_, 2), 0);
        for (const auto& cue : session.cues)
            if (!cue.is_blocked)
                f.exchanged.push_back(
                    ca3::recall_after(cue, sink.spikes()[0], p_, p_.window, draws).recalled);
        return true;
    }

    void add_weights(const plastic::Run& run, Findings& f) const {
        std::array<double, 4> sum{}, count{};
        const auto item = [&](std::uint64_t cell) {
            return static_cast<std::int64_t>(cell / whole(p_.assembly));
        };
        const auto items = static_cast<std::int64_t>(p_.items);
        run.for_each_synapse("recurrent", [&](std::uint64_t source, std::uint64_t target,
                                              std::span<const double> values) {
            const auto apart = static_cast<std::size_t>(std::abs(item(source) - item(target)));
            if (std::max(item(source), item(target)) >= items || apart >= sum.size()) return;
            sum[apart] += values[0];
            ++count[apart];
        });
        for (std::size_t d = 0; d < sum.size(); ++d)
            f.weights[d].push_back(count[d] == 0 ? 0 : sum[d] / count[d]);
    }

    static void append(std::vector<double>& to, const std::vector<double>& from) {
        to.insert(to.end(), from.begin(), from.end());
    }
    static void take(const Findings& own, Findings& all) {
        using F = Findings;
        for (auto member :
             {&F::correlation, &F::forward, &F::reverse, &F::shuffled, &F::compression,
              &F::recalled, &F::partial, &F::blocked, &F::exchanged, &F::length, &F::spikes,
              &F::most_spikes, &F::middle, &F::middle_item, &F::middle_distance})
            append(all.*member, own.*member);
        for (auto member : {&F::cues, &F::detected, &F::significant, &F::right, &F::uncued})
            all.*member += own.*member;
        for (std::size_t k = 0; k < 2; ++k) {
            append(all.ripple_hz[k], own.ripple_hz[k]);
            append(all.ripple_power[k], own.ripple_power[k]);
        }
        for (std::size_t d = 0; d < 4; ++d) append(all.weights[d], own.weights[d]);
        all.recalled_seeds.push_back(mean(own.recalled));
        all.correlation_seeds.push_back(mean(own.correlation));
        all.compression_seeds.push_back(mean(own.compression));
    }

    static constexpr double slack_s = 0.05;      // bursts are smoothed

    const Params& p_;
    std::size_t index_;
    std::uint64_t seed_;
    StudyContext& context_;
    ca3::Cues cues_;
};

Json extremes(const std::vector<double>& values) {
    if (values.empty()) return Json::array();
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return {*least, mean(values), *most};
}

Json results_of(const Findings& f) {
    Json results = Json::object();
    results["rank_correlation"] = mean_or_null(f.correlation);
    results["rank_correlation_forward"] = mean_or_null(f.forward);
    results["rank_correlation_reverse"] = mean_or_null(f.reverse);
    const auto least = std::min_element(f.correlation.begin(), f.correlation.end());
    results["rank_correlation_least"] = f.correlation.empty() ? Json(nullptr) : Json(*least);
    results["rank_correlation_shuffled"] = mean_or_null(f.shuffled);
    results["compression"] = mean_or_null(f.compression);
    results["recalled"] = mean_or_null(f.recalled);
    results["recalled_partial"] = mean_or_null(f.partial);
    results["recalled_blocked"] = mean_or_null(f.blocked);
    results["recalled_exchanged"] = mean_or_null(f.exchanged);
    results["recalled_middle"] = mean_or_null(f.middle);
    results["rank_correlation_middle"] =
        Json::array({mean_or_null(f.middle_item), mean_or_null(f.middle_distance)});
    results["event_ms"] = extremes(f.length);
    const auto most = std::max_element(f.most_spikes.begin(), f.most_spikes.end());
    results["spikes_per_cell"] =
        f.spikes.empty() ? Json::array() : Json::array({mean(f.spikes), *most});
    results["detected"] = part_or_null(f.detected, f.cues);
    results["significant"] = part_or_null(f.significant, f.detected);
    results["direction_right"] = part_or_null(f.right, f.significant);
    results["uncued"] = f.uncued;
    for (const auto* name : {"ripple_hz", "ripple_power", "weights"}) results[name] = Json::array();
    for (std::size_t k = 0; k < 2 && !f.correlation.empty(); ++k) {
        results["ripple_hz"].push_back(mean(f.ripple_hz[k]));
        results["ripple_power"].push_back(mean(f.ripple_power[k]));
    }
    for (std::size_t d = 0; d < 4 && !f.correlation.empty(); ++d)
        results["weights"].push_back(mean(f.weights[d]));
    results["recalled_seeds"] = f.recalled_seeds;
    results["rank_correlation_seeds"] = f.correlation_seeds;
    results["compression_seeds"] = f.compression_seeds;
    return results;
}

}  // namespace

Json Ca3Replay::run(const Params& p, StudyContext& context) {
    ca3::check_window(p, p.window);
    Findings all;
    for (std::size_t i = 0; i < whole(p.seeds) && !context.cancelled(); ++i)
        if (!Episode(p, i, context).add_to(all)) break;
    return results_of(all);
}

}  // namespace protocols
