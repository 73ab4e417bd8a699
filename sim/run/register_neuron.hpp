// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Turns a neuron model into an entry of the catalogue.

#include "sim/run/neuron_block.hpp"

namespace sim {

template <NeuronModel M>
void register_neuron(Catalogue& catalogue) {
    static_assert(ClosedForm<M> || Integrated<M>,
                  "a neuron model needs either flow, advance, hold, derivative, rates and bound, or "
                  "derivative(p, s, held); see sim/run/model.hpp");
    catalogue.add(describe_neuron<M>(),
                  NeuronFactory{[](const BlockContext& context) -> std::unique_ptr<Block> {
                                    return std::make_unique<NeuronBlock<M>>(context);
                                },
                                NeuronBlock<M>::share, M::ports.size() == 2});
}

}  // namespace sim
