// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile for one model: the loops around the model's equations, in both timings.
//
// A bin of exact timing, for closed-form models:
//   1  inputs      where there are many, each adds its response to the sums of its target; where
//                  there are few, they go into lists of their targets
//   2  packs       all neurons side by side: if a bound proves that no threshold is reached, one flow
//                  and the sums give the state at the end of the bin. With sums, stretch by stretch
//                  of the tile, together with what drives bring
//   3  the rest    neurons that the bound leaves open, become free within the bin, or have lists, are
//                  walked from input to input; their inputs are looked up again after sums
// Integrated models list their inputs; in step 2 those without any take one step of the integrator
// each. Grid timing has step 2 alone, with the test at its end.

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/flatten.hpp"
#include "sim/core/text.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/block.hpp"
#include "sim/run/drive_inputs.hpp"
#include "sim/run/moments.hpp"
#include "sim/run/motion.hpp"
#include "sim/run/neuron_bits.hpp"
#include "sim/run/refractory_bits.hpp"
#include "sim/run/step_inputs.hpp"
#include "sim/run/walk.hpp"

namespace sim {

template <NeuronModel M>
class NeuronBlock final : public Block {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideState = typename M::template State<Pack>;

    explicit NeuronBlock(const BlockContext& context)
        : first_(context.first),
          size_(context.size),
          clock_(context.clock),
          key_(context.key),
          id_of_(context.id_of),
          params_(assemble_all(context)),
          states_(padded(size_)),
          at_start_(0),
          ready_step_(padded(size_), never_ready),
          ready_offset_(padded(size_)),
          refractory_(size_, padded(size_)),
          frees_(size_),
          opens_(size_),
          fires_(size_),
          open_inputs_(ClosedForm<M> ? 0 : padded(size_) / lanes),
          draws_(Stochastic<M> ? size_ : 0),
          motion_(params_, padded(size_), clock_.resolution(), context.tolerance),
          walker_(motion_),
          walk_(clock_.resolution()),
          lists_(size_),
          drive_inputs_(size_) {
        const auto table = M::states();
        for (std::uint32_t k = 0; k < size_; ++k) {
            State s = M::initial(params(k));
            if constexpr (Stochastic<M>) draw(k, s);
            states_.set(k, s);
            ready_step_[k] = 0;
        }
        for (std::uint32_t k = size_; k < padded(size_); ++k) states_.set(k, states_.get(0));
        for (const auto& [variable, first, values] : context.initial)
            for (std::uint32_t k = 0; k < values.size(); ++k) {
                State s = states_.get(first + k);
                s.*(table[variable].member) = values[k];
                states_.set(first + k, s);
            }
        at_start_ = states_;
        if constexpr (stimulus < n_variables)
            for (std::uint32_t k = 0; k < size_; ++k)
                is_stimulated_ = is_stimulated_ || value(k, stimulus) != 0;
        if constexpr (ClosedForm<M>)
            if (params_.size() == 1)  // of the whole population: no cut into tiles changes that
                moments_ =
                    Moments<M>(params_[0], motion_.response(0, false), motion_.response(0, true),
                               clock_.resolution(), padded(size_));
    }

    void run_bin(Step bin, const StepRuns& runs, std::span<const TileDrive> drives, bool is_busy,
                 std::vector<Spike>& out, Arrived& arrived) override {
        lists_.clear();
        free_within(bin);
        bool is_summed = false;
        if constexpr (ClosedForm<M>) {
            is_summed = moments_.is_usable() && is_busy;
            if (is_summed) {
                moments_.add(runs, arrived);
                pass_with_sums(bin, *runs.timed, drives, arrived);
                find_inputs(runs);
            } else {
                list_all(bin, runs, drives, arrived);
                pass_all<false>(0, states_.size());
                opens_.for_each([&](std::uint32_t k) { lists_.open(k); });
            }
        } else {
            list_all(bin, runs, drives, arrived);
            pass_integrated();
        }
        // What sums have left open has to be walked, unless a current alone made it a list.
        const bool all_walk = is_summed && !is_stimulated_;
        walking_.clear();
        for (const auto k : lists_.neurons())
            if (all_walk || !pass_bin(k, bin))
                walking_.push_back({static_cast<std::uint32_t>(lists_.of(k).size()), k});
        walk(bin, out);
    }

    void step(Step step, const StepInputs& inputs, std::vector<Spike>& out) override {
        is_stimulated_ = is_stimulated_ || inputs.has_currents;
        if (step == 0) return receive_first(inputs);
        refractory_.begin(step, [](std::uint32_t) {});
        if constexpr (!ClosedForm<M>) step_integrated(step, inputs, out);
        else if (is_stimulated_) step_packs<n_variables>(step, inputs, out);
        else step_packs<stimulus>(step, inputs, out);
    }

    void reset(std::uint32_t first, std::uint32_t size, std::size_t variable) override {
        const auto table = M::states();
        for (std::uint32_t k = first; k < first + size; ++k) {
            State s = states_.get(k);
            if (variable < table.size()) {
                s.*(table[variable].member) = at_start_.get(k).*(table[variable].member);
            } else {
                s = at_start_.get(k);
                if constexpr (Stochastic<M>) draw(k, s);
                ready_step_[k] = 0;
                ready_offset_[k] = 0;
                refractory_.free(k);
            }
            states_.set(k, s);
        }
    }

    double value(std::uint32_t neuron, std::size_t variable) const override {
        return states_.get(neuron).*(M::states()[variable].member);
    }

private:
    // Far above the rounding of a bound, far below what would cost time.
    static constexpr double slack = 1e-10;
    // Of a neuron in a bin, beyond one for each input; more are without end.
    static constexpr std::size_t most_spikes = 10'000;
    // The last pack is filled up with neurons that stay refractory.
    static constexpr double never_ready = std::numeric_limits<double>::infinity();
    static constexpr std::uint32_t padded(std::uint32_t size) {
        return static_cast<std::uint32_t>((size + lanes - 1) / lanes * lanes);
    }

    /// The place in the state of what current sources bring, if the model has such a variable.
    static constexpr std::size_t n_variables = sizeof(State) / sizeof(double);
    static constexpr std::size_t stimulus = [] {
        if constexpr (requires(State s) { s.i_stim; }) {
            std::array<double, n_variables> places{};
            for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<double>(i);
            return static_cast<std::size_t>(std::bit_cast<State>(places).i_stim);
        } else {
            return n_variables;
        }
    }();

    static std::vector<Params> assemble_all(const BlockContext& context) {
        std::vector<Params> result;
        for (const auto& row : context.params) result.push_back(assemble<Params>(M::params(), row));
        return result;
    }

    const Params& params(std::size_t k) const { return params_[params_.size() == 1 ? 0 : k]; }

    void draw(std::size_t k, State& s) {
        constexpr std::uint64_t blocks_per_draw = 64;
        RandomStream stream(key_, first_ + k, draws_[k]++ * blocks_per_draw);
        M::draw(params(k), s, stream);
    }

    void fire(std::size_t k, State& s, Time time, std::vector<Spike>& out) {
        const Params& p = params(k);
        M::reset(p, s);
        if constexpr (Stochastic<M>) draw(k, s);
        if (p.t_ref == 0 && M::gap(p, s, 1.0) >= 0)
            fail(k, time, "is at threshold right after its reset and would spike without end; lower "
                          "the reset or give t_ref");
        out.push_back({static_cast<std::uint32_t>(k), time});
    }

    [[noreturn]] void fail(std::size_t k, Time time, const std::string& what) const {
        fail(k, number(clock_.ms(time)), what);
    }
    [[noreturn, gnu::noinline]] void fail_spiking(std::size_t k, Time time) const {
        fail(k, time,
             "spiked " + std::to_string(most_spikes) +
                 " times within one step; lower its input or give t_ref");
    }
    [[noreturn]] void fail(std::size_t k, const std::string& ms, const std::string& what) const {
        throw NumericFailure(std::string(M::name) + ": neuron " +
                             std::to_string(id_of_(static_cast<std::uint32_t>(k))) + " at " + ms +
                             " ms: " + what);
    }

    /// The integrator knows no neuron: names it where a step fails.
    template <class Action>
    void name_failures(std::size_t k, const Action& action) const {
        if constexpr (ClosedForm<M>) action();
        else try {
                action();
            } catch (const ode::NoStep& failure) {
                fail(k, ode::NoStep::shown(failure.time), failure.reason);
            }
    }

    // Grid timing.

    /// Step 0 has nothing to flow over and no test.
    void receive_first(const StepInputs& inputs) {
        for (std::uint32_t k = 0; k < size_; ++k) {
            State s = states_.get(k);
            M::receive(params(k), s, inputs.take(k));
            states_.set(k, s);
        }
    }

    /// Flattened, so that the state of a pack stays in registers. Variable `zero`, if there is such
    /// a one, is 0 in all neurons and stays so: it is neither read nor written.
    template <std::size_t zero>
    SHARPWAVE_FLATTEN void step_packs(Step step, const StepInputs& inputs,
                                      std::vector<Spike>& out) {
        const auto states = states_.packs();
        const auto* bits = refractory_.bits();
        const StepInputs in = inputs;
        auto* const fires = fires_.data();
        motion_.for_each_pack(0, states_.size(), [&](std::size_t first, const auto& pack) {
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
        fires_.for_each([&](std::uint32_t k) { fire_on_grid(k, step, out); });
    }

    // A crossing found at the end of a step is as good as one found within it.
    static constexpr auto at_threshold =
        ode::runs_through_spikes<M> ? ode::AtThreshold::pass : ode::AtThreshold::stop;

    /// An integrated model. The lanes that do not pass in one step are collected and run ahead in packs
    /// of their own.
    void step_integrated(Step step, const StepInputs& inputs, std::vector<Spike>& out) {
        if (is_stimulated_) try_packs<n_variables>(inputs);
        else try_packs<stimulus>(inputs);
        open_.clear();
        opens_.for_each([&](std::uint32_t k) { open_.push_back(k); });
        motion_.template run_ahead<at_threshold>(
            open_, states_, [&](std::size_t k) { return refractory_.is_held(k); });
        for (const auto k : open_) {
            const auto& input = open_inputs_[k / lanes];
            const auto lane = k % lanes;
            step_one(k, step, {input.exc[lane], input.inh[lane], input.current[lane]}, out);
        }
        fires_.for_each([&](std::uint32_t k) { fire_on_grid(k, step, out); });
    }

    /// Flattened: a step of a small model stays in registers. `zero` as in step_packs.
    template <std::size_t zero>
    SHARPWAVE_FLATTEN void try_packs(const StepInputs& inputs) {
        const auto states = states_.packs();
        const auto* bits = refractory_.bits();
        const StepInputs in = inputs;
        auto* const opens = opens_.data();
        auto* const fires = fires_.data();
        auto* const open_inputs = open_inputs_.data();
        if (!motion_.can_try()) return leave_all(inputs);
        motion_.for_each_pack(0, states_.size(), [&](std::size_t first, const auto& pack) {
            const auto& p = pack.params;
            auto s = states.template get<zero>(first);
            const unsigned held_bits = bits[first / lanes];
            const auto held = mask_of(held_bits);
            const auto done = motion_.template try_step<at_threshold, zero>(pack, first, s, held);
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
        for (std::size_t first = 0; first < states_.size(); first += lanes) {
            open_inputs_[first / lanes] = inputs.take_pack(first);
            opens_.data()[first / lanes] = static_cast<std::uint8_t>((1U << lanes) - 1);
            fires_.data()[first / lanes] = 0;
        }
    }

    /// A neuron of an integrated model.
    void step_one(std::uint32_t k, Step step, const Input<double>& input, std::vector<Spike>& out) {
        const Params& p = params(k);
        State s = states_.get(k);
        bool fires = false;
        if (refractory_.is_held(k)) {
            name_failures(k, [&] { motion_.hold_bin(p, k, s, clock_.ms(step - 1)); });
            M::receive_held(p, s, input);
        } else {
            bool crossed = false;
            name_failures(k, [&] {
                crossed = motion_.step(p, k, s, clock_.ms(step - 1), clock_.resolution());
            });
            M::receive(p, s, input);
            fires = crossed || M::gap(p, s, 1.0) >= 0;
        }
        states_.set(k, s);
        if (fires) fire_on_grid(k, step, out);
    }

    void fire_on_grid(std::size_t k, Step step, std::vector<Spike>& out) {
        State s = states_.get(k);
        fire(k, s, {step, 0}, out);
        states_.set(k, s);
        refractory_.hold(k, step + 1 + clock_.nearest_step(params(k).t_ref));
    }

    // Exact timing: inputs.

    /// Notes which neurons become free within the bin, after its begin.
    void free_within(Step bin) {
        frees_.clear();
        refractory_.begin(bin, [&](std::uint32_t k) {
            if (ready_step_[k] == static_cast<double>(bin) && ready_offset_[k] != 0) frees_.set(k);
        });
    }

    /// Lists of all neurons that anything reaches.
    void list_all(Step bin, const StepRuns& runs, std::span<const TileDrive> drives,
                  Arrived& arrived) {
        const auto& [all, ahead, timed] = runs;
        const auto list = [&](std::uint32_t k, double offset, double weight) {
            lists_.open(k).push_back({offset, weight, receptor_of<M>(weight)});
        };
        for (std::size_t i = 0; i < all.size(); ++i) {
            fetch_ahead(all, i, ahead);
            (all[i].is_source ? arrived.from_sources : arrived.from_neurons) +=
                for_each_synapse(all[i], clock_.resolution(), list);
        }
        for (auto& rows : timed->rows()) {
            rows.cut_all();
            (rows.is_source ? arrived.from_sources : arrived.from_neurons) +=
                rows.for_each_synapse([](std::uint32_t) { return 1; }, list);
        }
        arrived.from_sources += drive_inputs_.list_all(bin, drives, lists_);
    }

    /// Passes all neurons with what drives bring, stretch by stretch, so that the sums of a stretch stay
    /// in the nearest cache.
    void pass_with_sums(Step bin, const TimedRuns& timed, std::span<const TileDrive> drives,
                        Arrived& arrived) {
        constexpr std::size_t stretch = 512;
        drive_inputs_.begin(bin, drives);
        for (std::size_t begin = 0; begin < states_.size(); begin += stretch) {
            const std::size_t end = std::min(begin + stretch, states_.size());
            arrived.from_sources += drive_inputs_.add_to(moments_, end, lists_);
            timed.fetch_next(begin, end, states_.size());
            pass_all<true>(begin, end);
        }
        opens_.for_each([&](std::uint32_t k) { lists_.open(k); });
    }

    /// Fills the lists that were opened after the sums were made.
    void find_inputs(const StepRuns& runs) {
        const auto listed = lists_.neurons();
        if (listed.empty()) return;
        constexpr std::size_t most_searched = 2;  // one by one; more are worth a pass over all
        const auto add = [&](std::uint32_t k, double offset, double weight) {
            lists_.of(k).push_back({offset, weight, receptor_of<M>(weight)});
        };
        for (const auto& run : runs.all) {
            const auto visit = [&](std::uint32_t i) {
                add(run.rows->targets()[i], offset_of(i, run, clock_.resolution()),
                    run.weight(i));
            };
            if (listed.size() > most_searched) for_each_flagged_index(lists_.flags(), run, visit);
            else
                for (const auto k : listed) for_each_index_onto(k, run, visit);
        }
        const auto* const flags = lists_.flags();
        for (auto& rows : runs.timed->rows())
            rows.for_each_synapse([flags](std::uint32_t k) { return flags[k]; }, add);
        for (const auto k : listed) drive_inputs_.append(k, lists_.of(k));
    }

    // Exact timing: neurons side by side. Opens lists for those that cannot pass.

    template <bool is_summed>
    void pass_all(std::size_t begin, std::size_t end) {
        is_stimulated_ = is_stimulated_ || drive_inputs_.has_currents();
        if (is_stimulated_) pass_packs<is_summed, n_variables>(begin, end);
        else pass_packs<is_summed, stimulus>(begin, end);
    }

    /// `zero` as in step_packs.
    template <bool is_summed, std::size_t zero>
    SHARPWAVE_FLATTEN void pass_packs(std::size_t begin, std::size_t end) {
        const auto states = states_.packs();
        const Pack h(clock_.resolution());
        const auto* bits = refractory_.bits();
        const auto* frees = frees_.data();
        const auto* listed = lists_.bits();
        auto* const opens = opens_.data();
        [[maybe_unused]] const auto sums = [this] {
            if constexpr (is_summed) return moments_.taker();
            else return nullptr;
        }();
        motion_.for_each_pack(begin, end, [&](std::size_t first, const auto& pack) {
            const auto& [p, f] = pack;
            const auto before = states.template get<zero>(first);
            const unsigned held = bits[first / lanes];
            auto after = before;
            M::advance(p, f, after);
            Pack highest = M::bound(p, f, before, after, h);
            auto kept = before;
            M::hold(p, f, kept);
            if constexpr (is_summed) highest += sums.take(first, after, kept);
            if constexpr (is_summed && BoundedFromEnd<M>)
                if (any_of(highest >= -slack))
                    highest = min(highest, M::bound_from_end(p, f, before, after));
            const auto open =
                (mask_of(~held) && highest >= -slack) ||
                mask_of(static_cast<unsigned>(frees[first / lanes] | listed[first / lanes]));
            select(mask_of(held), kept, after);
            select(open, before, after);
            states.template set<zero>(first, after);
            opens[first / lanes] = static_cast<std::uint8_t>(bits_of(open));
        });
    }

    /// Neurons of an integrated model without input in the bin, free or held throughout.
    void pass_integrated() {
        pass_quiet();
        open_.clear();
        opens_.for_each([&](std::uint32_t k) { open_.push_back(k); });
        motion_.template run_ahead<ode::AtThreshold::stop>(
            open_, states_, [&](std::size_t k) { return refractory_.is_held(k); });
        frees_.for_each([&](std::uint32_t k) { lists_.open(k); });
        for (const auto k : open_) lists_.open(k);
    }

    SHARPWAVE_FLATTEN void pass_quiet() {
        const auto states = states_.packs();
        const auto* bits = refractory_.bits();
        const auto* frees = frees_.data();
        const auto* listed = lists_.bits();
        auto* const opens = opens_.data();
        const bool can_try = motion_.can_try();
        motion_.for_each_pack(0, states_.size(), [&](std::size_t first, const auto& pack) {
            auto s = states.get(first);
            const auto held = mask_of(bits[first / lanes]);
            const auto busy =
                mask_of(static_cast<unsigned>(frees[first / lanes] | listed[first / lanes]));
            const auto passes = motion_.template try_step<ode::AtThreshold::stop, n_variables>(
                                    pack, first, s, held) &&
                                typename Pack::mask_type(can_try);
            select(!passes || busy, states.get(first), s);
            states.set(first, s);
            opens[first / lanes] = static_cast<std::uint8_t>(bits_of(!passes && !busy));
        });
    }

    // Exact timing: one neuron.

    /// Passes a neuron with a list at once if it provably does not spike.
    bool pass_bin(std::uint32_t k, Step bin) {
        if constexpr (!ClosedForm<M>) return false;
        else {
            const Params& p = params(k);
            const double h = clock_.resolution();
            const double ready = ready_in(k, bin);
            const bool held = ready > h;
            if (ready > 0 && !held) return false;  // free within the bin
            const State s = states_.get(k);
            State end = s;
            M::advance(p, motion_.bin_flow(k), end);
            double highest = held ? -1 : M::bound(p, motion_.bin_flow(k), s, end, h);
            const auto& inputs = lists_.of(k);
            const auto* response = motion_.response(k, held);
            if (highest >= -slack || (response == nullptr && !inputs.empty())) return false;
            typename Response<M>::Packed sum{};
            for (const auto& input : inputs) {
                highest += held ? 0 : response->lift(input.receptor, input.weight);
                sum += input.weight * response->at(input.receptor, h - input.offset);
            }
            if (highest >= -slack) return false;
            if (held) {
                end = s;
                motion_.hold_bin(p, k, end);
            }
            auto values = std::bit_cast<typename Response<M>::Values>(end);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += sum[i];
            states_.set(k, std::bit_cast<State>(values));
            return true;
        }
    }

    /// When a neuron is ready again, ms after the begin of the bin.
    double ready_in(std::size_t k, Step bin) const {
        const auto b = static_cast<double>(bin);
        return ready_step_[k] > b ? never_ready : ready_step_[k] == b ? ready_offset_[k] : 0.0;
    }

    /// Walks the neurons of `walking_` through a bin.
    void walk(Step bin, std::vector<Spike>& out) {
        // Side by side what has as many inputs: all go as long as the slowest.
        if constexpr (Walk<M>::width > 1) std::sort(walking_.begin(), walking_.end());
        for (std::size_t i = 0; i < walking_.size(); i += Walk<M>::width) {
            const auto left = std::span(walking_).subspan(i);
            walk_group(left.first(std::min(Walk<M>::width, left.size())), bin, out);
        }
    }

    using WalkState = typename Walk<M>::State;
    using WalkNumber = typename Walk<M>::Number;

    void walk_group(std::span<const std::pair<std::uint32_t, std::uint32_t>> group, Step bin,
                    std::vector<Spike>& out) {
        typename Walk<M>::Places places;
        for (std::size_t lane = 0; lane < places.size(); ++lane)
            places[lane] = group[std::min(lane, group.size() - 1)].second;
        for (std::size_t lane = 0; lane < group.size(); ++lane)
            walk_.set_inputs(lane, lists_.of(places[lane]));
        WalkState s;
        WalkNumber ready;
        for (std::size_t lane = 0; lane < places.size(); ++lane) {
            set_lane(s, lane, states_.get(places[lane]));
            set_lane(ready, lane, ready_in(places[lane], bin));
        }
        walker_.begin(places, clock_.ms(bin));
        std::array<std::size_t, Walk<M>::width> spikes{};
        name_failures(places[0], [&] {
            walk_.run(walker_, group.size(), s, ready,
                      [&](std::size_t lane, State& one, double offset) {
                          if (++spikes[lane] > most_spikes + group[lane].first)
                              fail_spiking(places[lane], {bin, offset});
                          return spike(places[lane], one, bin, offset, out);
                      });
        });
        for (std::size_t lane = 0; lane < group.size(); ++lane)
            states_.set(places[lane], lane_of<State>(s, lane));
    }

    /// Returns when the neuron is ready again, ms after the begin of the bin.
    [[gnu::noinline]] double spike(std::uint32_t k, State& s, Step bin, double offset,
                                   std::vector<Spike>& out) {
        const Time time = clock_.normalised({bin, offset});
        fire(k, s, time, out);
        const Time ready = clock_.sum(time, clock_.split(params(k).t_ref));
        ready_step_[k] = static_cast<double>(ready.step);
        ready_offset_[k] = ready.offset;
        refractory_.hold(k, ready.step);
        return ready_in(k, bin);
    }

    std::uint64_t first_;
    std::uint32_t size_;
    Clock clock_;
    RandomKey key_;
    std::function<std::uint64_t(std::uint32_t)> id_of_;
    std::vector<Params> params_;  // one for all neurons, or one each
    StateArrays<State, WideState> states_, at_start_;
    // End of the refractory period in exact timing; steps below 2^53.
    std::vector<double> ready_step_, ready_offset_;
    RefractoryBits refractory_;
    NeuronBits frees_;                      // those that become free within the bin under way
    NeuronBits opens_, fires_;              // those that a loop over packs leaves, or finds to fire
    std::vector<Input<Pack>> open_inputs_;  // by pack, where opens_ has bits in a grid step
    bool is_stimulated_ = false;        // the stimulus of a neuron has not always been 0
    std::vector<std::uint32_t> open_;   // of an integrated model in the step under way
    std::vector<std::uint64_t> draws_;
    typename MotionOf<M>::type motion_;
    typename Walk<M>::Walker walker_;
    Walk<M> walk_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> walking_;  // number of inputs, neuron
    MomentsOf<M> moments_;
    ArrivalLists lists_;
    DriveInputs drive_inputs_;
};

}  // namespace sim
