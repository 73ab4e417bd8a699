// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/vogels_isp.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/analysis/coincidences.hpp"
#include "protocols/studies/plastic_network.hpp"
#include "sim/record/memory_sink.hpp"

namespace protocols {
namespace {

constexpr double first_stretch = 100;  // ms
constexpr double delay = 0.5;          // ms

// Mean in-degrees are those of 8000 and 2000 neurons and a probability of 0.02.
sim::ProjectionSpec random(const std::string& from, const std::string& to, double scale,
                           double weight) {
    auto spec = plastic::projection(from, to, "pairwise_bernoulli", sim::Value::of(weight), delay);
    spec.connector_params["p"] = 0.02 / scale;
    return spec;
}

sim::Description describe(const VogelsIsp::Params& p, std::uint64_t seed) {
    sim::Description d;
    d.name = "vogels_isp";
    d.run.resolution = delay;
    d.run.seed = seed;
    const plastic::Numbers cell{{"c_m", 200},        {"g_l", 10},      {"e_l", -60},
                                {"v_th", -50},       {"v_reset", -60}, {"t_ref", 5},
                                {"e_exc", 0},        {"e_inh", -80},   {"tau_syn_exc", 5},
                                {"tau_syn_inh", 10}, {"i_e", p.drive}};
    d.neurons = {plastic::neurons("exc", "lif_cond_exp", std::round(8000 * p.scale), cell),
                 plastic::neurons("inh", "lif_cond_exp", std::round(2000 * p.scale), cell)};
    for (auto& one : d.neurons) one.initial["v"] = sim::Value::uniform(-60, -50);
    auto plastic_inhibition = random("inh", "exc", p.scale, -p.w_start);
    plastic::learn(plastic_inhibition, "vogels_istdp",
                   {{"tau", p.tau}, {"eta", p.eta}, {"rho_0", p.target_rate}, {"w_max", p.w_max}});
    d.projections = {random("exc", "exc", p.scale, p.w_exc), random("exc", "inh", p.scale, p.w_exc),
                     random("inh", "inh", p.scale, -p.w_inh), plastic_inhibition};
    d.run.duration = std::max(p.duration, p.measure + first_stretch);
    return d;
}

// What is measured in the first stretch, and in the last.
class Output final : public sim::Sink {
public:
    Output(double begin, double end)
        : first_({{0, first_stretch}}), last_({{begin, end}}), begin_(begin) {}

    void begin(const sim::RecordingPlan& plan) override {
        first_.begin(plan);
        last_.begin(plan);
        last_spikes_.begin(plan);
    }
    void write(const sim::Batch& batch) override {
        first_.write(part(batch, 0, first_stretch));
        const auto end = part(batch, begin_, batch.until);
        last_.write(end);
        last_spikes_.write(end);
    }
    void end(sim::ExitState) override {}

    const sim::Statistics& first() const { return first_; }
    const sim::Statistics& last() const { return last_; }

    double last_duration() const { return std::max(last_spikes_.until() - begin_, 0.0); }
    /// Of the last stretch. Shape: [neuron][spike] ms
    std::vector<std::vector<double>> last_trains(std::size_t population) const {
        const auto& [times, ids] = last_spikes_.spikes()[population];
        std::vector<std::vector<double>> trains(last_spikes_.plan().populations[population].size);
        for (std::size_t i = 0; i < times.size(); ++i) trains[ids[i]].push_back(times[i]);
        return trains;
    }

private:
    static sim::Batch part(const sim::Batch& batch, double begin, double end) {
        sim::Batch result;
        result.until = batch.until;
        for (const auto& column : batch.spikes) {
            auto& to = result.spikes.emplace_back();
            for (std::size_t i = 0; i < column.times.size(); ++i) {
                if (column.times[i] < begin || column.times[i] >= end) continue;
                to.times.push_back(column.times[i]);
                to.ids.push_back(column.ids[i]);
            }
        }
        return result;
    }

    sim::Statistics first_, last_;
    sim::MemorySink last_spikes_;
    double begin_;
};

/// What the rule saw in the last stretch, over all plastic synapses.
struct Seen {
    double coincidences = 0;  ///< pairs of spikes, by e^{-|s - t| / tau}
    double by_chance = 0;     ///< those of independent trains of these rates
    double at_target = 0;     ///< those of independent trains, postsynaptic ones of the target rate
};

Seen seen_by_rule(const plastic::Run& run, const Output& output, const VogelsIsp::Params& p) {
    const auto exc = output.last_trains(0);
    const auto inh = output.last_trains(1);
    const double duration = output.last_duration();
    const double target = p.target_rate / 1000 * duration;
    Seen seen;
    if (duration <= 0) return seen;
    run.for_each_synapse("inh_to_exc",
                         [&](std::uint64_t from, std::uint64_t to, std::span<const double>) {
                             const auto pre = static_cast<double>(inh[from].size());
                             const auto post = static_cast<double>(exc[to].size());
                             seen.coincidences += coincidences(inh[from], exc[to], p.tau);
                             seen.by_chance += chance_coincidences(pre * post, duration, p.tau);
                             seen.at_target += chance_coincidences(pre * target, duration, p.tau);
                         });
    return seen;
}

}  // namespace

Json VogelsIsp::run(const Params& p, StudyContext& context) {
    const auto description = describe(p, context.seed());
    const double end = description.run.duration;
    plastic::Run run(description, context);
    Output output(end - p.measure, end);
    run.record(output);
    run.advance(end, "inhibition adapts");

    const auto exc = plastic::of(output.last(), "exc");
    const auto weights = plastic::spread(run.weights("inh_to_exc"));
    Json results = Json::object();
    results["rate_hz"] = exc.rate_hz;
    results["rate_start_hz"] = plastic::of(output.first(), "exc").rate_hz;
    results["rate_inh_hz"] = plastic::of(output.last(), "inh").rate_hz;
    results["deviation"] = exc.rate_hz / p.target_rate - 1;
    const auto seen = seen_by_rule(run, output, p);
    const auto ratio = [](double a, double b) { return b > 0 ? Json(a / b - 1) : Json(nullptr); };
    results["expected_deviation"] = ratio(seen.by_chance, seen.coincidences);
    results["coincidence"] = ratio(seen.coincidences, seen.by_chance);
    results["drift"] = ratio(seen.coincidences, seen.at_target);
    results["cv_isi"] = plastic::or_null(exc.cv_isi);
    results["weight_mean"] = weights.mean;
    results["weight_cv"] = weights.cv;
    return results;
}

}  // namespace protocols
