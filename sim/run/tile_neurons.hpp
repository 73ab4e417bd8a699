// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The neurons of a tile for one model, whatever the timing: parameters, states, refractory periods, and
// what a spike does to them.

#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/random.hpp"
#include "sim/core/text.hpp"
#include "sim/run/block.hpp"
#include "sim/run/lanes.hpp"
#include "sim/run/motion.hpp"
#include "sim/run/refractory_bits.hpp"

namespace sim {

template <NeuronModel M>
class TileNeurons {
public:
    using Params = typename M::template Params<double>;
    using State = typename M::template State<double>;
    using WideState = typename M::template State<Pack>;
    using States = StateArrays<State, WideState>;
    using Motion = typename MotionOf<M>::type;

    explicit TileNeurons(const BlockContext& context)
        : first_(context.first),
          size_(context.size),
          clock_(context.clock),
          key_(context.key),
          id_of_(context.id_of),
          states_(padded()),
          at_start_(0),
          refractory_(size_, padded()),
          draws_(Stochastic<M> ? size_ : 0),
          motion_(make_motion(context)) {
        const auto table = M::states();
        for (std::uint32_t k = 0; k < size_; ++k) {
            State s = M::initial(params(k));
            if constexpr (Stochastic<M>) draw(k, s);
            states_.set(k, s);
        }
        for (std::uint32_t k = size_; k < padded(); ++k) states_.set(k, states_.get(0));
        for (const auto& [variable, first, values] : context.initial)
            for (std::uint32_t k = 0; k < values.size(); ++k) {
                State s = states_.get(first + k);
                s.*(table[variable].member) = values[k];
                states_.set(first + k, s);
            }
        at_start_ = states_;
        if constexpr (stimulus != no_variable)
            for (std::uint32_t k = 0; k < size_; ++k)
                is_stimulated_ = is_stimulated_ || value(k, stimulus) != 0;
    }

    TileNeurons(const TileNeurons&) = delete;  // others refer to it and its parts
    TileNeurons& operator=(const TileNeurons&) = delete;

    std::uint32_t size() const { return size_; }
    /// A multiple of `lanes`: the last pack is filled up with neurons that stay refractory.
    std::uint32_t padded() const {
        return static_cast<std::uint32_t>((size_ + lanes - 1) / lanes * lanes);
    }
    const Clock& clock() const { return clock_; }
    const Params& params(std::size_t k) const { return motion_.params(k); }
    States& states() { return states_; }
    RefractoryBits& refractory() { return refractory_; }
    Motion& motion() { return motion_; }

    double value(std::uint32_t k, std::size_t variable) const {
        return states_.get(k).*(M::states()[variable].member);
    }

    /// As Block::reset has it.
    void reset(std::uint32_t first, std::uint32_t size, std::size_t variable) {
        const auto table = M::states();
        for (std::uint32_t k = first; k < first + size; ++k) {
            State s = states_.get(k);
            if (variable < table.size()) {
                s.*(table[variable].member) = at_start_.get(k).*(table[variable].member);
            } else {
                s = at_start_.get(k);
                if constexpr (Stochastic<M>) draw(k, s);
                refractory_.free(k);
                motion_.reset(k);
            }
            states_.set(k, s);
        }
    }

    /// Notes whether a current from outside has come.
    void note_currents(bool have_come) { is_stimulated_ = is_stimulated_ || have_come; }
    /// Whether any neuron has ever had one.
    bool is_stimulated() const { return is_stimulated_; }

    /// Calls use with the number of a variable that is 0 in all neurons and stays so, which a loop over
    /// packs need neither read nor write, as an integral constant; `no_variable` if there is none.
    template <class Use>
    void with_zero(const Use& use) const {
        if (is_stimulated_) use(std::integral_constant<std::size_t, no_variable>{});
        else use(std::integral_constant<std::size_t, stimulus>{});
    }

    /// Resets neuron k, whose state is `s`, and notes its spike.
    void fire(std::size_t k, State& s, Time time, std::vector<Spike>& out) {
        const Params& p = params(k);
        M::reset(p, s);
        if constexpr (Stochastic<M>) draw(k, s);
        if (p.t_ref == 0 && M::gap(p, s, 1.0) >= 0)
            fail(k, time,
                 "is at threshold right after its reset and would spike without end; lower "
                 "the reset or give t_ref");
        out.push_back({static_cast<std::uint32_t>(k), time});
    }

    [[noreturn, gnu::noinline]] void fail(std::size_t k, Time time, const std::string& what) const {
        fail(k, number(clock_.ms(time)), what);
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

    static constexpr std::size_t no_variable = States::Packs::none;

private:
    static constexpr std::size_t n_variables = sizeof(State) / sizeof(double);
    /// The place in the state of what current sources bring, if the model has such a variable.
    static constexpr std::size_t stimulus = [] {
        if constexpr (requires(State s) { s.i_stim; }) {
            std::array<double, n_variables> places{};
            for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<double>(i);
            return static_cast<std::size_t>(std::bit_cast<State>(places).i_stim);
        } else {
            return no_variable;
        }
    }();

    Motion make_motion(const BlockContext& context) const {
        std::vector<Params> params;
        for (const auto& row : context.params) params.push_back(assemble<Params>(M::params(), row));
        if constexpr (ClosedForm<M>)
            return Motion(std::move(params), padded(), clock_.resolution(),
                          dynamic_cast<const FlowClasses<M>&>(*context.shared));
        else return Motion(std::move(params), padded(), clock_.resolution(), context.tolerance);
    }

    void draw(std::size_t k, State& s) {
        constexpr std::uint64_t blocks_per_draw = 64;
        RandomStream stream(key_, first_ + k, draws_[k]++ * blocks_per_draw);
        M::draw(params(k), s, stream);
    }

    [[noreturn]] void fail(std::size_t k, const std::string& ms, const std::string& what) const {
        throw NumericFailure(std::string(M::name) + ": neuron " +
                             std::to_string(id_of_(static_cast<std::uint32_t>(k))) + " at " + ms +
                             " ms: " + what);
    }

    std::uint64_t first_;
    std::uint32_t size_;
    Clock clock_;
    RandomKey key_;
    std::function<std::uint64_t(std::uint32_t)> id_of_;
    States states_, at_start_;
    RefractoryBits refractory_;
    bool is_stimulated_ = false;
    std::vector<std::uint64_t> draws_;
    Motion motion_;
};

}  // namespace sim
