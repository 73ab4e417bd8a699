// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/vogels_isp.hpp"

#include <algorithm>
#include <cmath>

#include "protocols/studies/plastic_network.hpp"

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

// Rates of the first stretch and of the last.
class Output final : public sim::Sink {
public:
    Output(double begin, double end)
        : first_({{0, first_stretch}}), last_({{begin, end}}), begin_(begin) {}

    void begin(const sim::RecordingPlan& plan) override {
        first_.begin(plan);
        last_.begin(plan);
    }
    void write(const sim::Batch& batch) override {
        first_.write(part(batch, 0, first_stretch));
        last_.write(part(batch, begin_, batch.until));
    }
    void end(sim::ExitState) override {}

    const sim::Statistics& first() const { return first_; }
    const sim::Statistics& last() const { return last_; }

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
    double begin_;
};

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
    results["cv_isi"] = plastic::or_null(exc.cv_isi);
    results["weight_mean"] = weights.mean;
    results["weight_cv"] = weights.cv;
    return results;
}

}  // namespace protocols
