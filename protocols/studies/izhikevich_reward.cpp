// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/izhikevich_reward.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "protocols/studies/plastic_network.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace protocols {
namespace {

constexpr double resolution = 1;                // ms
constexpr double delay = 1;                     // ms
constexpr std::uint64_t first = 0, second = 1;  // the pair, of the excitatory neurons

struct Edges {
    sim::EdgeList list;
    std::vector<double> weights;
    void add(std::uint64_t source, std::uint64_t target, double weight) {
        list.source.push_back(source);
        list.target.push_back(target);
        weights.push_back(weight);
    }
};

struct Wiring {
    Edges exc_to_exc, exc_to_inh, inh_to_exc;
};

// The first `count` of a shuffled list (Fisher & Yates).
void draw(std::vector<std::uint64_t>& all, std::uint64_t count, sim::RandomStream& random) {
    for (std::uint64_t i = 0; i < count; ++i)
        std::swap(all[i], all[i + random.below(all.size() - i)]);
}

// The first neuron reaches the second by one of its synapses.
Wiring wire(const IzhikevichReward::Params& p, std::uint64_t inh, std::uint64_t seed) {
    const auto exc = static_cast<std::uint64_t>(p.exc);
    const auto wanted = static_cast<std::uint64_t>(p.synapses);
    Wiring wiring;
    for (std::uint64_t source = 0; source < exc + inh; ++source) {
        sim::RandomStream random({seed, plastic::own_part, sim::Purpose::wiring}, source);
        std::vector<std::uint64_t> targets(source < exc ? exc + inh : exc);
        std::iota(targets.begin(), targets.end(), 0);
        if (source < exc) targets.erase(targets.begin() + static_cast<std::ptrdiff_t>(source));
        const auto count = std::min<std::uint64_t>(wanted, targets.size());
        draw(targets, count, random);
        targets.resize(count);
        if (source == first && std::find(targets.begin(), targets.end(), second) == targets.end())
            targets[0] = second;
        for (const auto target : targets) {
            if (source >= exc) wiring.inh_to_exc.add(source - exc, target, -p.w_inh);
            else if (target >= exc) wiring.exc_to_inh.add(source, target - exc, p.w_start);
            else
                wiring.exc_to_exc.add(source, target,
                                      source == first && target == second ? 0 : p.w_start);
        }
    }
    return wiring;
}

sim::ProjectionSpec listed(const std::string& from, const std::string& to, Edges edges) {
    auto spec =
        plastic::projection(from, to, "edge_list", sim::Value::of(std::move(edges.weights)), delay);
    spec.edges = std::make_shared<const sim::EdgeList>(std::move(edges.list));
    return spec;
}

sim::Description describe(const IzhikevichReward::Params& p, std::uint64_t seed) {
    sim::Description d;
    d.name = "izhikevich_reward";
    d.run.duration = std::ceil(p.duration / resolution) * resolution;
    d.run.resolution = resolution;
    d.run.seed = seed;
    const double inh = std::round(p.exc / 4);
    d.neurons = {plastic::neurons("exc", "izhikevich", p.exc, {{"a", 0.02}, {"d", 8}}),
                 plastic::neurons("inh", "izhikevich", inh, {{"a", 0.1}, {"d", 2}})};
    sim::SourceSpec noise;
    noise.name = "noise";
    noise.model = "noise_current";
    noise.params = {{"mean", sim::Value::of(0.0)},
                    {"std", sim::Value::of(p.noise)},
                    {"interval", sim::Value::of(1.0)}};
    noise.to = {"exc", "inh"};
    d.sources = {noise};
    auto wiring = wire(p, static_cast<std::uint64_t>(inh), seed);
    d.projections = {listed("exc", "exc", std::move(wiring.exc_to_exc)),
                     listed("exc", "inh", std::move(wiring.exc_to_inh)),
                     listed("inh", "exc", std::move(wiring.inh_to_exc))};
    for (auto* one : {&d.projections[0], &d.projections[1]}) {
        one->modulator = "dopamine";
        one->dendritic_delay = resolution / 2;  // the shortest: delays are those of axons
        plastic::learn(*one, "stdp_reward",
                       {{"tau_plus", p.tau},
                        {"tau_minus", p.tau},
                        {"a_plus", p.a_plus},
                        {"a_minus", p.a_minus},
                        {"tau_c", p.tau_c},
                        {"tau_d", p.tau_d},
                        {"tonic", p.tonic},
                        {"eta", p.eta},
                        {"w_max", p.w_max}});
    }
    sim::ModulatorSpec dopamine;
    dopamine.name = "dopamine";
    d.modulators = {dopamine};
    d.record.all_spikes = false;
    d.record.spikes = {"exc"};
    return d;
}

// Watches the pair, and knows when it is to be rewarded.
class Teacher final : public sim::Sink {
public:
    Teacher(const IzhikevichReward::Params& p, std::uint64_t seed)
        : params_(p), random_({seed, plastic::own_part, sim::Purpose::drive}, 0) {}

    void begin(const sim::RecordingPlan&) override {}
    void write(const sim::Batch& batch) override {
        const auto& [times, ids] = batch.spikes.at(0);
        spikes_ += times.size();
        for (std::size_t i = 0; i < times.size(); ++i) {
            if (ids[i] == first) last_ = times[i];
            if (ids[i] != second || times[i] - last_ > params_.coincidence) continue;
            const double wait = params_.reward_after +
                                (params_.reward_before - params_.reward_after) * random_.uniform();
            due_.insert(std::ceil((times[i] + wait) / resolution) * resolution);
        }
    }
    void end(sim::ExitState) override {}

    /// When the next reward is due, ms; `otherwise` if none is before.
    double due(double otherwise) const {
        return due_.empty() ? otherwise : std::min(otherwise, *due_.begin());
    }
    /// Takes the rewards due by now, and says how many there are.
    std::size_t take(double now) {
        std::size_t count = 0;
        for (; !due_.empty() && *due_.begin() <= now; ++count) due_.erase(due_.begin());
        given_ += count;
        return count;
    }
    std::size_t given() const { return given_; }
    std::uint64_t spikes() const { return spikes_; }

private:
    IzhikevichReward::Params params_;
    sim::RandomStream random_;
    std::multiset<double> due_;
    double last_ = -1e300;
    std::size_t given_ = 0;
    std::uint64_t spikes_ = 0;
};

struct Standing {
    double weight = 0;
    std::vector<double> others;

    double above() const {
        return plastic::part_of(others, [&](double w) { return w < weight; });
    }
};

Standing standing(const plastic::Run& run) {
    Standing result;
    run.for_each_synapse("exc_to_exc", [&](std::uint64_t source, std::uint64_t target,
                                           std::span<const double> values) {
        if (source == first && target == second) result.weight = values[0];
        else result.others.push_back(values[0]);
    });
    return result;
}

}  // namespace

Json IzhikevichReward::run(const Params& p, StudyContext& context) {
    if (p.reward_before < p.reward_after)
        throw sim::BadProtocol(
            {"parameters.reward_before: error: = " + std::to_string(p.reward_before) +
             " ms: must be at least reward_after; raise it"});
    const auto description = describe(p, context.seed());
    const double end = description.run.duration;
    plastic::Run run(description, context);
    Teacher teacher(p, context.seed());
    run.record(teacher);
    // Looks often enough that no reward is due before it is known.
    const double look = std::floor(p.reward_after / 2 / resolution) * resolution;
    constexpr double points = 40;
    Json course = Json::array();
    double most = 0;
    while (run.time() < end) {
        const double point = std::ceil(end * (static_cast<double>(course.size()) + 1) / points);
        const double until = std::min({teacher.due(run.time() + look), end, point});
        if (!run.advance(until, std::to_string(teacher.given()) + " rewards")) break;
        for (auto n = teacher.take(run.time()); n > 0; --n)
            if (run.time() < end) run.simulation().modulate("dopamine", p.reward);
        if (run.time() < point) continue;
        const auto at_point = standing(run);
        most = std::max(most, at_point.above());
        course.push_back({run.time(), at_point.weight, at_point.above()});
    }
    const auto now = standing(run);
    Json results = Json::object();
    results["stands_above"] = now.above();
    results["stands_above_most"] = most;
    results["weight"] = now.weight;
    results["weight_mean"] = plastic::spread(now.others).mean;
    results["rewards"] = teacher.given();
    results["rate_hz"] =
        static_cast<double>(teacher.spikes()) / p.exc / std::max(run.time(), resolution) * 1000;
    results["course"] = course;
    return results;
}

}  // namespace protocols
