// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile in grid timing: a step flows, takes its inputs, then tests the threshold.

#include <cstdint>
#include <vector>

#include "sim/core/flatten.hpp"
#include "sim/run/neuron_bits.hpp"
#include "sim/run/step_inputs.hpp"
#include "sim/run/tile_neurons.hpp"

namespace sim {

template <NeuronModel M>
class GridSteps {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    /// Needs: `neurons` outlives it
    explicit GridSteps(TileNeurons<M>& neurons)
        : neurons_(neurons),
          opens_(neurons.size()),
          fires_(neurons.size()),
          open_inputs_(ClosedForm<M> ? 0 : neurons.padded() / lanes) {}

    /// As Block::step has it.
    void run(Step step, const StepInputs& inputs, std::vector<Spike>& out) {
        neurons_.note_currents(inputs.has_currents);
        if (step == 0) return receive_first(inputs);
        neurons_.refractory().begin(step, [](std::uint32_t) {});
        if constexpr (ClosedForm<M>)
            neurons_.with_zero([&](auto zero) { step_packs<zero>(inputs); });
        else step_integrated(step, inputs, out);
        fires_.for_each([&](std::uint32_t k) { fire(k, step, out); });
    }

private:
    /// Step 0 has nothing to flow over and no test.
    void receive_first(const StepInputs& inputs) {
        auto& states = neurons_.states();
        for (std::uint32_t k = 0; k < neurons_.size(); ++k) {
            State s = states.get(k);
            M::receive(neurons_.params(k), s, inputs.take(k));
            states.set(k, s);
        }
    }

    /// Flattened, so that the state of a pack stays in registers. Variable `zero`, if there is such
    /// a one, is 0 in all neurons.
    template <std::size_t zero>
    SHARPWAVE_FLATTEN void step_packs(const StepInputs& inputs) {
        const auto states = neurons_.states().packs();
        const auto* bits = neurons_.refractory().bits();
        const StepInputs in = inputs;
        auto* const fires = fires_.data();
        neurons_.motion().for_each_pack(
            0, neurons_.padded(), [&](std::size_t first, const auto& pack) {
                const auto& [p, f] = pack;
                auto s = states.template get<zero>(first);
                const auto input = in.take_pack(first);
                const unsigned held = bits[first / lanes];
                // Both at once: that one of eight is held is too common to be foretold by a branch.
                auto kept = s;
                M::advance(p, f, s);
                M::receive(p, s, input);
                const unsigned above = bits_of(M::gap(p, s, Pack(1.0)) >= 0.0);
                M::hold(p, f, kept);
                M::receive_held(p, kept, input);
                select(mask_of(held), kept, s);
                states.template set<zero>(first, s);
                fires[first / lanes] = static_cast<std::uint8_t>(above & ~held);
            });
    }

    // A crossing found at the end of a step is as good as one found within it.
    static constexpr auto at_threshold =
        ode::runs_through_spikes<M> ? ode::AtThreshold::pass : ode::AtThreshold::stop;

    /// An integrated model. The lanes that do not pass in one step are collected and run ahead in packs
    /// of their own.
    void step_integrated(Step step, const StepInputs& inputs, std::vector<Spike>& out) {
        neurons_.with_zero([&](auto zero) { try_packs<zero>(inputs); });
        open_.clear();
        opens_.for_each([&](std::uint32_t k) { open_.push_back(k); });
        const auto& refractory = neurons_.refractory();
        neurons_.motion().template run_ahead<at_threshold>(
            open_, neurons_.states(), [&](std::size_t k) { return refractory.is_held(k); });
        for (const auto k : open_) {
            const auto& input = open_inputs_[k / lanes];
            const auto lane = k % lanes;
            step_one(k, step, {input.exc[lane], input.inh[lane], input.current[lane]}, out);
        }
    }

    /// Flattened: a step of a small model stays in registers. `zero` as in step_packs.
    template <std::size_t zero>
    SHARPWAVE_FLATTEN void try_packs(const StepInputs& inputs) {
        auto& motion = neurons_.motion();
        const auto states = neurons_.states().packs();
        const auto* bits = neurons_.refractory().bits();
        const StepInputs in = inputs;
        auto* const opens = opens_.data();
        auto* const fires = fires_.data();
        auto* const open_inputs = open_inputs_.data();
        if (!motion.can_try()) return leave_all(inputs);
        motion.for_each_pack(0, neurons_.padded(), [&](std::size_t first, const auto& pack) {
            const auto& p = pack.params;
            auto s = states.template get<zero>(first);
            const unsigned held_bits = bits[first / lanes];
            const auto held = mask_of(held_bits);
            const auto done = motion.template try_step<at_threshold, zero>(pack, first, s, held);
            const auto input = in.take_pack(first);
            const Pack exc = input.exc, inh = input.inh, current = input.current;
            auto kept = s;
            M::receive(p, s, input);
            M::receive_held(p, kept, input);
            select(held, kept, s);
            unsigned open = 0;
            if (!all_of(done)) {
                select(!done, states.template get<zero>(first), s);
                auto& open_input = open_inputs[first / lanes];
                open_input.exc = exc;
                open_input.inh = inh;
                open_input.current = current;
                open = bits_of(!done);
            }
            states.template set<zero>(first, s);
            const unsigned above = bits_of(M::gap(p, s, Pack(1.0)) >= 0.0);
            opens[first / lanes] = static_cast<std::uint8_t>(open);
            fires[first / lanes] = static_cast<std::uint8_t>(above & ~(held_bits | open));
        });
    }

    void leave_all(const StepInputs& inputs) {
        for (std::size_t first = 0; first < neurons_.padded(); first += lanes) {
            open_inputs_[first / lanes] = inputs.take_pack(first);
            opens_.data()[first / lanes] = static_cast<std::uint8_t>((1U << lanes) - 1);
            fires_.data()[first / lanes] = 0;
        }
    }

    /// A neuron of an integrated model.
    void step_one(std::uint32_t k, Step step, const Input<double>& input, std::vector<Spike>& out) {
        const Params& p = neurons_.params(k);
        const auto& clock = neurons_.clock();
        State s = neurons_.states().get(k);
        bool fires = false;
        if (neurons_.refractory().is_held(k)) {
            neurons_.name_failures(
                k, [&] { neurons_.motion().hold(k, s, clock.ms(step - 1), clock.resolution()); });
            M::receive_held(p, s, input);
        } else {
            bool crossed = false;
            neurons_.name_failures(k, [&] {
                crossed = neurons_.motion().step(k, s, clock.ms(step - 1), clock.resolution());
            });
            M::receive(p, s, input);
            fires = crossed || M::gap(p, s, 1.0) >= 0;
        }
        neurons_.states().set(k, s);
        if (fires) fire(k, step, out);
    }

    void fire(std::size_t k, Step step, std::vector<Spike>& out) {
        State s = neurons_.states().get(k);
        neurons_.fire(k, s, {step, 0}, out);
        neurons_.states().set(k, s);
        neurons_.refractory().hold(
            k, step + 1 + neurons_.clock().nearest_step(neurons_.params(k).t_ref));
    }

    TileNeurons<M>& neurons_;
    NeuronBits opens_, fires_;              // those that a loop over packs leaves, or finds to fire
    std::vector<Input<Pack>> open_inputs_;  // by pack, where opens_ has bits
    std::vector<std::uint32_t> open_;       // of an integrated model in the step under way
};

}  // namespace sim
