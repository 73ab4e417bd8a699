// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Turns a kind of synapse into an entry of the catalogue.

#include "sim/core/catalogue.hpp"

namespace sim {

template <class S>
void register_synapse(Catalogue& catalogue) {
    catalogue.add({PartKind::synapse,
                   std::string(S::name),
                   std::string(S::summary),
                   std::string(S::source),
                   describe<typename S::Params>(S::params()),
                   {},
                   {}},
                  {});
}

}  // namespace sim
