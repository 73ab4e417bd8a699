// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The block of a tile's neurons for one model.

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/run/block.hpp"
#include "sim/run/exact_bins.hpp"
#include "sim/run/flow_classes.hpp"
#include "sim/run/grid_steps.hpp"
#include "sim/run/tile_neurons.hpp"

namespace sim {

template <NeuronModel M>
class NeuronBlock final : public Block {
public:
    explicit NeuronBlock(const BlockContext& context) : neurons_(context) {
        if (context.timing == Timing::exact) exact_.emplace(neurons_);
        else grid_.emplace(neurons_);
    }

    /// What the blocks of a population have in common; null if nothing.
    static std::shared_ptr<const SharedByTiles> share(const PopulationParams& population,
                                                      const Clock& clock) {
        if constexpr (ClosedForm<M>)
            return std::make_shared<const FlowClasses<M>>(population, clock.resolution());
        else return nullptr;
    }

    void run_bin(Step bin, const StepRuns& runs, std::span<const TileDrive> drives, bool is_busy,
                 std::vector<Spike>& out, Arrived& arrived) override {
        exact_->run(bin, runs, drives, is_busy, out, arrived);
    }

    void step(Step step, const StepInputs& inputs, std::vector<Spike>& out) override {
        grid_->run(step, inputs, out);
    }

    void reset(std::uint32_t first, std::uint32_t size, std::size_t variable) override {
        neurons_.reset(first, size, variable);
        if (exact_ && variable >= M::states().size()) exact_->free(first, size);
    }

    double value(std::uint32_t neuron, std::size_t variable) const override {
        return neurons_.value(neuron, variable);
    }

private:
    TileNeurons<M> neurons_;
    // What the timing needs beside the neurons: one of them.
    std::optional<ExactBins<M>> exact_;
    std::optional<GridSteps<M>> grid_;
};

}  // namespace sim
