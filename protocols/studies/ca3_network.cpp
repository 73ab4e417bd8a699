// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/ca3_network.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/random.hpp"
#include "sim/core/text.hpp"

namespace protocols::ca3 {
namespace {

constexpr double resolution = 0.1;            // ms
constexpr double input_weight = 9000;         // pA: one spike at once, also of a fatigued cell
constexpr double basket_connectivity = 0.25;  // either way
constexpr double lead = 500;                  // ms of rest before the first cue of a state

std::size_t whole(double x) { return static_cast<std::size_t>(x); }

double on_grid(double t) { return std::round(t / resolution) * resolution; }

sim::RandomKey key(std::uint64_t seed, std::uint32_t what) {
    return {seed, plastic::own_part + what, sim::Purpose::drive};
}

using Trains = std::vector<std::vector<double>>;

// In every theta cycle the items within reach of the present place, in their order.
void add_theta_sequences(const Ca3Params& p, double end, std::uint64_t seed, Trains& trains) {
    sim::RandomStream random(key(seed, 0), 0);
    for (double center = p.theta / 2; center < end; center += p.theta) {
        const double place = center / p.item_time - 1;
        for (std::size_t item = 0; item < whole(p.items); ++item) {
            const double ahead = static_cast<double>(item) - place;
            if (std::fabs(ahead) > p.reach) continue;
            for (std::size_t cell = 0; cell < whole(p.assembly); ++cell)
                trains[item * whole(p.assembly) + cell].push_back(
                    std::max(0.0, center + ahead * p.step + p.jitter * random.normal()));
        }
    }
}

// One volley of an end of the episode.
void add_cue(const Ca3Params& p, const Cues& cues, const Cue& cue, sim::RandomStream& random,
             Trains& trains) {
    const auto size = whole(p.assembly);
    const std::size_t first = cued_item(cue, p) * size;
    const double part = cue.is_partial ? 1 - cues.silenced : 1;
    const auto fire = whole(std::round(part * p.assembly));
    std::vector<std::size_t> order(size);
    for (std::size_t i = 0; i < size; ++i) order[i] = i;
    for (std::size_t i = 0; i < fire; ++i) {
        std::swap(order[i], order[i + random.below(size - i)]);
        trains[first + order[i]].push_back(cue.time + p.cue_jitter * std::fabs(random.normal()));
    }
}

sim::SourceSpec input(const Ca3Params& p, const Cues& cues, const Session& session,
                      std::uint64_t seed) {
    Trains trains(whole(p.cells));
    add_theta_sequences(p, session.theta_end - lead, seed, trains);
    sim::RandomStream random(key(seed, 1), 0);
    for (const auto& cue : session.cues) add_cue(p, cues, cue, random, trains);
    for (auto& train : trains) std::sort(train.begin(), train.end());
    return plastic::trains("input", std::move(trains));
}

sim::ProjectionSpec recurrent(const Ca3Params& p, const std::optional<Synapses>& given) {
    auto spec = plastic::projection("pyramidal", "pyramidal", "pairwise_bernoulli",
                                    sim::Value::of(0.0), p.delay);
    spec.name = "recurrent";
    spec.receptor = "exc";
    if (given) {
        spec.connector = "edge_list";
        spec.edges = std::make_shared<const sim::EdgeList>(given->edges);
        spec.weight = sim::Value::of(given->weights);
        return spec;
    }
    spec.connector_params = {{"p", p.connectivity}, {"autapses", 0}};
    spec.dendritic_delay = p.delay / 2;
    spec.modulator = "acetylcholine";
    plastic::learn(
        spec, "cholinergic_hebb",
        {{"tau", p.tau}, {"eta", p.eta}, {"suppression", p.suppression}, {"w_max", p.w_max}});
    return spec;
}

std::vector<sim::NeuronsSpec> cells(const Ca3Params& p) {
    const plastic::Numbers pyramidal{{"c_m", 200},
                                     {"tau_m", 20},
                                     {"t_ref", 3},
                                     {"tau_syn_exc", p.tau_exc},
                                     {"tau_syn_inh", p.tau_inh},
                                     {"theta_jump", p.theta_jump},
                                     {"tau_theta", p.tau_theta}};
    const plastic::Numbers basket{
        {"c_m", 100}, {"tau_m", 10}, {"t_ref", 1.5}, {"tau_syn_exc", 1.5}, {"tau_syn_inh", 1.5}};
    return {plastic::neurons("pyramidal", "lif_adaptive", p.cells, pyramidal),
            plastic::neurons("basket", "lif_exp", p.baskets, basket)};
}

// Background of both signs, 0 in the mean: a current that jumps by w and decays with tau brings
// w tau.
std::vector<sim::SourceSpec> background(const Ca3Params& p) {
    std::vector<sim::SourceSpec> sources;
    for (const auto& [name, weight] : {std::pair{"background_exc", p.noise},
                                       {"background_inh", -p.noise * p.tau_exc / p.tau_inh}}) {
        sim::SourceSpec one;
        one.name = name;
        one.model = "poisson_background";
        one.params = {{"rate", sim::Value::of(p.noise_rate)}};
        one.to = {"pyramidal"};
        one.weight = sim::Value::of(weight);
        if (p.noise > 0 && p.noise_rate > 0) sources.push_back(one);
    }
    return sources;
}

sim::ModulatorSpec acetylcholine(const Session& session) {
    sim::ModulatorSpec spec;
    spec.name = "acetylcholine";
    if (session.theta_end > 0) {
        spec.times = {0, session.theta_end};
        spec.amounts = {1, -1};
    }
    spec.times.push_back(session.ripples_end);
    spec.amounts.push_back(1);
    return spec;
}

// Puts cues behind each other in a random order, after `now`; returns when all is over.
double place(const Ca3Params& p, double now, std::vector<Cue> some, sim::RandomStream& random,
             std::vector<Cue>& cues) {
    for (std::size_t i = 0; i + 1 < some.size(); ++i)
        std::swap(some[i], some[i + random.below(some.size() - i)]);
    now += lead;
    for (auto& cue : some) {
        cue.time = now;
        cues.push_back(cue);
        now += p.ripple_gap + random.exponential() * 1000 / p.ripple_rate;
    }
    return on_grid(now);
}

}  // namespace

Session plan(const Ca3Params& p, const Cues& cues, bool is_shown, std::uint64_t seed) {
    if (p.items * p.assembly > p.cells)
        throw sim::BadParameter("items = " + std::to_string(whole(p.items)) +
                                ": with assembly = " + std::to_string(whole(p.assembly)) +
                                " they need more than cells = " + std::to_string(whole(p.cells)) +
                                "; raise cells");
    sim::RandomStream random(key(seed, 2), 0);
    Session session;
    std::vector<Cue> open, blocked;
    for (const auto end : {End::first, End::last}) {
        for (std::size_t i = 0; i < std::max(cues.whole, cues.partial); ++i) {
            if (i < cues.whole) open.push_back({0, end, false, false});
            if (i < cues.partial) open.push_back({0, end, true, false});
        }
        for (std::size_t i = 0; i < cues.blocked; ++i) blocked.push_back({0, end, false, true});
    }
    if (is_shown) session.theta_end = on_grid((p.items + 1) * p.item_time + p.theta + lead);
    session.middle_begin = session.ripples_end =
        place(p, session.theta_end, open, random, session.cues);
    if (cues.middle > 0)
        session.ripples_end = place(p, session.middle_begin,
                                    std::vector<Cue>(cues.middle, {0, End::middle, false, false}),
                                    random, session.cues);
    session.duration = place(p, session.ripples_end, blocked, random, session.cues);
    return session;
}

std::size_t cued_item(const Cue& cue, const Ca3Params& p) {
    const auto items = whole(p.items);
    return cue.end == End::first ? 0 : cue.end == End::last ? items - 1 : items / 2;
}

void check_window(const Ca3Params& p, double window) {
    if (window > p.ripple_gap)
        throw sim::BadParameter("window = " + sim::number(window) +
                                " ms: must be at most ripple_gap; raise ripple_gap");
}

sim::Description describe(const Ca3Params& p, const Cues& cues, const Session& session,
                          const std::optional<Synapses>& given, std::uint64_t seed) {
    sim::Description d;
    d.name = "ca3";
    d.run.duration = session.duration;
    d.run.resolution = resolution;
    d.run.seed = seed;
    d.neurons = cells(p);
    d.sources = background(p);
    d.sources.push_back(input(p, cues, session, seed));
    auto drive =
        plastic::projection("input", "pyramidal", "one_to_one", sim::Value::of(input_weight), 1);
    auto excite = plastic::projection("pyramidal", "basket", "pairwise_bernoulli",
                                      sim::Value::of(p.to_basket), 1);
    auto inhibit = plastic::projection("basket", "pyramidal", "pairwise_bernoulli",
                                       sim::Value::of(-p.inhibition), 1);
    excite.connector_params = inhibit.connector_params = {{"p", basket_connectivity}};
    d.projections = {drive, recurrent(p, given), excite, inhibit};
    if (!given) d.modulators = {acetylcholine(session)};
    return d;
}

Synapses exchanged(const plastic::Run& run, std::uint64_t seed) {
    Synapses result;
    run.for_each_synapse("recurrent", [&](std::uint64_t source, std::uint64_t target,
                                          std::span<const double> values) {
        result.edges.source.push_back(source);
        result.edges.target.push_back(target);
        result.weights.push_back(values[0]);
    });
    sim::RandomStream random(key(seed, 3), 0);
    auto& weights = result.weights;
    for (std::size_t i = 0; i + 1 < weights.size(); ++i)
        std::swap(weights[i], weights[i + random.below(weights.size() - i)]);
    return result;
}

}  // namespace protocols::ca3
