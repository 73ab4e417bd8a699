// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile for one model: the loops around the model's equations, in both timings.
//
// A bin of exact timing, for closed-form models:
//   1  inputs      where there are many, each adds its response to the sums of its target; where
//                  there are few, they go into lists of their targets
//   2  packs       all neurons side by side: if a bound proves that no threshold is reached, one flow
//                  and the sums give the state at the end of the bin
//   3  the rest    neurons that the bound leaves open, become free within the bin, or have lists, are
//                  walked from input to input; their inputs are looked up again after sums
// Integrated models list their inputs; in step 2 those without any take one step of the integrator
// each. Grid timing has step 2 alone, with the test at its end.

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/run/bin_inputs.hpp"
#include "sim/run/block.hpp"
#include "sim/run/moments.hpp"
#include "sim/run/motion.hpp"

namespace sim {

template <NeuronModel M>
class NeuronBlock final : public Block {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideState = typename M::template State<Pack>;

    explicit NeuronBlock(const BlockContext& context)
        : first_(context.first), clock_(context.clock), key_(context.key),
          params_(assemble_all(context)), states_(context.size), ready_step_(context.size),
          ready_offset_(context.size), draws_(Stochastic<M> ? context.size : 0),
          motion_(params_, context.size, clock_.resolution(), context.tolerance),
          lists_(context.size), driven_ends_(context.size) {
        const auto table = M::states();
        for (std::uint32_t k = 0; k < context.size; ++k) {
            State s = M::initial(params(k));
            if constexpr (Stochastic<M>) draw(k, s);
            for (const auto& [variable, values] : context.initial)
                s.*(table[variable].member) = values[k];
            states_.set(k, s);
        }
        if constexpr (ClosedForm<M>)
            if (motion_.has_one_flow())
                moments_ = Moments<M>(params_[0], motion_.response(0, false),
                                      motion_.response(0, true), clock_.resolution(), context.size);
    }

    void run_bin(Step bin, std::span<const Run> runs, std::span<Drive* const> drives,
                 std::vector<Spike>& out, Arrived& arrived) override {
        std::uint64_t inputs = take_drives(bin, drives, arrived);
        for (const auto& run : runs) inputs += run.last - run.first;
        lists_.clear();
        if constexpr (ClosedForm<M>) {
            if (moments_.is_usable() && inputs >= states_.size()) {
                moments_.add(runs, arrived);
                for (std::size_t k = 0; k < states_.size() && !driven_.empty(); ++k)
                    if (!moments_.add(k, driven(k))) lists_.open(k);
                pass_packs(bin, true);
                list_again(runs);
            } else {
                list_all(runs, arrived);
                for (std::size_t k = 0; k < states_.size() && !driven_.empty(); ++k)
                    if (!driven(k).empty()) lists_.open(k);
                pass_packs(bin, false);
            }
        } else {
            list_all(runs, arrived);
            for (std::size_t k = 0; k < states_.size() && !driven_.empty(); ++k)
                if (!driven(k).empty()) lists_.open(k);
            pass_integrated(bin);
        }
        for (const auto k : lists_.neurons()) {
            auto& list = lists_.of(k);
            const auto more = driven(k);
            list.insert(list.end(), more.begin(), more.end());
            State s = states_.get(k);
            if (!pass_bin(k, s, bin, list))
                name_failures(k, [&] { walk_bin(k, s, bin, list, out); });
            states_.set(k, s);
        }
    }

    void step(Step step, const InputRow& inputs, std::vector<Spike>& out) override {
        std::size_t first = 0;
        if constexpr (ClosedForm<M>)
            for (; step > 0 && first + lanes <= states_.size(); first += lanes)
                step_pack(first, step, inputs, out);
        else if (step > 0) first = step_integrated(step, inputs, out);
        for (std::size_t k = first; k < states_.size(); ++k)
            step_one(static_cast<std::uint32_t>(k), step, inputs, out);
    }

    double value(std::uint32_t neuron, std::size_t variable) const override {
        return states_.get(neuron).*(M::states()[variable].member);
    }

private:
    // Far above the rounding of a bound, far below what would cost time.
    static constexpr double slack = 1e-10;
    // Of a neuron between two inputs of a bin; more are without end.
    static constexpr std::size_t most_spikes = 10'000;

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
        out.push_back({static_cast<std::uint32_t>(first_ + k), time});
    }

    [[noreturn]] void fail(std::size_t k, Time time, const std::string& what) const {
        fail(k, number(clock_.ms(time)), what);
    }
    [[noreturn]] void fail(std::size_t k, const std::string& ms, const std::string& what) const {
        throw NumericFailure(std::string(M::name) + ": neuron " + std::to_string(first_ + k) + " at " +
                             ms + " ms: " + what);
    }

    /// The integrator knows no neuron: names it where a step fails.
    template <class Action>
    void name_failures(std::size_t k, const Action& action) const {
        if constexpr (ClosedForm<M>) action();
        else
            try {
                action();
            } catch (const ode::NoStep& failure) {
                fail(k, ode::NoStep::shown(failure.time), failure.reason);
            }
    }

    // Grid timing.

    void step_pack(std::size_t first, Step step, const InputRow& inputs, std::vector<Spike>& out) {
        auto s = states_.get_pack(first);
        const auto held = Pack(static_cast<double>(step)) < load(ready_step_.data() + first);
        motion_.step_pack(first, s,
                          {load(inputs.exc.data() + first), load(inputs.inh.data() + first),
                           load(inputs.current.data() + first)},
                          held);
        states_.set_pack(first, s);
        const auto fires = M::gap(motion_.pack(first).params, s, Pack(1.0)) >= 0.0 && !held;
        if (none_of(fires)) return;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            if (fires[lane]) fire_on_grid(first + lane, step, out);
    }

    /// Whole packs of an integrated model. The lanes that do not pass in one step are collected and
    /// run ahead in packs of their own. Returns how many neurons there were in packs.
    std::size_t step_integrated(Step step, const InputRow& inputs, std::vector<Spike>& out) {
        open_.clear();
        firing_.clear();
        const std::size_t end = states_.size() / lanes * lanes;
        try_packs(static_cast<double>(step), inputs, end);
        motion_.run_ahead(open_, states_,
                          [&](std::size_t k) { return static_cast<double>(step) < ready_step_[k]; });
        for (const auto k : open_) step_one(k, step, inputs, out);
        for (const auto k : firing_) fire_on_grid(k, step, out);
        return end;
    }

    void try_packs(double step, const InputRow& inputs, std::size_t end) {
        if (end == 0) return;
        motion_.has_one_pack() ? try_packs<true>(step, inputs, end)
                               : try_packs<false>(step, inputs, end);
    }

    /// Flattened: a step of a small model stays in registers.
    template <bool has_one_pack>
    [[gnu::flatten]] void try_packs(double step, const InputRow& inputs, std::size_t end) {
        // A copy that no store can change: what depends on it alone is computed once.
        const auto one = motion_.pack(0);
        for (std::size_t first = 0; first < end; first += lanes) {
            const auto& pack = has_one_pack ? one : motion_.pack(first);
            const auto& p = pack.params;
            auto s = states_.get_pack(first);
            const auto held = Pack(step) < load(ready_step_.data() + first);
            const auto done = motion_.try_step(pack, first, s, held, typename Pack::mask_type(true));
            const Input<Pack> input{load(inputs.exc.data() + first), load(inputs.inh.data() + first),
                                    load(inputs.current.data() + first)};
            auto fed = s;
            M::receive(p, fed, input);
            if (any_of(held)) {
                auto kept = s;
                M::receive_held(p, kept, input);
                select(held, kept, fed);
            }
            select(done, fed, s);
            states_.set_pack(first, s);
            const auto fires = M::gap(p, s, Pack(1.0)) >= 0.0 && !held && done;
            if (!all_of(done)) note(!done, first, open_);
            if (any_of(fires)) note(fires, first, firing_);
        }
    }

    [[gnu::noinline]] static void note(const typename Pack::mask_type& mask, std::size_t first,
                                       std::vector<std::uint32_t>& list) {
        for (std::size_t lane = 0; lane < lanes; ++lane)
            if (mask[lane]) list.push_back(static_cast<std::uint32_t>(first + lane));
    }

    void step_one(std::uint32_t k, Step step, const InputRow& inputs, std::vector<Spike>& out) {
        const Params& p = params(k);
        State s = states_.get(k);
        const Input<double> input{inputs.exc[k], inputs.inh[k], inputs.current[k]};
        bool fires = false;
        if (step == 0) {
            M::receive(p, s, input);
        } else if (static_cast<double>(step) < ready_step_[k]) {
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
        ready_step_[k] = static_cast<double>(step + 1 + clock_.nearest_step(params(k).t_ref));
    }

    // Exact timing: inputs.

    /// Asks the drives what they bring to each neuron; returns how much.
    std::uint64_t take_drives(Step bin, std::span<Drive* const> drives, Arrived& arrived) {
        driven_.clear();
        if (drives.empty()) return 0;
        for (std::uint32_t k = 0; k < states_.size(); ++k) {
            for (auto* drive : drives) arrived.from_sources += drive->arrivals(bin, k, driven_);
            driven_ends_[k] = driven_.size();
        }
        return driven_.size();
    }

    std::span<const Arrival> driven(std::size_t k) const {
        if (driven_.empty()) return {};
        const std::size_t begin = k == 0 ? 0 : driven_ends_[k - 1];
        return {driven_.data() + begin, driven_ends_[k] - begin};
    }

    static Receptor receptor_of(double weight) {
        return M::ports.size() == 2 && weight < 0 ? Receptor::inh : Receptor::exc;
    }

    void list_all(std::span<const Run> runs, Arrived& arrived) {
        for (std::size_t i = 0; i < runs.size(); ++i) {
            fetch_ahead(runs, i);
            (runs[i].is_source ? arrived.from_sources : arrived.from_neurons) += for_each_synapse(
                runs[i], clock_.resolution(), [&](std::uint16_t k, double offset, double weight) {
                    lists_.open(k).push_back({offset, weight, receptor_of(weight)});
                });
        }
    }

    /// The inputs of those neurons that have lists by now.
    void list_again(std::span<const Run> runs) {
        if (lists_.neurons().empty()) return;
        for (const auto& run : runs)
            for_each_synapse(run, clock_.resolution(), [&](std::uint16_t k, double offset, double weight) {
                if (lists_.has(k)) lists_.of(k).push_back({offset, weight, receptor_of(weight)});
            });
    }

    // Exact timing: neurons side by side. Opens lists for those that cannot pass.

    void pass_packs(Step bin, bool is_summed) {
        std::size_t first = 0;
        for (; first + lanes <= states_.size(); first += lanes) pass_pack(first, bin, is_summed);
        for (std::size_t k = first; k < states_.size(); ++k) {
            if (is_summed) moments_.drop(k);
            lists_.open(k);
        }
    }

    void pass_pack(std::size_t first, Step bin, bool is_summed) {
        using Mask = typename Pack::mask_type;
        const auto& [p, f] = motion_.pack(first);
        const auto before = states_.get_pack(first);
        const Pack step(static_cast<double>(bin));
        const Pack ready = load(ready_step_.data() + first);
        const Mask held = ready > step;
        auto after = before;
        M::advance(p, f, after);
        Pack highest = M::bound(p, before, Pack(clock_.resolution()));
        auto kept = before;
        const bool any_held = any_of(held);
        if (any_held) M::hold(p, f, kept);
        if (is_summed) highest += moments_.take(first, after, kept);
        Mask open = (!held && highest >= -slack) ||
                    (ready == step && load(ready_offset_.data() + first) > 0.0);
        if (any_held) select(held, kept, after);
        for (std::size_t lane = 0; lane < lanes && !lists_.neurons().empty(); ++lane)
            open[lane] = open[lane] || lists_.has(first + lane);
        if (none_of(open)) {
            states_.set_pack(first, after);
            return;
        }
        select(open, before, after);
        states_.set_pack(first, after);
        for (std::size_t lane = 0; lane < lanes; ++lane)
            if (open[lane]) lists_.open(first + lane);
    }

    /// Neurons of an integrated model without input in the bin, free or held throughout.
    void pass_integrated(Step bin) {
        const std::size_t end = states_.size() / lanes * lanes;
        open_.clear();
        if (end > 0)
            motion_.has_one_pack() ? pass_integrated<true>(static_cast<double>(bin), end)
                                   : pass_integrated<false>(static_cast<double>(bin), end);
        motion_.run_ahead(open_, states_,
                          [&](std::size_t k) { return ready_step_[k] > static_cast<double>(bin); });
        for (const auto k : open_) lists_.open(k);
        for (std::size_t k = end; k < states_.size(); ++k) lists_.open(k);
    }

    template <bool has_one_pack>
    [[gnu::flatten]] void pass_integrated(double bin, std::size_t end) {
        const auto one = motion_.pack(0);
        for (std::size_t first = 0; first < end; first += lanes) {
            const auto& pack = has_one_pack ? one : motion_.pack(first);
            auto s = states_.get_pack(first);
            const Pack ready = load(ready_step_.data() + first);
            const auto frees = ready == Pack(bin) && load(ready_offset_.data() + first) > 0.0;
            const auto quiet = without_lists(first);
            const auto done = motion_.try_step(pack, first, s, ready > Pack(bin), quiet && !frees);
            states_.set_pack(first, s);
            if (all_of(done)) continue;
            note(quiet && !frees && !done, first, open_);
            for (std::size_t lane = 0; lane < lanes && any_of(frees); ++lane)
                if (frees[lane]) lists_.open(first + lane);
        }
    }

    [[gnu::noinline]] typename Pack::mask_type without_lists(std::size_t first) const {
        typename Pack::mask_type result(true);
        for (std::size_t lane = 0; lane < lanes; ++lane) result[lane] = !lists_.has(first + lane);
        return result;
    }

    // Exact timing: one neuron.

    bool is_held(std::size_t k, Step step, double offset) const {
        const auto s = static_cast<double>(step);
        return ready_step_[k] > s || (ready_step_[k] == s && ready_offset_[k] > offset);
    }

    /// Passes a bin at once if it provably holds no spike.
    bool pass_bin(std::uint32_t k, State& s, Step bin, std::span<const Arrival> inputs) {
        if constexpr (!ClosedForm<M>) return false;
        else {
            const Params& p = params(k);
            const bool held = is_held(k, bin, 0);
            if (held && ready_step_[k] <= static_cast<double>(bin)) return false;  // free within the bin
            const double h = clock_.resolution();
            double highest = held ? -1 : M::bound(p, s, h);
            const auto* response = motion_.response(k, held);
            if (highest >= -slack || (response == nullptr && !inputs.empty())) return false;
            typename Response<M>::Packed sum{};
            for (const auto& input : inputs) {
                highest += held ? 0 : response->lift(input.receptor, input.weight);
                sum += input.weight * response->at(input.receptor, h - input.offset);
            }
            if (highest >= -slack) return false;
            held ? motion_.hold_bin(p, k, s, 0) : motion_.whole_bin(p, k, s);
            auto values = std::bit_cast<typename Response<M>::Values>(s);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += sum[i];
            s = std::bit_cast<State>(values);
            return true;
        }
    }

    /// Walks a bin from input to input.
    void walk_bin(std::uint32_t k, State& s, Step bin, std::vector<Arrival>& inputs,
                  std::vector<Spike>& out) {
        std::stable_sort(inputs.begin(), inputs.end(),
                         [](const Arrival& a, const Arrival& b) { return a.offset < b.offset; });
        const Params& p = params(k);
        double at = 0;
        for (std::size_t i = 0; i < inputs.size();) {
            const double next = inputs[i].offset;
            flow(k, s, bin, at, next, out);
            at = next;
            Input<double> input;
            for (; i < inputs.size() && inputs[i].offset == next; ++i)
                (inputs[i].receptor == Receptor::exc   ? input.exc
                 : inputs[i].receptor == Receptor::inh ? input.inh
                                                       : input.current) += inputs[i].weight;
            if (is_held(k, bin, at)) {
                M::receive_held(p, s, input);
            } else {
                M::receive(p, s, input);
                if (M::gap(p, s, 1.0) >= 0) spike(k, s, bin, at, out);
            }
        }
        flow(k, s, bin, at, clock_.resolution(), out);
    }

    /// Moves from `at` to `end` within a bin without input, through any number of spikes.
    void flow(std::uint32_t k, State& s, Step bin, double at, double end, std::vector<Spike>& out) {
        const Params& p = params(k);
        std::size_t spikes = 0;
        while (at < end) {
            const double now = clock_.ms(bin) + at;
            if (is_held(k, bin, at)) {
                const bool ends_here = ready_step_[k] == static_cast<double>(bin) && ready_offset_[k] <= end;
                const double until = ends_here ? ready_offset_[k] : end;
                motion_.hold(p, k, s, now, until - at);
                at = until;
                continue;
            }
            const auto crossing = motion_.advance(p, k, s, now, end - at);
            if (!crossing) return;
            at = std::min(at + *crossing, end);
            spike(k, s, bin, at, out);
            if (++spikes > most_spikes)
                fail(k, Time{bin, at}, "spiked " + std::to_string(most_spikes) +
                                       " times within one step; lower its input or give t_ref");
        }
    }

    void spike(std::uint32_t k, State& s, Step bin, double offset, std::vector<Spike>& out) {
        const Time time = clock_.normalised({bin, offset});
        fire(k, s, time, out);
        const Time ready = clock_.sum(time, clock_.split(params(k).t_ref));
        ready_step_[k] = static_cast<double>(ready.step);
        ready_offset_[k] = ready.offset;
    }

    std::uint64_t first_;
    Clock clock_;
    RandomKey key_;
    std::vector<Params> params_;  // one for all neurons, or one each
    StateArrays<State, WideState> states_;
    // End of the refractory period; in grid timing the first step after it. Steps below 2^53.
    std::vector<double> ready_step_, ready_offset_;
    std::vector<std::uint32_t> open_, firing_;  // of an integrated model in the step under way
    std::vector<std::uint64_t> draws_;
    typename MotionOf<M>::type motion_;
    MomentsOf<M> moments_;
    ArrivalLists lists_;
    std::vector<Arrival> driven_;  // by the drives in the bin under way, neuron after neuron
    std::vector<std::size_t> driven_ends_;
};

}  // namespace sim
