// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/parts.hpp"

#include "plasticity/rules.hpp"

// Written by the build, from the lists in the folders' CMakeLists.txt.
namespace sim {
void register_models_neurons(Catalogue& catalogue);
void register_models_sources(Catalogue& catalogue);
void register_models_synapses(Catalogue& catalogue);
void register_protocols_experiments(Catalogue& catalogue);
void register_protocols_studies(Catalogue& catalogue);
void register_sim_net_connectors(Catalogue& catalogue);
}  // namespace sim

namespace protocols::cli {

sim::Catalogue all_parts() {
    sim::Catalogue catalogue;
    sim::register_models_neurons(catalogue);
    sim::register_models_sources(catalogue);
    sim::register_models_synapses(catalogue);
    plasticity::register_rules(catalogue);
    sim::register_sim_net_connectors(catalogue);
    sim::register_protocols_experiments(catalogue);
    sim::register_protocols_studies(catalogue);
    return catalogue;
}

}  // namespace protocols::cli
