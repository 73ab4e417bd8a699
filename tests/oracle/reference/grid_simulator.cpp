// SPDX-License-Identifier: BSD-3-Clause
#include <map>

#include "tests/oracle/reference/base.hpp"

namespace reference {
namespace {

class GridSimulator final : public Simulator {
public:
    using Simulator::Simulator;

private:
    void run_neurons() override {
        ready_.assign(neurons().size(), 0);
        for (sim::Step step = 0; step < end(); ++step)
            for (std::uint32_t k = 0; k < ready_.size(); ++k) visit(k, step);
    }

    /// Step 0 begins with the initial state and tests no threshold.
    void visit(std::uint32_t k, sim::Step step) {
        auto& neuron = neurons()[k];
        const bool held = step < ready_[k];
        const bool crossed = step > 0 && flow(*neuron.model, neuron.x, held);
        if (const auto due = inputs_.find({step, k}); due != inputs_.end())
            neuron.model->receive(neuron.x, due->second, held);
        if (step == 0 || held || !(crossed || neuron.model->fires(neuron.x))) return;
        spike(neuron, {step, 0});
        ready_[k] = step + 1 + neuron.t_ref.step;
    }

    /// Moves over a step. True if an integrated model reaches its threshold on the way; its
    /// potential then stays there to the end of the step.
    bool flow(const Model& model, Vector& x, bool held) const {
        if (held || !model.is_integrated()) {
            model.flow(x, resolution(), held);
            return false;
        }
        const std::optional<Real> crossing =
            model.fires(x) ? Real(0) : model.advance(x, resolution(), false);
        if (crossing) model.flow(x, resolution() - *crossing, true);
        return crossing.has_value();
    }

    void arrive(std::uint32_t neuron, const Instant& time, const Input& input) override {
        add(inputs_[{time.step, neuron}], input);
    }

    void arrive_all(sim::Drive& drive, std::uint32_t first, std::uint32_t size) override {
        for (sim::Step step = 0; step < end(); ++step) {
            std::vector<double> exc(size), inh(size), current(size);
            drive.add(step, {exc, inh, current});
            for (std::uint32_t k = 0; k < size; ++k)
                if (exc[k] != 0 || inh[k] != 0 || current[k] != 0)
                    arrive(first + k, {step, 0}, {exc[k], inh[k], current[k]});
        }
    }

    std::vector<sim::Step> ready_;  // the first step that is free again
    std::map<std::pair<sim::Step, std::uint32_t>, Input> inputs_;
};

}  // namespace

std::unique_ptr<Simulator> make_grid_simulator(const sim::Network& network,
                                               const sim::Catalogue& catalogue) {
    return std::make_unique<GridSimulator>(network, catalogue);
}

}  // namespace reference
