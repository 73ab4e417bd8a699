// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile for one model: the loops around the model's equations, in both timings.
//
// Exact timing goes from bin to bin. In most bins a bound proves that no threshold is reached; then
// one flow over the bin and the summed responses to its inputs give the state at its end. The other
// bins, and those of refractory neurons, are walked input by input.

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/run/block.hpp"
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
          params_(assemble_all(context)), states_(context.size),
          ready_(context.size), free_from_(context.size), draws_(Stochastic<M> ? context.size : 0),
          motion_(params_, context.size, clock_.resolution(), context.tolerance) {
        const auto table = M::states();
        for (std::uint32_t k = 0; k < context.size; ++k) {
            State s = M::initial(params(k));
            if constexpr (Stochastic<M>) draw(k, s);
            for (const auto& [variable, values] : context.initial)
                s.*(table[variable].member) = values[k];
            states_.set(k, s);
        }
    }

    std::uint64_t run(Window window, const ExactInputs& inputs, std::vector<Spike>& out) override {
        std::uint64_t brought = 0;
        const auto size = static_cast<std::uint32_t>(states_.size());
        for (std::uint32_t k = 0; k < size; ++k) {
            State s = states_.get(k);
            for (Step step = window.begin; step < window.end; ++step) {
                const auto events = inputs.at(k, step);
                arrivals_.clear();
                for (auto* drive : inputs.drives) brought += drive->arrivals(step, k, arrivals_);
                if (!pass_bin(k, s, step, events)) walk_bin(k, s, step, events, out);
            }
            states_.set(k, s);
        }
        return brought;
    }

    void step(Step step, const InputRow& inputs, std::vector<Spike>& out) override {
        std::size_t first = 0;
        if constexpr (ClosedForm<M>)
            for (; step > 0 && first + lanes <= states_.size(); first += lanes)
                step_pack(first, step, inputs, out);
        for (std::size_t k = first; k < states_.size(); ++k)
            step_one(static_cast<std::uint32_t>(k), step, inputs, out);
    }

    double value(std::uint32_t neuron, std::size_t variable) const override {
        return states_.get(neuron).*(M::states()[variable].member);
    }

private:
    // Far above the rounding of a bound, far below what would cost time.
    static constexpr double slack = 1e-10;

    static std::vector<Params> assemble_all(const BlockContext& context) {
        std::vector<Params> result;
        for (const auto& row : context.params) result.push_back(assemble<Params>(M::params(), row));
        return result;
    }

    const Params& params(std::uint32_t k) const { return params_[params_.size() == 1 ? 0 : k]; }

    void draw(std::uint32_t k, State& s) {
        constexpr std::uint64_t blocks_per_draw = 64;
        RandomStream stream(key_, first_ + k, draws_[k]++ * blocks_per_draw);
        M::draw(params(k), s, stream);
    }

    void fire(std::uint32_t k, State& s, Time time, std::vector<Spike>& out) {
        const Params& p = params(k);
        M::reset(p, s);
        if constexpr (Stochastic<M>) draw(k, s);
        if (p.t_ref == 0 && M::gap(p, s, 1.0) >= 0) fail(k, time);
        out.push_back({static_cast<std::uint32_t>(first_ + k), time});
    }

    [[noreturn]] void fail(std::uint32_t k, Time time) const {
        throw NumericFailure(std::string(M::name) + ": neuron " + number(static_cast<double>(first_ + k)) + " at " +
                             number(clock_.ms(time)) +
                             " ms: is at threshold right after its reset and would spike without end; "
                             "lower the reset or give t_ref");
    }

    void step_pack(std::size_t first, Step step, const InputRow& inputs, std::vector<Spike>& out) {
        auto s = states_.get_pack(first);
        const auto held = Pack(static_cast<double>(step)) < load(free_from_.data() + first);
        motion_.step_pack(first, s,
                          {load(inputs.exc.data() + first), load(inputs.inh.data() + first),
                           load(inputs.current.data() + first)},
                          held);
        states_.set_pack(first, s);
        const auto fires = motion_.is_at_threshold(first, s) && !held;
        if (none_of(fires)) return;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            if (fires[lane]) fire_on_grid(static_cast<std::uint32_t>(first + lane), step, out);
    }

    void step_one(std::uint32_t k, Step step, const InputRow& inputs, std::vector<Spike>& out) {
        const Params& p = params(k);
        State s = states_.get(k);
        const Input<double> input{inputs.exc[k], inputs.inh[k], inputs.current[k]};
        bool fires = false;
        if (step == 0) {
            M::receive(p, s, input);
        } else if (static_cast<double>(step) < free_from_[k]) {
            motion_.hold_bin(p, k, s);
            M::receive_held(p, s, input);
        } else {
            const bool crossed = motion_.step(p, k, s, clock_.ms(step - 1), clock_.resolution());
            M::receive(p, s, input);
            fires = crossed || M::gap(p, s, 1.0) >= 0;
        }
        states_.set(k, s);
        if (fires) fire_on_grid(k, step, out);
    }

    void fire_on_grid(std::uint32_t k, Step step, std::vector<Spike>& out) {
        State s = states_.get(k);
        fire(k, s, {step, 0}, out);
        states_.set(k, s);
        free_from_[k] = static_cast<double>(step + 1 + clock_.nearest_step(params(k).t_ref));
    }

    bool is_held(std::uint32_t k, Step step, double offset) const { return ready_[k] > Time{step, offset}; }

    static Receptor receptor_of(double weight) {
        return M::ports.size() == 2 && weight < 0 ? Receptor::inh : Receptor::exc;
    }

    /// Passes a bin at once if it provably holds no spike.
    bool pass_bin(std::uint32_t k, State& s, Step step, std::span<const Event> events) {
        if constexpr (!ClosedForm<M>) return false;
        else {
            const Params& p = params(k);
            const bool held = is_held(k, step, 0);
            if (held && ready_[k].step <= step) return false;  // free within the bin
            const double h = clock_.resolution();
            double highest = held ? -1 : M::bound(p, s, h);
            if (highest >= -slack) return false;
            if (events.empty() && arrivals_.empty()) {
                held ? motion_.hold_bin(p, k, s) : motion_.whole_bin(p, k, s);
                return true;
            }
            const auto* response = motion_.response(k, held);
            if (response == nullptr) return false;
            typename Response<M>::Packed sum{};
            const auto add = [&](Receptor receptor, double weight, double offset) {
                highest += held ? 0 : response->lift(static_cast<std::size_t>(receptor), weight);
                response->add(static_cast<std::size_t>(receptor), weight, h - offset, sum);
            };
            for (const auto& event : events) add(receptor_of(event.weight), event.weight, event.offset);
            for (const auto& arrival : arrivals_) add(arrival.receptor, arrival.weight, arrival.offset);
            if (highest >= -slack) return false;
            held ? motion_.hold_bin(p, k, s) : motion_.whole_bin(p, k, s);
            auto values = std::bit_cast<typename Response<M>::Values>(s);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += sum[i];
            s = std::bit_cast<State>(values);
            return true;
        }
    }

    /// Walks a bin from input to input.
    void walk_bin(std::uint32_t k, State& s, Step step, std::span<const Event> events,
                  std::vector<Spike>& out) {
        const auto drives = arrivals_.size();
        for (const auto& event : events)
            arrivals_.push_back({event.offset, event.weight, receptor_of(event.weight)});
        std::rotate(arrivals_.begin(), arrivals_.begin() + static_cast<std::ptrdiff_t>(drives), arrivals_.end());
        std::stable_sort(arrivals_.begin(), arrivals_.end(),
                         [](const Arrival& a, const Arrival& b) { return a.offset < b.offset; });
        const Params& p = params(k);
        double at = 0;
        for (std::size_t i = 0; i < arrivals_.size();) {
            const double next = arrivals_[i].offset;
            flow(k, s, step, at, next, out);
            at = next;
            Input<double> input;
            for (; i < arrivals_.size() && arrivals_[i].offset == next; ++i)
                (arrivals_[i].receptor == Receptor::exc   ? input.exc
                 : arrivals_[i].receptor == Receptor::inh ? input.inh
                                                  : input.current) += arrivals_[i].weight;
            if (is_held(k, step, at)) {
                M::receive_held(p, s, input);
            } else {
                M::receive(p, s, input);
                if (M::gap(p, s, 1.0) >= 0) spike(k, s, step, at, out);
            }
        }
        flow(k, s, step, at, clock_.resolution(), out);
    }

    /// Moves from `at` to `end` within a bin without input, through any number of spikes.
    void flow(std::uint32_t k, State& s, Step step, double at, double end, std::vector<Spike>& out) {
        const Params& p = params(k);
        while (at < end) {
            const double now = clock_.ms(step) + at;
            if (is_held(k, step, at)) {
                const bool ends_here = ready_[k].step == step && ready_[k].offset <= end;
                const double until = ends_here ? ready_[k].offset : end;
                if (at == 0 && until == clock_.resolution()) motion_.hold_bin(p, k, s);
                else motion_.hold(p, k, s, now, until - at);
                at = until;
                continue;
            }
            const auto crossing = motion_.advance(p, k, s, now, end - at);
            if (!crossing) return;
            at = std::min(at + *crossing, end);
            spike(k, s, step, at, out);
        }
    }

    void spike(std::uint32_t k, State& s, Step step, double offset, std::vector<Spike>& out) {
        const Time time = clock_.normalised({step, offset});
        fire(k, s, time, out);
        ready_[k] = clock_.sum(time, clock_.split(params(k).t_ref));
    }

    std::uint64_t first_;
    Clock clock_;
    RandomKey key_;
    std::vector<Params> params_;  // one for all neurons, or one each
    StateArrays<State, WideState> states_;
    std::vector<Time> ready_;        // exact timing: end of the refractory period
    std::vector<double> free_from_;  // grid timing: the first step after the refractory ones
    std::vector<std::uint64_t> draws_;
    typename MotionOf<M>::type motion_;
    std::vector<Arrival> arrivals_;  // of the bin under way
};

}  // namespace sim
