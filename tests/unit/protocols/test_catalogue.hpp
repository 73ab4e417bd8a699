// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The catalogue for tests of protocol files: all real parts, and a synapse with a parameter.

#include "plasticity/rules.hpp"
#include "sim/core/catalogue.hpp"

namespace sim {
void register_models_neurons(Catalogue& catalogue);
void register_models_sources(Catalogue& catalogue);
void register_models_synapses(Catalogue& catalogue);
void register_sim_net_connectors(Catalogue& catalogue);
}  // namespace sim

namespace protocols::test {

inline sim::Catalogue make_catalogue() {
    sim::Catalogue catalogue;
    sim::register_models_neurons(catalogue);
    sim::register_models_sources(catalogue);
    sim::register_models_synapses(catalogue);
    plasticity::register_rules(catalogue);
    sim::register_sim_net_connectors(catalogue);
    const sim::ParamInfo tau_rec{"tau_rec", sim::Unit::ms, 800, sim::range::positive, ""};
    catalogue.add({sim::PartKind::synapse, "short_term", "for tests", "none", {tau_rec}, {}, {}},
                  {});
    return catalogue;
}

}  // namespace protocols::test
