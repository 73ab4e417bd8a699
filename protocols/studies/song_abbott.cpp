// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/song_abbott.hpp"

#include <algorithm>

#include "protocols/studies/plastic_network.hpp"

namespace protocols {
namespace {

constexpr double resolution = 0.1;  // ms

sim::Description describe(const SongAbbott::Params& p, std::uint64_t seed) {
    sim::Description d;
    d.name = "song_abbott";
    d.run.duration = p.duration;
    d.run.resolution = resolution;
    d.run.seed = seed;
    d.sources = {plastic::poisson("inputs", p.inputs, p.rate)};
    d.neurons = {plastic::neurons("neurons", "lif_cond_exp", p.neurons,
                                  {{"c_m", 100},
                                   {"g_l", 10},
                                   {"e_l", -74},
                                   {"v_th", -54},
                                   {"v_reset", -60},
                                   {"t_ref", 0},
                                   {"tau_syn_exc", 5}})};
    auto inputs = plastic::projection("inputs", "neurons", "all_to_all",
                                      sim::Value::uniform(0, p.w_max), resolution);
    inputs.dendritic_delay = resolution / 2;  // the shortest: the paper has none
    plastic::learn(inputs, "stdp_pair",
                   {{"tau_plus", p.tau},
                    {"tau_minus", p.tau},
                    {"lambda", p.lambda},
                    {"alpha", p.alpha},
                    {"w_max", p.w_max}});
    d.projections = {inputs};
    d.record.all_spikes = false;
    d.record.spikes = {"neurons"};
    const double measure = std::min(p.measure, p.duration);
    if (measure < p.duration) d.phases.push_back({"compete", p.duration - measure, false, {}});
    d.phases.push_back({"measure", measure, true, {}});
    return d;
}

}  // namespace

Json SongAbbott::run(const Params& p, StudyContext& context) {
    const auto description = describe(p, context.seed());
    plastic::Run run(description, context);
    sim::Statistics statistics(sim::recorded_stretches(description));
    run.record(statistics);
    run.advance(p.duration, "weights compete");

    const auto weights = run.weights("inputs_to_neurons");
    const auto output = plastic::of(statistics, "neurons");
    Json results = Json::object();
    results["low"] = plastic::part_of(weights, [&](double w) { return w < 0.2 * p.w_max; });
    results["high"] = plastic::part_of(weights, [&](double w) { return w > 0.8 * p.w_max; });
    results["rate_hz"] = output.rate_hz;
    results["cv_isi"] = plastic::or_null(output.cv_isi);
    results["weight_mean"] = plastic::spread(weights).mean / p.w_max;
    results["histogram"] = plastic::histogram(weights, p.w_max, 20);
    return results;
}

}  // namespace protocols
