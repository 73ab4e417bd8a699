// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/summary.hpp"

#include <iostream>

#include "data/formats/file_info.hpp"
#include "protocols/cli/format.hpp"
#include "protocols/cli/provenance.hpp"
#include "protocols/cli/results_table.hpp"

namespace protocols::cli {
namespace {

constexpr double ms_per_s = 1000;

Json ratio(double a, double b) { return b > 0 ? Json(a / b) : Json(); }

}  // namespace

void Summary::begin(const std::string& name, std::uint64_t seed, int threads) {
    json_["state"] = data::state_name(sim::ExitState::running);
    json_["protocol"] = name;
    json_["seed"] = seed;
    json_["threads"] = threads;
}

void Summary::add_provenance() {
    json_["results"] = Json::object();
    json_["provenance"] = build_json();
    json_["provenance"]["host_cores"] = host_cores();
    json_["provenance"]["started_utc"] = utc_time();
    json_["provenance"]["ended_utc"] = nullptr;
}

Summary::Summary(const sim::Description& description, int threads) {
    begin(description.name, description.run.seed, threads);
    json_["timing"] = description.run.timing == sim::Timing::exact ? "exact" : "grid";
    json_["duration_ms"] = description.run.duration;
    for (const char* later :
         {"neurons", "synapses", "spikes", "synaptic_events", "source_events", "build_s",
          "simulate_s", "real_time_factor", "events_per_s", "peak_rss_bytes", "spikes_sha256"})
        json_[later] = nullptr;
    json_["populations"] = Json::object();
    add_provenance();
}

Summary::Summary(const std::string& study, std::uint64_t seed, int threads) {
    begin(study, seed, threads);
    for (const char* later : {"elapsed_s", "peak_rss_bytes"}) json_[later] = nullptr;
    json_["files"] = Json::array();
    add_provenance();
}

void Summary::set_study(double elapsed_s, const std::vector<std::string>& files) {
    json_["elapsed_s"] = elapsed_s;
    json_["files"] = files;
}

void Summary::set_network(const sim::Network& network, double build_s) {
    json_["neurons"] = network.neurons();
    json_["synapses"] = network.synapses();
    json_["build_s"] = build_s;
    for (const auto& population : network.populations())
        json_["populations"][population.name] = {{"size", population.size},
                                                 {"spikes", nullptr},
                                                 {"rate_hz", nullptr},
                                                 {"cv_isi", nullptr}};
    for (const auto& one : network.description().credit)
        json_["populations"][one.population]["retrograde_events"] = nullptr;
}

void Summary::set_run(const sim::Network& network, const sim::Simulation& simulation,
                      double simulate_s) {
    const auto& counters = simulation.counters();
    const double seconds = simulation.time() / ms_per_s;
    json_["duration_ms"] = simulation.time();
    json_["spikes"] = counters.neuron_spikes;
    json_["synaptic_events"] = counters.synaptic_events;
    json_["source_events"] = counters.source_events;
    json_["simulate_s"] = simulate_s;
    json_["real_time_factor"] = ratio(simulate_s, seconds);
    json_["events_per_s"] = ratio(static_cast<double>(counters.synaptic_events), simulate_s);
    for (std::size_t i = 0; i < network.populations().size(); ++i) {
        const auto& population = network.populations()[i];
        auto& entry = json_["populations"][population.name];
        entry["spikes"] = counters.spikes[i];
        entry["rate_hz"] = ratio(static_cast<double>(counters.spikes[i]),
                                 static_cast<double>(population.size) * seconds);
    }
    for (const auto& one : network.description().credit)
        json_["populations"][one.population]["retrograde_events"] =
            counters.retrograde[network.population(one.population)];
}

// Where spikes were recorded, the rate is over the recorded time.
void Summary::set_recorded(const Output& output) {
    json_["spikes_sha256"] = output.hash().hex();
    const bool has_time = output.statistics().recorded_ms() > 0;
    for (const auto& one : output.statistics().populations()) {
        auto& entry = json_["populations"][one.name];
        if (entry.is_null()) entry = {{"size", one.size}, {"spikes", one.spikes}};
        entry["rate_hz"] = has_time ? Json(one.rate_hz) : Json();
        entry["cv_isi"] = one.cv_isi ? Json(*one.cv_isi) : Json();
    }
}

void Summary::set_end(sim::ExitState state) {
    json_["state"] = data::state_name(state);
    json_["peak_rss_bytes"] = peak_resident_bytes();
    json_["provenance"]["ended_utc"] = utc_time();
}

namespace {

// Tolerant of other versions: what is missing or null is "-".
std::string shown(const Json& summary, const char* key, std::string (*show)(double)) {
    const auto found = summary.find(key);
    return found != summary.end() && found->is_number() ? show(found->get<double>()) : "-";
}

std::string one_digit(double x) { return fixed(x, 1); }
std::string two_digits(double x) { return fixed(x, 2); }
std::string in_bytes(double x) { return bytes(static_cast<std::uint64_t>(x)); }
std::string neurons(double x) { return counted(static_cast<std::uint64_t>(x), "neuron"); }
std::string synapses(double x) { return counted(static_cast<std::uint64_t>(x), "synapse"); }
std::string threads(double x) { return counted(static_cast<std::uint64_t>(x), "thread"); }
std::string spikes(double x) { return counted(static_cast<std::uint64_t>(x), "spike"); }

std::string retrograde(double x) {
    return counted(static_cast<std::uint64_t>(x), "retrograde event");
}

std::string populations(const Json& summary) {
    std::vector<std::vector<std::string>> rows;
    const auto found = summary.find("populations");
    if (found == summary.end() || !found->is_object()) return "";
    for (const auto& [name, one] : found->items()) {
        const auto cv = shown(one, "cv_isi", two_digits);
        const auto sent = shown(one, "retrograde_events", retrograde);
        rows.push_back({name, shown(one, "size", neurons), shown(one, "spikes", spikes),
                        shown(one, "rate_hz", two_digits) + " Hz",
                        cv == "-" ? "" : "CV of intervals " + cv, sent == "-" ? "" : sent});
    }
    return aligned(rows, "  ", "lrrrll");
}

}  // namespace

namespace {

std::string text_of(const Json& summary, const char* key) {
    const Json value = summary.value(key, Json("-"));
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string shown_study(const Json& summary) {
    return text_of(summary, "protocol") + " (" + text_of(summary, "state") +
           "): " + shown(summary, "elapsed_s", two_digits) + " s, seed " +
           text_of(summary, "seed") + ", " + shown(summary, "threads", threads) + ", " +
           shown(summary, "peak_rss_bytes", in_bytes) + "\n";
}

std::string shown_run(const Json& summary) {
    const auto text = [&](const char* key) { return text_of(summary, key); };
    const std::string setting = text("timing") + " timing, seed " + text("seed") + ", " +
                                shown(summary, "threads", threads) + "\n";
    const std::string head = text("protocol") + " (" + text("state") +
                             "): " + shown(summary, "duration_ms", one_digit) + " ms of ";
    if (!summary.contains("simulate_s") || summary["simulate_s"].is_null())
        return head + "a network, " + setting;
    return head + shown(summary, "neurons", neurons) + " and " +
           shown(summary, "synapses", synapses) + ", " + setting + populations(summary) +
           "  built in " + shown(summary, "build_s", two_digits) + " s, simulated in " +
           shown(summary, "simulate_s", two_digits) + " s (real-time factor " +
           shown(summary, "real_time_factor", two_digits) + "), " +
           shown(summary, "events_per_s", scaled) + " events/s, " +
           shown(summary, "peak_rss_bytes", in_bytes) + "\n";
}

}  // namespace

std::string shown_summary(const Json& summary) {
    const bool is_study = summary.contains("elapsed_s");
    return (is_study ? shown_study(summary) : shown_run(summary)) +
           shown_results(summary.value("results", Json::object()));
}

void report_end(ProgressMode mode, const Json& summary, const std::filesystem::path& folder) {
    if (mode == ProgressMode::json)
        std::cout << Json{{"stage", "end"},
                          {"state", summary["state"]},
                          {"folder", folder.string()}}
                         .dump()
                  << std::endl;
    else std::cout << shown_summary(summary) << "  " << folder.string() << "\n";
}

}  // namespace protocols::cli
