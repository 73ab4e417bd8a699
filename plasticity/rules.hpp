// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// All rules of the folders below, for the catalogue.

namespace sim {
class Catalogue;
void register_plasticity_consolidation(Catalogue& catalogue);
void register_plasticity_hebbian(Catalogue& catalogue);
void register_plasticity_modulated(Catalogue& catalogue);
void register_plasticity_short_term(Catalogue& catalogue);
void register_plasticity_stdp(Catalogue& catalogue);
void register_plasticity_voltage(Catalogue& catalogue);
}  // namespace sim

namespace plasticity {

inline void register_rules(sim::Catalogue& catalogue) {
    sim::register_plasticity_stdp(catalogue);
    sim::register_plasticity_hebbian(catalogue);
    sim::register_plasticity_voltage(catalogue);
    sim::register_plasticity_modulated(catalogue);
    sim::register_plasticity_short_term(catalogue);
    sim::register_plasticity_consolidation(catalogue);
}

}  // namespace plasticity
