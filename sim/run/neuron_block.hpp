// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile for one model: the loops around the model's equations, in both timings.
//
// Exact timing goes from bin to bin. In most bins a bound proves that no threshold is reached; then
// one flow over the bin and the summed responses to its inputs give the state at its end. The other
// bins, and those of refractory neurons, are walked input by input.

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"
#include "sim/ode/integrator.hpp"
#include "sim/run/block.hpp"
#include "sim/run/crossing.hpp"
#include "sim/run/response.hpp"

namespace sim {

/// How the state of a closed-form model moves.
template <ClosedForm M>
class ClosedFormMotion {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using Flow = typename M::template Flow<double>;

    ClosedFormMotion(const std::vector<Params>& params, std::uint32_t size, double resolution, double)
        : resolution_(resolution) {
        std::map<std::vector<double>, std::uint32_t> known;
        for (const auto& p : params) {
            const auto [entry, is_new] = known.try_emplace(fingerprint(p), classes_.size());
            class_of_.push_back(entry->second);
            if (is_new) classes_.push_back({M::flow(p, resolution), {}, {}});
        }
        if (classes_.size() <= most_tables)
            for (std::size_t i = 0; i < params.size(); ++i) {
                auto& known_class = classes_[class_of_[i]];
                if (known_class.free || is_switch) continue;
                known_class.free.emplace(params[i], resolution, false);
                known_class.held.emplace(params[i], resolution, true);
            }
        class_of_.resize(size, class_of_.back());
    }

    void whole_bin(const Params& p, std::uint32_t k, State& s) const {
        M::advance(p, classes_[class_of_[k]].flow, s);
    }
    void hold_bin(const Params& p, std::uint32_t k, State& s) const {
        M::hold(p, classes_[class_of_[k]].flow, s);
    }
    void hold(const Params& p, std::uint32_t, State& s, double, double dt) const {
        M::hold(p, M::flow(p, dt), s);
    }

    /// Moves `s` over dt or to the first crossing, whose time is returned.
    std::optional<double> advance(const Params& p, std::uint32_t k, State& s, double, double dt) {
        const auto crossing = first_crossing<M>(p, s, dt);
        if (!crossing && dt == resolution_) whole_bin(p, k, s);
        else if (!crossing) M::advance(p, M::flow(p, dt), s);
        else if (*crossing > 0) M::advance(p, M::flow(p, *crossing), s);
        return crossing;
    }

    /// Grid timing: the step itself; a crossing is seen by the test at its end.
    bool step(const Params& p, std::uint32_t k, State& s, double, double) {
        whole_bin(p, k, s);
        return false;
    }

    /// The table of responses, where the model and its parameters have one.
    const Response<M>* response(std::uint32_t k, bool held) const {
        const auto& known_class = classes_[class_of_[k]];
        const auto& response = held ? known_class.held : known_class.free;
        return response && response->is_precise() ? &*response : nullptr;
    }

private:
    static constexpr std::size_t most_tables = 64;
    static constexpr bool is_switch = requires { M::events_only; };  // inputs do not just add up

    struct FlowClass {
        Flow flow;
        std::optional<Response<M>> free, held;
    };

    /// Neurons whose flows agree at two intervals have the same flow.
    std::vector<double> fingerprint(const Params& p) const {
        std::vector<double> result;
        if constexpr (std::is_empty_v<Flow>) return result;
        else
            for (const double dt : {resolution_, 0.381966 * resolution_}) {
                const auto values = std::bit_cast<std::array<double, sizeof(Flow) / sizeof(double)>>(M::flow(p, dt));
                result.insert(result.end(), values.begin(), values.end());
            }
        return result;
    }

    double resolution_;
    std::vector<FlowClass> classes_;
    std::vector<std::uint32_t> class_of_;  // of every neuron
};

/// How the state of an integrated model moves.
template <Integrated M>
class IntegratedMotion {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    IntegratedMotion(const std::vector<Params>&, std::uint32_t size, double resolution, double tolerance)
        : resolution_(resolution), integrator_(tolerance), hints_(size, 0.0) {}

    void hold(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        integrator_.advance(p, s, now, dt, true, hints_[k]);
    }
    void hold_bin(const Params& p, std::uint32_t k, State& s) { hold(p, k, s, 0, resolution_); }

    std::optional<double> advance(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        return integrator_.advance(p, s, now, dt, false, hints_[k]);
    }

    /// A crossing within the step counts; the potential stays there to the end of the step.
    bool step(const Params& p, std::uint32_t k, State& s, double now, double dt) {
        const auto crossing = advance(p, k, s, now, dt);
        if (crossing && *crossing < dt) hold(p, k, s, now + *crossing, dt - *crossing);
        return crossing.has_value();
    }

private:
    double resolution_;
    ode::Integrator<M> integrator_;
    std::vector<double> hints_;  // step sizes that worked, ms
};

template <NeuronModel M>
struct MotionOf {
    using type = IntegratedMotion<M>;
};
template <ClosedForm M>
struct MotionOf<M> {
    using type = ClosedFormMotion<M>;
};

template <NeuronModel M>
class NeuronBlock final : public Block {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;

    explicit NeuronBlock(const BlockContext& context)
        : first_(context.first), clock_(context.clock), key_(context.key),
          params_(assemble_all(context)), states_(context.size), ready_(context.size),
          draws_(Stochastic<M> ? context.size : 0),
          motion_(params_, context.size, clock_.resolution(), context.tolerance) {
        for (std::uint32_t k = 0; k < context.size; ++k) {
            states_[k] = M::initial(params(k));
            if constexpr (Stochastic<M>) draw(k, states_[k]);
        }
        const auto table = M::states();
        for (const auto& [variable, values] : context.initial)
            for (std::uint32_t k = 0; k < context.size; ++k)
                states_[k].*(table[variable].member) = values[k];
    }

    std::uint64_t run(Window window, const ExactInputs& inputs, std::vector<Spike>& out) override {
        std::uint64_t brought = 0;
        const auto size = static_cast<std::uint32_t>(states_.size());
        for (std::uint32_t k = 0; k < size; ++k) {
            State s = states_[k];
            for (Step step = window.begin; step < window.end; ++step) {
                const auto events = inputs.at(k, step);
                arrivals_.clear();
                for (auto* drive : inputs.drives) brought += drive->arrivals(step, k, arrivals_);
                if (!pass_bin(k, s, step, events)) walk_bin(k, s, step, events, out);
            }
            states_[k] = s;
        }
        return brought;
    }

    void step(Step step, const InputRow& inputs, std::vector<Spike>& out) override {
        const auto size = static_cast<std::uint32_t>(states_.size());
        const double h = clock_.resolution();
        for (std::uint32_t k = 0; k < size; ++k) {
            const Params& p = params(k);
            State& s = states_[k];
            const Input<double> input{inputs.exc[k], inputs.inh[k], inputs.current[k]};
            if (step == 0) {
                M::receive(p, s, input);
            } else if (step < ready_[k].step) {
                motion_.hold_bin(p, k, s);
                M::receive_held(p, s, input);
            } else {
                const bool crossed = motion_.step(p, k, s, clock_.ms(step - 1), h);
                M::receive(p, s, input);
                if (crossed || M::gap(p, s, 1.0) >= 0) {
                    fire(k, s, {step, 0}, out);
                    ready_[k] = {step + 1 + clock_.nearest_step(p.t_ref), 0};
                }
            }
        }
    }

    double value(std::uint32_t neuron, std::size_t variable) const override {
        return states_[neuron].*(M::states()[variable].member);
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
    std::vector<State> states_;
    std::vector<Time> ready_;     // end of the refractory period; grid: the first step that is free
    std::vector<std::uint64_t> draws_;
    typename MotionOf<M>::type motion_;
    std::vector<Arrival> arrivals_;  // of the bin under way
};

}  // namespace sim
