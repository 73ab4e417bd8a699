// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Turns a rule of synaptic change into an entry of the catalogue, among the synapses.

#include "sim/run/plastic_rows.hpp"

namespace sim {

template <Rule R>
void register_rule(Catalogue& catalogue) {
    using Params = typename R::Params;
    PartInfo info{PartKind::synapse,
                  std::string(R::name),
                  std::string(R::summary),
                  std::string(R::source),
                  describe<Params>(R::params()),
                  {},
                  {}};
    for (const auto& field : R::states())
        info.states.push_back({std::string(field.name), field.unit, std::string(field.meaning)});
    info.is_plastic = true;
    info.needs_modulator = Modulated<R>;
    std::string_view watched;
    if constexpr (Watches<R>) {
        watched = R::watched;
        info.notes.push_back("reads the state variable " + std::string(watched) +
                             " of its targets");
    }
    catalogue.add(std::move(info),
                  RuleFactory{[](const std::vector<double>& params) {
                                  return trace_infos<R>(assemble<Params>(R::params(), params),
                                                        Side::pre, 1.0);
                              },
                              [](const PlasticContext& context) -> std::unique_ptr<Plastic> {
                                  return std::make_unique<PlasticRows<R>>(context);
                              },
                              watched, AnySign<R>});
}

}  // namespace sim
