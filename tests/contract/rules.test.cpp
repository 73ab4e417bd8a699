// SPDX-License-Identifier: BSD-3-Clause
// Laws of every rule of synaptic change, in a recurrent network with excitation, inhibition and drawn
// delays.

#include <catch2/catch.hpp>

#include <set>

#include "sim/run/plastic.hpp"
#include "tests/contract/parts.hpp"

using sim::PartInfo;
using sim::Timing;
using sim::Value;

namespace {

constexpr double weight = 20;  // pA

std::vector<const PartInfo*> rules() {
    std::vector<const PartInfo*> result;
    for (const auto* part : parts::catalogue().all(sim::PartKind::synapse))
        if (part->is_plastic) result.push_back(part);
    return result;
}

/// Parameters with which a rule does much in little time: the largest weight is near.
sim::Values lively(const PartInfo& rule) {
    static const std::map<std::string, double> wanted{
        {"w_max", 1.2 * weight}, {"w_0", weight}, {"lambda", 0.05}, {"eta", 0.05},
        {"tau_w", 500},          {"tau_z", 500},  {"tau_theta", 100}};
    sim::Values result;
    for (const auto& row : rule.params)
        if (const auto found = wanted.find(row.name); found != wanted.end())
            result[row.name] = Value::of(row.unit == sim::Unit::per_ms ? 1e-4 : found->second);
    // It only adds to weights: at that pace all of them would end at the largest.
    if (rule.name == "cholinergic_hebb") result["eta"] = Value::of(0.001);
    return result;
}

const sim::RuleFactory& factory(const PartInfo& rule) {
    return parts::catalogue().factory<sim::RuleFactory>(sim::PartKind::synapse, rule.name);
}

/// With the state variable that the rule reads.
std::string neuron_model(const PartInfo& rule) {
    return factory(rule).watched == "v_dend" ? "two_compartment" : "lif_exp";
}

/// 240 excitatory and 60 inhibitory neurons, driven by currents of different strength; both
/// populations learn onto all. `drive`: whether there are any spikes.
sim::Description network(const PartInfo& rule, Timing timing, bool drive) {
    sim::Description d;
    d.run.duration = 80;
    d.run.timing = timing;
    sim::Values params{{"i_e", drive ? Value::uniform(330, 560) : Value::of(0)}};
    const auto model = neuron_model(rule);
    if (model == "two_compartment") {
        const double fast = drive ? 1e4 : 1e-9;  // Hz: it is never silent
        params = {{"i_e", Value::uniform(100, 300)}, {"phi_max", Value::of(fast)}};
    }
    d.neurons = {parts::neurons("exc", model, 240, params),
                 parts::neurons("inh", model, 60, params)};
    for (const auto& [from, sign] : {std::pair{"exc", 1.0}, std::pair{"inh", -1.0}}) {
        auto one = parts::projection(from, "exc", Value::of(sign * weight), Value::uniform(0.3, 3));
        one.to = {"exc", "inh"};
        one.connector = "fixed_indegree";
        one.connector_params = {{"indegree", 24}};
        one.synapse = rule.name;
        one.synapse_params = lively(rule);
        one.axonal_delay = 0.1;
        if (rule.needs_modulator) one.modulator = "signal";
        d.projections.push_back(one);
    }
    if (rule.needs_modulator)
        d.modulators.push_back({"signal", {"inh"}, 0.3, 1.2, false, {20.0, 33.3, 51.0}, {}});
    return d;
}

struct Synapses {
    std::vector<std::vector<double>> values;  // [projection][synapse, member]
    std::string spikes;                       // hash
    bool operator==(const Synapses&) const = default;
};

Synapses run(const sim::Description& d, const parts::Manner& manner = {}) {
    const sim::Network network(d, parts::catalogue(), manner.threads);
    sim::Simulation simulation(network, parts::catalogue(), {manner.threads});
    data::SpikeHash sink;
    simulation.record(sink);
    for (const double stop : manner.stops) simulation.advance(stop);
    simulation.advance(d.run.duration);
    sink.end(sim::ExitState::complete);
    Synapses result{{}, sink.hex()};
    for (std::size_t p = 0; p < network.projections().size(); ++p) {
        auto& all = result.values.emplace_back();
        simulation.for_each_synapse(p, [&](std::uint64_t, std::uint64_t,
                                           std::span<const double> values, sim::Time) {
            all.insert(all.end(), values.begin(), values.end());
        });
    }
    return result;
}

std::string text(Timing timing) { return timing == Timing::exact ? "exact" : "grid"; }

}  // namespace

TEST_CASE("every rule learns, within its bounds, and keeps the sign of its weights", "[contract]") {
    REQUIRE(rules().size() > 1);
    for (const auto* rule : rules())
        for (const auto timing : {Timing::exact, Timing::grid}) {
            INFO(rule->name << ", " << text(timing));
            const double bound = lively(*rule).contains("w_max") ? 1.2 * weight : 1e300;
            const auto result = run(network(*rule, timing, true));
            const std::size_t members = rule->states.size() + 1;
            for (std::size_t p = 0; p < result.values.size(); ++p) {
                const auto& values = result.values[p];
                double low = values[0], high = values[0];
                std::set<double> different;
                for (std::size_t k = 0; k < values.size(); k += members) {
                    low = std::min(low, values[k]);
                    high = std::max(high, values[k]);
                    different.insert(values.begin() + static_cast<std::ptrdiff_t>(k),
                                     values.begin() + static_cast<std::ptrdiff_t>(k + members));
                }
                CHECK((low >= 0 || high <= 0 || factory(*rule).any_sign));
                CHECK(std::max(-low, high) <= bound);
                CHECK(different.size() > 100);  // not all alike, on the grid and clipped
            }
        }
}

TEST_CASE("every rule has the same bits for any number of threads and any cuts", "[contract]") {
    for (const auto* rule : rules())
        for (const auto timing : {Timing::exact, Timing::grid}) {
            const auto d = network(*rule, timing, true);
            const auto expected = run(d);
            const std::vector<int> all =
                timing == Timing::exact ? std::vector{2, 3, 4, 8} : std::vector{3, 8};
            for (const int threads : all) {
                INFO(rule->name << ", " << text(timing) << ", " << threads << " threads");
                CHECK(run(d, {threads}) == expected);
            }
            INFO(rule->name << ", " << text(timing) << ", cut");
            CHECK(run(d, {2, {0.1, 17.3, 17.4, 60, 79.9}}) == expected);
        }
}

TEST_CASE("without spikes no rule changes a weight, but for those that forget", "[contract]") {
    const std::set<std::string> forgetful{"hebb_decay"};
    for (const auto* rule : rules()) {
        INFO(rule->name);
        const auto result = run(network(*rule, Timing::exact, false));
        for (std::size_t p = 0; p < result.values.size(); ++p)
            for (std::size_t k = 0; k < result.values[p].size(); k += rule->states.size() + 1)
                if ((std::abs(result.values[p][k]) == weight) == forgetful.contains(rule->name))
                    FAIL_CHECK("weight " << result.values[p][k]);
    }
}
