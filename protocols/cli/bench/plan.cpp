// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/bench/plan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/units.hpp"
#include "sim/core/workers.hpp"

namespace protocols::cli {
namespace {

constexpr double quick_part = 0.1;  // of the time on the clock

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> items;
    while (true) {
        const auto comma = list.find(',');
        items.emplace_back(list.substr(0, comma));
        if (comma == list.npos) return items;
        list.remove_prefix(comma + 1);
    }
}

template <class Number>
std::optional<Number> number_in(const std::string& text) {
    Number value{};
    const auto* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || stop != end) return std::nullopt;
    return value;
}

int threads_in(const std::string& text, const std::string& option) {
    const auto threads = number_in<int>(text);
    if (!threads || *threads < 1 || *threads > most_threads)
        throw UsageError("bench: " + option + ": '" + text + "' must be a whole number from 1 to " +
                         std::to_string(most_threads));
    return *threads;
}

std::vector<int> thread_list(const std::string& list) {
    if (list.empty()) return {sim::available_cores()};
    std::vector<int> threads;
    for (const auto& item : split(list)) threads.push_back(threads_in(item, "--threads " + list));
    return threads;
}

double time_in(const std::string& text, const std::string& option) {
    const auto quantity = sim::parse_quantity(text);
    const auto factor =
        quantity ? sim::conversion(quantity->unit_text, sim::Unit::ms) : std::nullopt;
    if (!factor || !(quantity->value > 0) || !std::isfinite(quantity->value))
        throw UsageError("bench: " + option + " " + text + ": must be a time > 0, such as 500ms");
    return quantity->value * *factor;
}

struct Sweep {
    std::string name;  // empty: none
    std::vector<double> factors;
};

Sweep sweep_in(const std::string& text) {
    if (text.empty()) return {"", {1}};
    const std::vector<std::string> known{"neurons", "synapses", "rate", "threads", "weak"};
    const auto equals = text.find('=');
    Sweep sweep{text.substr(0, equals), {}};
    const std::string option = "--sweep " + text;
    if (std::find(known.begin(), known.end(), sweep.name) == known.end())
        throw UsageError("bench: " + option + ": unknown sweep '" + sweep.name + "'" +
                         sim::suggestion(sweep.name, known));
    if (equals == text.npos)
        throw UsageError("bench: " + option + ": must be NAME=V1,V2,..., such as " + sweep.name +
                         "=1,2");
    for (const auto& item : split(text.substr(equals + 1))) {
        const auto factor = number_in<double>(item);
        if (!factor || !(*factor > 0) || !std::isfinite(*factor))
            throw UsageError("bench: " + option + ": '" + item + "' must be a number > 0");
        if (sweep.name == "threads" || sweep.name == "weak") threads_in(item, option);
        sweep.factors.push_back(*factor);
    }
    if (sweep.factors.size() < 2)
        throw UsageError("bench: " + option + ": needs two values or more, such as 0.5,1");
    return sweep;
}

const Knob& knob_of(const BenchNetwork& network, const std::string& name) {
    const auto found = network.knobs.find(name);
    if (found != network.knobs.end()) return found->second;
    std::vector<std::string> others;
    for (const auto& one : standard_networks())
        if (one.knobs.contains(name)) others.push_back(one.name);
    throw UsageError("bench: --sweep " + name + ": " + network.name +
                     " cannot be made larger that way; name some of " + sim::join(others));
}

std::string turned(const Knob& knob, double factor) {
    return knob.path + "==" + sim::number(factor) + " * " + knob.base;
}

/// The points of one network: every number of threads, and every step of the sweep.
std::vector<BenchPoint> points_of(const BenchPoint& plain, const std::vector<int>& threads,
                                  const Sweep& sweep) {
    std::vector<BenchPoint> points;
    const double most = *std::max_element(sweep.factors.begin(), sweep.factors.end());
    for (const double factor : sweep.factors) {
        BenchPoint point = plain;
        if (!sweep.name.empty()) point.factor = factor;
        if (sweep.name == "threads" || sweep.name == "weak") {
            point.threads = static_cast<int>(factor);
            if (sweep.name == "weak")
                point.sets.push_back(turned(knob_of(plain.network, "neurons"), factor / most));
            points.push_back(point);
            continue;
        }
        if (!sweep.name.empty())
            point.sets.push_back(turned(knob_of(plain.network, sweep.name), factor));
        for (const int one : threads) {
            point.threads = one;
            points.push_back(point);
        }
    }
    return points;
}

BenchPoint plain_point(const BenchNetwork& network, const BenchOptions& options) {
    BenchPoint point{network, {}, 1, network.duration, {}, {}};
    if (options.quick) {
        point.sets = network.quick_settings;
        point.duration *= quick_part;
    }
    if (!options.duration.empty()) point.duration = time_in(options.duration, "--duration");
    point.sets.insert(point.sets.end(), options.sets.begin(), options.sets.end());
    return point;
}

/// Each once, in the order named.
std::vector<BenchNetwork> chosen(const std::vector<std::string>& names) {
    if (names.empty()) return standard_networks();
    std::vector<BenchNetwork> networks;
    for (const auto& name : names)
        for (auto& one : networks_named(name))
            if (std::none_of(networks.begin(), networks.end(),
                             [&](const auto& other) { return other.name == one.name; }))
                networks.push_back(std::move(one));
    return networks;
}

std::vector<Override> overrides(const BenchPoint& point) {
    std::vector<Override> all;
    try {
        for (const auto& text : point.network.settings) all.push_back(parse_override(text));
        for (const auto& text : point.sets) all.push_back(parse_override(text));
    } catch (const sim::BadParameter& error) {
        throw UsageError(std::string("bench: ") + error.what());
    }
    return all;
}

}  // namespace

std::vector<BenchPoint> planned(const BenchOptions& options) {
    const Sweep sweep = sweep_in(options.sweep);
    if ((sweep.name == "threads" || sweep.name == "weak") && !options.threads.empty())
        throw UsageError("bench: --sweep " + sweep.name +
                         " chooses the threads; leave --threads out");
    const auto threads = thread_list(options.threads);
    const auto networks = chosen(options.networks);
    std::vector<BenchPoint> points;
    for (const auto& network : networks)
        for (auto& point : points_of(plain_point(network, options), threads, sweep))
            points.push_back(std::move(point));
    return points;
}

std::string sweep_name(const BenchOptions& options) { return sweep_in(options.sweep).name; }

sim::Description description_of(const BenchPoint& point, const sim::Catalogue& catalogue,
                                const ProtocolLibrary& library) {
    std::vector<std::string> mistakes;
    try {
        auto description =
            Job({point.network.protocol, overrides(point), {}}, catalogue, library).description();
        description.phases.clear();
        if (point.duration > 0) description.run.duration = point.duration;
        const double duration = description.run.duration;
        description.run.duration += point.network.warm_up;
        for (const auto& problem : sim::validate(description, catalogue))
            mistakes.push_back("--duration " + sim::number(duration) + ": error: " + problem.path +
                               " " + problem.text);
        if (mistakes.empty()) return description;
    } catch (const sim::BadProtocol& error) {
        mistakes = error.messages;
    }
    for (auto& mistake : mistakes) mistake.insert(0, "bench: " + point.network.name + ": ");
    throw sim::BadProtocol(mistakes);
}

}  // namespace protocols::cli
