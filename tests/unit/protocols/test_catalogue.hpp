// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A catalogue for tests of protocol files: real neuron models and sources, the rest by hand.

#include "models/neurons/lif_alpha.hpp"
#include "models/neurons/lif_delta.hpp"
#include "models/neurons/lif_exp.hpp"
#include "models/sources/poisson.hpp"
#include "models/sources/poisson_background.hpp"
#include "models/sources/spike_trains.hpp"
#include "sim/core/catalogue.hpp"
#include "sim/run/register_source.hpp"

namespace protocols::test {

inline void add(sim::Catalogue& catalogue, sim::PartKind kind, const std::string& name,
                const std::vector<sim::ParamInfo>& params) {
    catalogue.add({kind, name, "for tests", "none", params, {}, {}}, {});
}

inline void add_conductance_model(sim::Catalogue& catalogue) {
    using enum sim::Unit;
    namespace r = sim::range;
    const sim::ParamInfo conductance{"g_l", nS, 10, r::positive, ""};
    const sim::ParamInfo exc{"e_exc", mV, 0, r::finite, ""};
    const sim::ParamInfo inh{"e_inh", mV, -80, r::finite, ""};
    auto info = sim::describe_neuron<models::LifExp>();
    info.name = "lif_cond_exp";
    std::erase_if(info.params, [](const auto& row) { return row.name == "tau_m"; });
    info.params.insert(info.params.end(), {conductance, exc, inh});
    info.notes = {"port exc (weights in nS): conductance", "port inh (weights in nS): conductance"};
    catalogue.add(info, {});
}

inline sim::Catalogue make_catalogue() {
    using enum sim::PartKind;
    using enum sim::Unit;
    namespace r = sim::range;
    const sim::ParamInfo autapses{"autapses", none, 1, r::flag, ""};
    const sim::ParamInfo multapses{"multapses", none, 1, r::flag, ""};
    sim::Catalogue catalogue;
    catalogue.add(sim::describe_neuron<models::LifExp>(), {});
    catalogue.add(sim::describe_neuron<models::LifDelta>(), {});
    catalogue.add(sim::describe_neuron<models::LifAlpha>(), {});
    add_conductance_model(catalogue);
    sim::register_source<models::Poisson>(catalogue);
    sim::register_source<models::PoissonBackground>(catalogue);
    sim::register_source<models::SpikeTrains>(catalogue);
    add(catalogue, synapse, "static", {});
    add(catalogue, synapse, "short_term", {{"tau_rec", ms, 800, r::positive, ""}});
    add(catalogue, connector, "one_to_one", {});
    add(catalogue, connector, "edge_list", {});
    add(catalogue, connector, "all_to_all", {autapses});
    add(catalogue, connector, "fixed_indegree",
        {{"indegree", none, 1, r::count, ""}, multapses, autapses});
    add(catalogue, connector, "pairwise_bernoulli",
        {{"p", none, 0.1, r::unit_interval, ""}, autapses});
    return catalogue;
}

}  // namespace protocols::test
