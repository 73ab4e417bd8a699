// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/stdp_window.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/studies/plastic_network.hpp"
#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

constexpr double delay =
    1;  // ms, of both projections; all of it dendritic at the synapses that learn

struct Fit {
    std::string_view rule, name;
    double a2_plus, a3_plus, a2_minus, a3_minus, tau_x, tau_y;
};
// Tables 3 and 4 of Pfister & Gerstner 2006; tau_x plays no part in minimal models.
constexpr std::array fits{
    Fit{"stdp_triplet", "visual_cortex", 5e-10, 6.2e-3, 7e-3, 2.3e-4, 101, 125},
    Fit{"stdp_triplet", "visual_cortex_minimal", 0, 6.5e-3, 7.1e-3, 0, 101, 114},
    Fit{"stdp_triplet", "hippocampus", 6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3, 946, 27},
    Fit{"stdp_triplet", "hippocampus_minimal", 5.3e-3, 8e-3, 3.5e-3, 0, 946, 40},
    Fit{"stdp_triplet_nearest", "visual_cortex", 8.8e-11, 5.3e-2, 6.6e-3, 3.1e-3, 714, 40},
    Fit{"stdp_triplet_nearest", "visual_cortex_minimal", 0, 5e-2, 8e-3, 0, 714, 40},
    Fit{"stdp_triplet_nearest", "hippocampus", 4.6e-3, 9.1e-3, 3e-3, 7.5e-9, 575, 47},
    Fit{"stdp_triplet_nearest", "hippocampus_minimal", 4.6e-3, 9.1e-3, 3e-3, 0, 575, 48},
};

constexpr std::array frequencies{0.1, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0};  // Hz

struct Measured {
    double x, y;           // interval or frequency; second interval, or 1 and -1 for the sign
    double change, error;  // standard error
};
constexpr std::array visual_cortex{Measured{0.1, 1, -0.04, 0.05}, Measured{10, 1, 0.14, 0.1},
                                   Measured{20, 1, 0.29, 0.14},   Measured{40, 1, 0.53, 0.11},
                                   Measured{50, 1, 0.56, 0.26},   Measured{0.1, -1, -0.29, 0.08},
                                   Measured{10, -1, -0.41, 0.11}, Measured{20, -1, -0.34, 0.1},
                                   Measured{40, -1, 0.56, 0.32},  Measured{50, -1, 0.75, 0.19}};
constexpr std::array pre_post_pre{Measured{5, -5, -0.01, 0.04}, Measured{10, -10, 0.03, 0.04},
                                  Measured{15, -5, 0.01, 0.03}, Measured{5, -15, 0.24, 0.06}};
constexpr std::array post_pre_post{Measured{-5, 5, 0.33, 0.04}, Measured{-10, 10, 0.34, 0.04},
                                   Measured{-5, 15, 0.22, 0.08}, Measured{-15, 5, 0.29, 0.05}};

// The spikes of all synapses, by the clock of the synapse.
struct Trains {
    std::vector<std::vector<double>> pre, post;
    double end = 0;

    /// Adds a synapse that sees the pattern of these spikes (ms) again and again.
    void add(const std::vector<double>& pres, const std::vector<double>& posts, double rate_hz,
             double times) {
        constexpr double begin = 1000;  // ms; patterns reach back less far
        pre.emplace_back();
        post.emplace_back();
        for (double k = 0; k < times; ++k) {
            const double at = begin + k * 1000 / rate_hz;
            for (const double t : pres) pre.back().push_back(at + t);
            for (const double t : posts) post.back().push_back(at + t);
            end = std::max(end, at + begin);
        }
        std::sort(pre.back().begin(), pre.back().end());
        std::sort(post.back().begin(), post.back().end());
    }
};

std::vector<double> window_intervals(const StdpWindow::Params& p) {
    std::vector<double> result;
    for (double i = p.points; i > 0; --i) result.push_back(-p.window * i / p.points);
    for (double i = 1; i <= p.points; ++i) result.push_back(p.window * i / p.points);
    return result;
}

Trains all_trains(const StdpWindow::Params& p) {
    Trains trains;
    for (const double dt : window_intervals(p)) trains.add({0}, {dt}, p.rate, p.pairings);
    for (const double rate : frequencies)
        for (const double sign : {1.0, -1.0})
            trains.add({0}, {sign * p.interval}, rate, p.pairings);
    for (const auto& one : pre_post_pre) trains.add({-one.x, -one.y}, {0}, p.rate, p.pairings);
    for (const auto& one : post_pre_post) trains.add({0}, {one.x, one.y}, p.rate, p.pairings);
    return trains;
}

[[noreturn]] void complain(const std::string& text) {
    throw sim::BadProtocol({"parameters." + text});
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// One `name = value` of the settings.
void set(const std::string& item, const sim::PartInfo& rule, plastic::Numbers& numbers) {
    const auto equals = item.find('=');
    if (equals == item.npos)
        complain("settings: error: '" + item + "' must be NAME=VALUE, such as tau_plus=20ms");
    const auto name = trimmed(item.substr(0, equals));
    std::vector<std::string> known;
    for (const auto& row : rule.params) {
        known.push_back(row.name);
        if (row.name != name) continue;
        const auto quantity = sim::parse_quantity(trimmed(item.substr(equals + 1)));
        const auto factor = !quantity ? std::nullopt
                            : quantity->unit_text.empty()
                                ? std::optional<double>(1)
                                : sim::conversion(quantity->unit_text, row.unit);
        if (!factor || !row.range.contains(quantity->value * *factor))
            complain("settings: error: " + item + ": must be " + row.range.text() +
                     (row.unit == sim::Unit::none ? "" : " " + std::string(sim::symbol(row.unit))));
        numbers[name] = quantity->value * *factor;
        return;
    }
    complain("settings: error: " + rule.name + " has no '" + name + "'" +
             sim::suggestion(name, known));
}

plastic::Numbers rule_numbers(const StdpWindow::Params& p, const sim::PartInfo& rule) {
    plastic::Numbers numbers;
    for (const auto& row : rule.params) numbers[row.name] = row.default_value;
    const auto fit = std::find_if(fits.begin(), fits.end(), [&](const Fit& one) {
        return one.rule == p.rule && one.name == p.fit;
    });
    if (fit != fits.end())
        for (const auto& [name, value] : plastic::Numbers{{"a2_plus", fit->a2_plus},
                                                          {"a3_plus", fit->a3_plus},
                                                          {"a2_minus", fit->a2_minus},
                                                          {"a3_minus", fit->a3_minus},
                                                          {"tau_x", fit->tau_x},
                                                          {"tau_y", fit->tau_y},
                                                          {"tau_plus", 16.8},
                                                          {"tau_minus", 33.7}})
            numbers[name] = value;
    else if (p.fit != "own")
        complain("fit: error: = " + p.fit +
                 ": is one of stdp_triplet and stdp_triplet_nearest, not of " + p.rule +
                 "; choose own");
    std::size_t begin = 0;
    while (begin < p.settings.size()) {
        const auto comma = std::min(p.settings.find(',', begin), p.settings.size());
        set(trimmed(p.settings.substr(begin, comma - begin)), rule, numbers);
        begin = comma + 1;
    }
    return numbers;
}

double first_weight(const StdpWindow::Params& p, const plastic::Numbers& numbers) {
    if (p.weight > 0) return p.weight;
    if (numbers.contains("w_0")) return numbers.at("w_0");
    return numbers.contains("w_max") ? numbers.at("w_max") / 2 : 1;
}

sim::Description describe(const StdpWindow::Params& p, Trains trains,
                          const plastic::Numbers& numbers, double weight) {
    sim::Description d;
    d.name = "stdp_window";
    d.run.resolution = delay;
    d.run.duration = std::ceil(trains.end);
    for (auto& train : trains.post)
        for (double& t : train) t -= 2 * delay;  // to the neuron, and from it back to the synapse
    const auto n = static_cast<double>(trains.pre.size());
    d.sources = {plastic::trains("pre", std::move(trains.pre)),
                 plastic::trains("teacher", std::move(trains.post))};
    d.neurons = {plastic::neurons("post", "relay", n, {})};
    // A relay repeats what comes by excitatory synapses and is deaf to inhibitory ones.
    auto learns = plastic::projection("pre", "post", "one_to_one", sim::Value::of(-weight), delay);
    plastic::learn(learns, p.rule, numbers);
    d.projections = {plastic::projection("teacher", "post", "one_to_one", sim::Value::of(1), delay),
                     learns};
    d.record.all_spikes = false;
    return d;
}

class Curves {
public:
    explicit Curves(std::vector<double> changes) : changes_(std::move(changes)) {}

    Json window(const std::vector<double>& intervals) {
        Json rows = Json::array();
        for (const double dt : intervals) rows.push_back({dt, next()});
        return rows;
    }
    Json frequency() {
        Json rows = Json::array();
        for (const double rate : frequencies) {
            const double later = next();
            const double earlier = next();
            rows.push_back({rate, later, earlier});
            for (const auto& one : visual_cortex)
                if (one.x == rate) cortex_.add(one, one.y > 0 ? later : earlier);
        }
        return rows;
    }
    Json triplets(std::span<const Measured> measured) {
        Json rows = Json::array();
        for (const auto& one : measured) {
            rows.push_back({one.x, one.y, next()});
            hippocampus_.add(one, changes_[i_ - 1]);
        }
        return rows;
    }
    double visual_cortex_error() const { return cortex_.mean(); }
    double hippocampus_error() const { return hippocampus_.mean(); }

private:
    struct Squares {
        double sum = 0, count = 0;
        void add(const Measured& one, double change) {
            sum += std::pow((change - one.change) / one.error, 2);
            ++count;
        }
        double mean() const { return sum / count; }
    };
    double next() { return changes_[i_++]; }

    std::vector<double> changes_;
    std::size_t i_ = 0;
    Squares cortex_, hippocampus_;
};

}  // namespace

std::vector<std::string> StdpWindow::rules(const sim::Catalogue& catalogue) {
    std::vector<std::string> result;
    for (const auto* part : catalogue.all(sim::PartKind::synapse))
        if (part->is_plastic && !part->needs_modulator &&
            (part->name.starts_with("stdp_") || part->name == "vogels_istdp"))
            result.push_back(part->name);
    return result;
}

std::array<TextParam<StdpWindow::Params>, 3> StdpWindow::texts() {
    return {{{"rule", &Params::rule, rules, "of plasticity"},
             {"fit", &Params::fit,
              [](const sim::Catalogue&) {
                  return std::vector<std::string>{"own", "visual_cortex", "visual_cortex_minimal",
                                                  "hippocampus", "hippocampus_minimal"};
              },
              "parameters of a triplet rule fitted to data; own: the defaults of the rule"},
             {"settings", &Params::settings, nullptr,
              "other parameters of the rule, such as \"tau_plus=20ms, lambda=0.02\"", true}}};
}

Json StdpWindow::run(const Params& p, StudyContext& context) {
    const auto numbers = rule_numbers(p, context.catalogue().info(sim::PartKind::synapse, p.rule));
    const double weight = first_weight(p, numbers);
    auto trains = all_trains(p);
    std::vector<double> changes(trains.pre.size());
    const auto description = describe(p, std::move(trains), numbers, weight);
    plastic::Run run(description, context);
    run.advance(description.run.duration, "pairs and triplets");

    double hits = 0;
    run.for_each_synapse("pre_to_post",
                         [&](std::uint64_t source, std::uint64_t, std::span<const double> values) {
                             changes[source] = std::abs(values[0]) / weight - 1;
                             hits += values[0] == 0 ? 1 : 0;
                         });
    Curves curves(std::move(changes));
    Json results = Json::object();
    results["window"] = curves.window(window_intervals(p));
    results["frequency"] = curves.frequency();
    results["pre_post_pre"] = curves.triplets(pre_post_pre);
    results["post_pre_post"] = curves.triplets(post_pre_post);
    results["visual_cortex_error"] =
        p.interval == 10 ? Json(curves.visual_cortex_error()) : Json(nullptr);
    results["hippocampus_error"] = p.rate == 1 ? Json(curves.hippocampus_error()) : Json(nullptr);
    results["hit_bounds"] = hits;
    return results;
}

}  // namespace protocols
