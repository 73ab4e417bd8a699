// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/results.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "protocols/cli/format.hpp"
#include "protocols/cli/provenance.hpp"
#include "sim/core/text.hpp"

namespace protocols::cli {
namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

constexpr double mebi = 1 << 20;

template <class Item, class Quantity>
Spread spread_of(const std::vector<Item>& repeats, const Quantity& quantity) {
    std::vector<double> values;
    for (const auto& one : repeats)
        values.push_back(static_cast<double>(std::invoke(quantity, one)));
    return spread(values);
}

/// Three significant digits, all of a whole number.
std::string digits(double x) {
    return fixed(x, x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : x >= 0.1 ? 3 : 4);
}

/// "1.23 (1.20-1.30)", in a unit of so many.
std::string shown(const Spread& s, double unit = 1) {
    return digits(s.median / unit) + " (" + digits(s.least / unit) + "-" + digits(s.most / unit) +
           ")";
}

template <class Quantity>
std::string shown(const BenchPoint& point, const Quantity& quantity, double unit = 1) {
    return shown(spread_of(point.runs, quantity), unit);
}

double events_per_core(const BenchPoint& point, const Measurement& one) {
    return one.events_per_s() / point.threads;
}

std::string share(const BenchPoint& point, double Measurement::*part) {
    const auto s = spread_of(
        point.runs, [part](const Measurement& one) { return 100 * one.*part / one.simulate_s; });
    return fixed(s.median, 1) + " %";
}

std::string of_ceiling(const BenchPoint& point, const BenchResults& results) {
    const auto most = ceiling(point, results);
    if (!most) return "-";
    const double rate = spread_of(point.runs, &Measurement::events_per_s).median;
    const double percent = 100 * rate / most->events_per_s;
    return fixed(percent, percent < 10 ? 1 : 0) + " % " +
           (most->is_stream ? "(reading)" : "(updates)");
}

std::string factor_of(const BenchPoint& point) {
    return point.factor ? sim::number(*point.factor) : "";
}

Rows speed_rows(const BenchResults& results) {
    Rows rows{{"network", results.sweep.empty() ? "" : "factor", "threads", "real-time factor",
               "M events/s", "a core", "M plastic events/s", "M updates/s", "of ceiling"}};
    for (const auto& point : results.points) {
        if (point.runs.empty()) continue;
        const bool has_plastic = point.runs.front().plastic_events > 0;
        rows.push_back({point.network.name, factor_of(point), std::to_string(point.threads),
                        shown(point, &Measurement::real_time_factor),
                        shown(point, &Measurement::events_per_s, 1e6),
                        shown(point, std::bind_front(events_per_core, std::cref(point)), 1e6),
                        has_plastic ? shown(point, &Measurement::plastic_events_per_s, 1e6) : "-",
                        shown(point, &Measurement::updates_per_s, 1e6),
                        of_ceiling(point, results)});
    }
    return rows;
}

Rows size_rows(const BenchResults& results) {
    Rows rows{{"network", results.sweep.empty() ? "" : "factor", "threads", "neurons", "synapses",
               "rate Hz", "B/synapse", "built in s", "peak MiB", "delivery", "update", "exchange",
               "output"}};
    for (const auto& point : results.points) {
        if (point.runs.empty()) continue;
        const auto& first = point.runs.front();
        rows.push_back(
            {point.network.name, factor_of(point), std::to_string(point.threads),
             grouped(first.neurons), grouped(first.synapses), digits(first.rate_hz()),
             digits(first.bytes_per_synapse()), shown(point, &Measurement::build_s),
             shown(point, &Measurement::peak_bytes, mebi), share(point, &Measurement::delivery_s),
             share(point, &Measurement::update_s), share(point, &Measurement::exchange_s),
             share(point, &Measurement::output_s)});
    }
    return rows;
}

Rows limit_rows(const BenchResults& results) {
    Rows rows{{"threads", "reading GB/s", "M updates/s in 1 MiB", "in 32 MiB"}};
    for (const auto& [threads, all] : results.limits)
        rows.push_back({std::to_string(threads),
                        shown(spread_of(all, &MachineLimits::read_bytes_per_s), 1e9),
                        shown(spread_of(all, &MachineLimits::small_set_updates_per_s), 1e6),
                        shown(spread_of(all, &MachineLimits::large_set_updates_per_s), 1e6)});
    return rows;
}

std::string table(const std::string& title, const Rows& rows) {
    if (rows.size() < 2) return "";
    return Style::of(1).strong(title) + "\n" + aligned(rows, "  ", "lrrrrrrrrrrrr") + "\n";
}

bool is_over_threads(const std::string& sweep) { return sweep == "threads" || sweep == "weak"; }

double size_of(const std::string& sweep, const BenchPoint& point, const Measurement& one) {
    if (is_over_threads(sweep)) return point.threads;
    if (sweep == "rate") return one.rate_hz();
    return sweep == "neurons" ? static_cast<double>(one.neurons) : one.synapses_per_neuron();
}

/// What the sweep is over, in words.
std::string size_name(const std::string& sweep) {
    if (sweep == "weak") return "threads (with as much more to do)";
    if (sweep == "rate") return "rate (Hz)";
    return sweep == "synapses" ? "synapses per neuron" : sweep;
}

std::string shown_growth(const std::string& sweep, const Growth& growth) {
    const std::string on =
        growth.threads == 0
            ? ""
            : " on " + counted(static_cast<std::uint64_t>(growth.threads), "thread");
    return "  " + growth.network + on + ": time per synaptic event goes with " + size_name(sweep) +
           " to the power " + fixed(growth.law.exponent, 3) + " +- " +
           fixed(growth.law.standard_error, 3) + "; " + digits(growth.law.growth) + " times from " +
           digits(growth.size.least) + " to " + digits(growth.size.most) + "\n";
}

std::string shown_growths(const BenchResults& results) {
    if (results.sweep.empty()) return "";
    std::string text;
    for (const auto& one : growths(results)) text += shown_growth(results.sweep, one);
    if (text.empty()) text = "  too few sizes with synaptic events for a fit\n";
    return Style::of(1).strong("Growth") + "\n" + text + "\n";
}

std::string shown_head() {
    const auto texts = provenance_texts();
    return "sharpwave " + texts.at("version") + " (" + texts.at("revision") + "), " +
           texts.at("compiler") + ", " + processor() + ", " + counted(host_cores(), "core") +
           "\n\n";
}

Json json_of(const Spread& s) {
    return {{"median", s.median}, {"least", s.least}, {"most", s.most}};
}

template <class Item, class Quantity>
Json json_of(const std::vector<Item>& repeats, const Quantity& quantity) {
    return json_of(spread_of(repeats, quantity));
}

Json json_of(const BenchPoint& point, const BenchResults& results) {
    Json json{{"network", point.network.name},
              {"protocol", point.network.protocol},
              {"settings", point.network.settings},
              {"threads", point.threads},
              {"warm_up_ms", point.network.warm_up}};
    for (const auto& set : point.sets) json["settings"].push_back(set);
    if (point.factor) json["factor"] = *point.factor;
    const auto& runs = point.runs;
    const auto& first = runs.front();
    json["simulated_ms"] = first.simulated_ms;
    json["neurons"] = first.neurons;
    json["synapses"] = first.synapses;
    json["rate_hz"] = first.rate_hz();
    json["bytes_per_synapse"] = first.bytes_per_synapse();
    json["real_time_factor"] = json_of(runs, &Measurement::real_time_factor);
    json["events_per_s"] = json_of(runs, &Measurement::events_per_s);
    json["events_per_s_per_core"] =
        json_of(runs, std::bind_front(events_per_core, std::cref(point)));
    if (first.plastic_events > 0)
        json["plastic_events_per_s"] = json_of(runs, &Measurement::plastic_events_per_s);
    json["neuron_updates_per_s"] = json_of(runs, &Measurement::updates_per_s);
    json["build_s"] = json_of(runs, &Measurement::build_s);
    json["peak_bytes"] = json_of(runs, &Measurement::peak_bytes);
    for (const auto& [name, part] : {std::pair{"delivery_share", &Measurement::delivery_s},
                                     std::pair{"update_share", &Measurement::update_s},
                                     std::pair{"exchange_share", &Measurement::exchange_s},
                                     std::pair{"output_share", &Measurement::output_s}})
        json[name] = json_of(
            runs, [part = part](const Measurement& one) { return one.*part / one.simulate_s; });
    if (const auto most = ceiling(point, results)) {
        const double rate = spread_of(runs, &Measurement::events_per_s).median;
        json["ceiling"] = {{"events_per_s", most->events_per_s},
                           {"set_by", most->is_stream ? "sequential_read" : "random_updates_1_mib"},
                           {"reached", rate / most->events_per_s}};
    }
    for (const auto& one : runs) json["runs"].push_back(to_json(one));
    return json;
}

Json limits_json(const BenchResults& results) {
    Json json = Json::array();
    for (const auto& [threads, all] : results.limits)
        json.push_back(
            {{"threads", threads},
             {"sequential_read_bytes_per_s", json_of(all, &MachineLimits::read_bytes_per_s)},
             {"random_updates_1_mib_per_s", json_of(all, &MachineLimits::small_set_updates_per_s)},
             {"random_updates_32_mib_per_s",
              json_of(all, &MachineLimits::large_set_updates_per_s)}});
    return json;
}

Json growth_json(const BenchResults& results) {
    Json json{{"name", results.sweep}, {"fits", Json::array()}};
    for (const auto& one : growths(results))
        json["fits"].push_back({{"network", one.network},
                                {"threads", one.threads == 0 ? Json() : Json(one.threads)},
                                {"size", {{"least", one.size.least}, {"most", one.size.most}}},
                                {"exponent", one.law.exponent},
                                {"standard_error", one.law.standard_error},
                                {"growth", one.law.growth}});
    return json;
}

/// The sizes and times per event of one network along a sweep.
struct Curve {
    std::vector<double> sizes;
    std::vector<double> seconds;
};

void add_runs(const BenchPoint& point, const std::string& sweep, Curve& curve) {
    for (const auto& one : point.runs) {
        const double size = size_of(sweep, point, one);
        if (one.synaptic_events == 0 || !(size > 0)) continue;
        curve.sizes.push_back(size);
        curve.seconds.push_back(one.seconds_per_event());
    }
}

}  // namespace

std::vector<Growth> growths(const BenchResults& results) {
    std::vector<std::pair<std::string, int>> order;
    std::map<std::pair<std::string, int>, Curve> curves;
    for (const auto& point : results.points) {
        const std::pair key{point.network.name, is_over_threads(results.sweep) ? 0 : point.threads};
        if (!curves.contains(key)) order.push_back(key);
        add_runs(point, results.sweep, curves[key]);
    }
    std::vector<Growth> all;
    for (const auto& key : order) {
        const auto& curve = curves[key];
        if (curve.sizes.empty()) continue;
        const auto size = spread(curve.sizes);
        if (size.least < size.most)
            all.push_back({key.first, key.second, size, fit_power_law(curve.sizes, curve.seconds)});
    }
    return all;
}

std::optional<Ceiling> ceiling(const BenchPoint& point, const BenchResults& results) {
    const auto found = results.limits.find(point.threads);
    const double bytes = point.runs.empty() ? 0 : point.runs.front().bytes_per_synapse();
    if (found == results.limits.end() || !(bytes > 0)) return std::nullopt;
    const double stream = spread_of(found->second, &MachineLimits::read_bytes_per_s).median / bytes;
    const double updates = spread_of(found->second, &MachineLimits::small_set_updates_per_s).median;
    return Ceiling{std::min(stream, updates), stream < updates};
}

std::string shown_results(const BenchResults& results) {
    return shown_head() + table("Speed: median (least-most)", speed_rows(results)) +
           table("Size, memory and shares of the time", size_rows(results)) +
           shown_growths(results) + table("Limits of this machine", limit_rows(results));
}

Json to_json(const BenchResults& results) {
    Json json{{"state", results.is_complete ? "complete" : "interrupted"}};
    json["provenance"] = build_json();
    json["provenance"]["processor"] = processor();
    json["provenance"]["host_cores"] = host_cores();
    json["provenance"]["started_utc"] = results.started_utc;
    json["provenance"]["ended_utc"] = utc_time();
    json["limits"] = limits_json(results);
    json["networks"] = Json::array();
    for (const auto& point : results.points)
        if (!point.runs.empty()) json["networks"].push_back(json_of(point, results));
    if (!results.sweep.empty()) json["sweep"] = growth_json(results);
    return json;
}

}  // namespace protocols::cli
