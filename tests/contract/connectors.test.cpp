// SPDX-License-Identifier: BSD-3-Clause
// Laws of every connector, and the numbers that each promises.

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "sim/core/error.hpp"
#include "tests/contract/parts.hpp"

using sim::PartKind;
using sim::Value;

namespace {

struct Synapse {
    std::uint64_t source, target;
    double weight;
    sim::Time delay;
    bool operator==(const Synapse&) const = default;
};

struct Wires {
    std::vector<Synapse> synapses;

    std::vector<std::uint64_t> degrees(std::uint64_t size, std::uint64_t Synapse::*end) const {
        std::vector<std::uint64_t> result(size);
        for (const auto& one : synapses) ++result[one.*end];
        return result;
    }
    std::uint64_t autapses() const {
        return static_cast<std::uint64_t>(
            std::count_if(synapses.begin(), synapses.end(),
                          [](const Synapse& one) { return one.source == one.target; }));
    }
    std::uint64_t multapses() const {
        std::set<std::pair<std::uint64_t, std::uint64_t>> pairs;
        for (const auto& one : synapses) pairs.emplace(one.source, one.target);
        return synapses.size() - pairs.size();
    }
    bool operator==(const Wires&) const = default;
};

constexpr std::uint64_t pre = 700;
constexpr std::uint64_t post = 1100;  // several tiles

/// From `a` to `b`, or from `b` to itself; positions and edges are there for those that need them.
sim::Description wired(const std::string& connector, const std::map<std::string, double>& params,
                       bool recurrent, std::uint64_t seed = 1) {
    auto draw = parts::numbers(3);
    sim::Description d;
    d.run.seed = seed;
    d.neurons = {parts::neurons("a", "relay", pre, {}), parts::neurons("b", "relay", post, {})};
    for (auto& one : d.neurons)
        one.position = {{"x", Value::uniform(0, 1000)}, {"y", Value::uniform(0, 1000)}};
    d.projections = {parts::projection(recurrent ? "b" : "a", "b", Value::uniform(0, 1),
                                       Value::uniform(0.1, 3))};
    d.projections[0].connector = connector;
    d.projections[0].connector_params = params;
    sim::EdgeList edges;
    for (int e = 0; e < 5000; ++e) {
        edges.source.push_back(draw.below(pre));
        edges.target.push_back(draw.below(post));
    }
    if (connector == "edge_list")
        d.projections[0].edges = std::make_shared<const sim::EdgeList>(edges);
    return d;
}

Wires wires(const sim::Description& d, int threads = 1) {
    const sim::Network network(d, parts::catalogue(), threads);
    Wires result;
    network.for_each_synapse(0, [&](std::uint64_t source, std::uint64_t target, double weight,
                                    sim::Time delay) {
        result.synapses.push_back({source, target, weight, delay});
    });
    CHECK(result.synapses.size() == network.synapses());
    return result;
}

bool has(const std::string& connector, const std::string& param) {
    const auto& rows = parts::catalogue().info(PartKind::connector, connector).params;
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& row) { return row.name == param; });
}

std::vector<std::string> connectors() { return parts::catalogue().names(PartKind::connector); }

/// Parameters that give each a fair number of synapses.
std::map<std::string, double> usual(const std::string& connector) {
    std::map<std::string, double> result;
    for (const auto& [name, x] :
         std::map<std::string, double>{{"indegree", 20}, {"outdegree", 20}, {"number", 20000}})
        if (has(connector, name)) result[name] = x;
    return result;
}

/// Mean and variance of numbers.
std::pair<double, double> moments(const std::vector<std::uint64_t>& numbers) {
    double mean = 0;
    double squares = 0;
    for (const auto x : numbers) mean += static_cast<double>(x);
    mean /= static_cast<double>(numbers.size());
    for (const auto x : numbers) squares += std::pow(static_cast<double>(x) - mean, 2);
    return {mean, squares / static_cast<double>(numbers.size() - 1)};
}

/// Poisson or near it: within five standard errors of mean and variance (kurtosis 3).
void check_poisson(const std::vector<std::uint64_t>& numbers, double mean) {
    const auto [found_mean, found_variance] = moments(numbers);
    const auto n = static_cast<double>(numbers.size());
    CHECK(std::abs(found_mean - mean) < 5 * std::sqrt(mean / n));
    CHECK(std::abs(found_variance - mean) < 5 * mean * std::sqrt(2 / n));
}

}  // namespace

TEST_CASE("wires join neurons that exist, with delays of at least a step", "[contract]") {
    for (const auto& name : connectors()) {
        CAPTURE(name);
        const auto result = wires(wired(name, usual(name), false));
        CHECK(result.synapses.size() >= 700);
        for (const auto& one : result.synapses) {
            if (one.source >= pre || one.target >= post || one.delay.step < 1 || one.weight < 0)
                FAIL_CHECK(one.source << " to " << one.target);
        }
    }
}

TEST_CASE("wires do not depend on threads", "[contract]") {
    const bool recurrent = GENERATE(false, true);
    for (const auto& name : connectors()) {
        CAPTURE(name, recurrent);
        if (name == "edge_list" && recurrent) continue;  // its edges are those from a to b
        const auto one = wires(wired(name, usual(name), recurrent));
        for (const int threads : {2, 3, 8})
            CHECK(one == wires(wired(name, usual(name), recurrent), threads));
    }
}

TEST_CASE("another seed wires random connectors differently", "[contract]") {
    const std::set<std::string> fixed{"all_to_all", "edge_list", "one_to_one"};
    for (const auto& name : connectors()) {
        auto one = wires(wired(name, usual(name), false, 1));
        auto two = wires(wired(name, usual(name), false, 2));
        CAPTURE(name);
        CHECK(one != two);  // weights and delays are drawn in any case
        for (auto* all : {&one, &two}) {
            for (auto& synapse : all->synapses) synapse = {synapse.source, synapse.target, 0, {}};
            std::sort(all->synapses.begin(), all->synapses.end(), [](const auto& a, const auto& b) {
                return std::tie(a.source, a.target) < std::tie(b.source, b.target);
            });
        }
        CHECK((one == two) == fixed.contains(name));
    }
}

TEST_CASE("autapses are there only where they are allowed", "[contract]") {
    for (const auto& name : connectors()) {
        if (!has(name, "autapses")) continue;
        CAPTURE(name);
        auto params = usual(name);
        CHECK(wires(wired(name, params, true)).autapses() > 0);
        params["autapses"] = 0;
        CHECK(wires(wired(name, params, true)).autapses() == 0);
        // Neuron k of another population is no autapse.
        CHECK(wires(wired(name, params, false)).autapses() > 0);
    }
}

TEST_CASE("multapses are there only where they are allowed", "[contract]") {
    for (const auto& name : connectors()) {
        if (!has(name, "multapses")) continue;
        CAPTURE(name);
        auto params = usual(name);
        CHECK(wires(wired(name, params, false)).multapses() > 0);
        params["multapses"] = 0;
        CHECK(wires(wired(name, params, false)).multapses() == 0);
    }
}

TEST_CASE("one to one and all to all are what they say", "[contract]") {
    const auto one = wires(wired("one_to_one", {}, false));
    CHECK(one.synapses.size() == pre);
    CHECK(one.autapses() == pre);
    const auto all = wires(wired("all_to_all", {}, false));
    CHECK(all.synapses.size() == pre * post);
    CHECK(all.multapses() == 0);
}

TEST_CASE("in-degrees and out-degrees are fixed, and uniform at the other end", "[contract]") {
    for (const double multapses : {0.0, 1.0}) {
        const std::map<std::string, double> indegree{{"indegree", 44}, {"multapses", multapses}};
        const std::map<std::string, double> outdegree{{"outdegree", 44}, {"multapses", multapses}};
        const auto in = wires(wired("fixed_indegree", indegree, false));
        CHECK(in.degrees(post, &Synapse::target) == std::vector<std::uint64_t>(post, 44));
        check_poisson(in.degrees(pre, &Synapse::source), 44.0 * post / pre);
        const auto out = wires(wired("fixed_outdegree", outdegree, false));
        CHECK(out.degrees(pre, &Synapse::source) == std::vector<std::uint64_t>(pre, 44));
        check_poisson(out.degrees(post, &Synapse::target), 44.0 * pre / post);
    }
}

TEST_CASE("all of a pool can be drawn, and no more", "[contract]") {
    const std::map<std::string, double> all{{"indegree", pre}, {"multapses", 0}};
    CHECK(wires(wired("fixed_indegree", all, false)).synapses.size() == pre * post);
    const std::map<std::string, double> too_many{{"indegree", pre + 1}, {"multapses", 0}};
    CHECK_THROWS_WITH(wires(wired("fixed_indegree", too_many, false)),
                      Catch::Contains("projections.a_to_b") && Catch::Contains("701"));
}

TEST_CASE("a total number is met, spread over pairs at random", "[contract]") {
    const auto result = wires(wired("fixed_total_number", {{"number", 30000}}, false));
    CHECK(result.synapses.size() == 30000);
    check_poisson(result.degrees(post, &Synapse::target), 30000.0 / post);
    check_poisson(result.degrees(pre, &Synapse::source), 30000.0 / pre);
}

TEST_CASE("pairs are joined with their probability", "[contract]") {
    const double p = GENERATE(0.003, 0.05, 0.6);
    const auto result = wires(wired("pairwise_bernoulli", {{"p", p}}, false));
    const double pairs = double{pre} * post;
    const auto found = static_cast<double>(result.synapses.size());
    CHECK(std::abs(found - p * pairs) < 5 * std::sqrt(pairs * p * (1 - p)));
    CHECK(result.multapses() == 0);
    // Binomial in-degrees: the variance is (1 - p) of the mean.
    const auto [mean, variance] = moments(result.degrees(post, &Synapse::target));
    CHECK(std::abs(variance - (1 - p) * mean) < 5 * (1 - p) * mean * std::sqrt(2.0 / post));
}

TEST_CASE("no pair and every pair are probabilities too", "[contract]") {
    CHECK(wires(wired("pairwise_bernoulli", {{"p", 0}}, false)).synapses.empty());
    CHECK(wires(wired("pairwise_bernoulli", {{"p", 1}}, false)).synapses.size() == pre * post);
}

TEST_CASE("near pairs are joined more often, by the profile that was asked for", "[contract]") {
    const double exponential = GENERATE(0.0, 1.0);
    const double sigma = 150;
    const auto d = wired("distance_dependent",
                         {{"p_0", 0.5}, {"sigma", sigma}, {"exponential", exponential},
                          {"cutoff", 400}}, false);
    const auto result = wires(d);
    // Positions as the network draws them: their own key, x index 0 and y index 1.
    const auto at = [&](std::size_t population, std::uint64_t k, const std::string& axis) {
        const sim::RandomKey key{d.run.seed, static_cast<std::uint32_t>(population),
                                 sim::Purpose::position};
        return d.neurons[population].position.at(axis).at(key, k, axis == "y" ? 1 : 0);
    };
    constexpr std::size_t bins = 10;  // of 50 um
    std::array<double, bins> expected{};
    std::array<double, bins> found{};
    const auto distance = [&](std::uint64_t source, std::uint64_t target) {
        return std::hypot(at(0, source, "x") - at(1, target, "x"),
                          at(0, source, "y") - at(1, target, "y"));
    };
    for (std::uint64_t source = 0; source < pre; ++source)
        for (std::uint64_t target = 0; target < post; ++target) {
            const double r = distance(source, target);
            if (r >= 50.0 * bins || r > 400) continue;
            const double u = r / sigma;
            expected[static_cast<std::size_t>(r / 50)] +=
                0.5 * std::exp(exponential == 1 ? -u : -u * u / 2);
        }
    for (const auto& one : result.synapses) {
        const double r = distance(one.source, one.target);
        REQUIRE(r <= 400);
        ++found[static_cast<std::size_t>(r / 50)];
    }
    for (std::size_t i = 0; i < bins; ++i)
        CHECK(std::abs(found[i] - expected[i]) <= 5 * std::sqrt(expected[i]));
}

TEST_CASE("listed edges are the list, repeated ones too", "[contract]") {
    const auto d = wired("edge_list", {}, false);
    auto result = wires(d);
    std::multiset<std::pair<std::uint64_t, std::uint64_t>> listed;
    std::multiset<std::pair<std::uint64_t, std::uint64_t>> found;
    const auto& edges = *d.projections[0].edges;
    for (std::size_t e = 0; e < edges.source.size(); ++e)
        listed.emplace(edges.source[e], edges.target[e]);
    for (const auto& one : result.synapses) found.emplace(one.source, one.target);
    CHECK(found == listed);
    CHECK(result.multapses() > 0);
}
