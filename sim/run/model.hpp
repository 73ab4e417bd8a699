// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a neuron model is to the engine. A model is one header in models/neurons and one name in
// models/CMakeLists.txt; it states its equations once, over a number type T, and serves both timings.
//
// Every model M has
//   name, summary, source            text; the file stem is the name
//   Params<T>, params()              parameters in house units and their table; must have `t_ref` (ms)
//   State<T>, states()               state variables (members of type T only) and their table. One named
//                                    i_stim is what current sources bring: receive adds Input::current
//                                    to it, nothing else changes it, and it is left out of a step while
//                                    it has always been 0
//   ports                            one or two `Port`s. With two, weights >= 0 arrive as Input::exc and
//                                    weights < 0 as Input::inh; with one, everything arrives as exc
//   initial(p)                       the state at t = 0 where a protocol says nothing else
//   gap(p, s, unit)                  a spike happens when this reaches 0 from below (v - threshold)
//   receive(p, s, input)             inputs of one instant, already summed
//   receive_held(p, s, input)        the same while refractory
//   reset(p, s)                      at the spike, before the refractory period begins
// and one of
//   closed form: Flow<T>, flow(p, dt), advance(p, f, s), hold(p, f, s)   the solution over dt, free and
//                                    refractory, no input between;
//                derivative(p, s, unit), rates(p)   the linear system s' and the decay rates (1/ms) of
//                                    all modes in `gap`, multiple ones repeated; constants in
//                                    `derivative` and `gap` are multiplied by `unit` (1: the system,
//                                    0: its linear part), so that higher derivatives follow;
//                bound(p, f, s, end, dt)   no smaller than gap anywhere in [0, dt] without input,
//                                    where `f` leads from `s` to `end`
//   integrated:  derivative(p, s, held)   s' of a nonlinear system; sim/ode does the rest. `held` is
//                                    a bool or, for packs, the lanes that are refractory: `unless`.
// An integrated model is faster if it is told as
//   affine(p, s, held)               gain and rate >= 0 of each variable: x' = gain - rate x
//   decaying, constant               names of variables with gain 0 and a rate that depends on p
//                                    alone, and of those that only inputs, resets and draws change;
//   followers                        pairs (x, y) of decaying ones with x' = rate (y - x)
// and says what holds of the others:
//   is_linear = true                 gain and rate are sums over decaying and constant ones, each times
//                                    a number, and a number; 0 while held (sim/ode/magnus_step.hpp), or
//   pivot                            the name of a variable that all others depend on alone, and
//                                    that is linear given them; names of others that are `slow`, and
//                                    of those that are `watching` (sim/ode/split_step.hpp);
//                                    neither: sim/ode/exponential_step.hpp
//   runs_through_spikes = true       inputs never lower gap, and the state after a reset does not
//                                    depend on when in a step of the grid the spike came
// Optional: draw(p, s, stream)       random parts of the state, at the start and after every spike
//           bound_from_end(p, f, s, end)   no smaller than gap anywhere in the time of flow `f`, if that
//                                    began at `s` and ended at `end` whatever arrived at the ports
//           events_only              true if gap never grows between inputs (delta synapses and no
//                                    drive towards the threshold is no such case: drive counts)
//
// States are plain structs of T, so a vector of neurons can be loaded as a batch of lanes.

#include <array>
#include <bit>
#include <concepts>
#include <experimental/simd>
#include <string_view>

#include "sim/core/catalogue.hpp"
#include "sim/core/params.hpp"
#include "sim/core/random.hpp"

namespace sim {

/// Inputs that arrive at one instant: summed weights per port and the change of injected current.
template <class T = double>
struct Input {
    T exc = 0;
    T inh = 0;
    T current = 0;
};

/// Sets x to `other` where `mask`, a bool or one for every lane, is true.
template <class Mask, class T>
inline void assign_where(const Mask& mask, T& x, const T& other) {
    std::experimental::where(mask, x) = other;
}

/// Whether `mask`, a bool or one for every lane, is true anywhere.
inline bool any_of_lanes(bool mask) { return mask; }
template <class Mask>
inline bool any_of_lanes(const Mask& mask) {
    return any_of(mask);
}

/// x, or 0 where a neuron is held.
template <class Held, class T>
inline T unless(const Held& held, T x) {
    assign_where(held, x, T(0));
    return x;
}

/// x' = gain - rate x of every variable.
template <class S>
struct Affine {
    S gain, rate;
};

/// The derivative that gain and rate make at s.
template <class T, template <class> class State>
inline State<T> slopes(const Affine<State<T>>& parts, const State<T>& s) {
    using Numbers = std::array<T, sizeof(State<T>) / sizeof(T)>;
    const auto gain = std::bit_cast<Numbers>(parts.gain);
    const auto rate = std::bit_cast<Numbers>(parts.rate);
    auto x = std::bit_cast<Numbers>(s);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = gain[i] - rate[i] * x[i];
    return std::bit_cast<State<T>>(x);
}

/// A synaptic port: what a weight means there.
struct Port {
    std::string_view name;
    Unit unit;
    std::string_view meaning;
};

template <class S>
struct StateField {
    std::string_view name;
    double S::*member;
    Unit unit;
    std::string_view meaning;
};

template <class M>
concept NeuronModel = requires(const typename M::template Params<double>& p,
                               typename M::template State<double>& s, const Input<double>& input) {
    { M::name } -> std::convertible_to<std::string_view>;
    { M::summary } -> std::convertible_to<std::string_view>;
    { M::source } -> std::convertible_to<std::string_view>;
    M::params();
    M::states();
    M::ports;
    { p.t_ref } -> std::convertible_to<double>;
    { M::initial(p) } -> std::same_as<typename M::template State<double>>;
    { M::gap(p, s, 1.0) } -> std::same_as<double>;
    M::receive(p, s, input);
    M::receive_held(p, s, input);
    M::reset(p, s);
};

template <class M>
concept ClosedForm = NeuronModel<M> &&
    requires(const typename M::template Params<double>& p, typename M::template State<double>& s,
             const typename M::template Flow<double>& f) {
        { M::flow(p, 1.0) } -> std::same_as<typename M::template Flow<double>>;
        M::advance(p, f, s);
        M::hold(p, f, s);
        { M::derivative(p, s, 1.0) } -> std::same_as<typename M::template State<double>>;
        M::rates(p);
        { M::bound(p, f, s, s, 1.0) } -> std::same_as<double>;
    };

template <class M>
concept Integrated = NeuronModel<M> && !ClosedForm<M> &&
    requires(const typename M::template Params<double>& p, typename M::template State<double>& s) {
        { M::derivative(p, s, false) } -> std::same_as<typename M::template State<double>>;
    };

template <class M>
concept Stochastic = requires(const typename M::template Params<double>& p,
                              typename M::template State<double>& s, RandomStream& stream) {
    M::draw(p, s, stream);
};

template <class M>
concept BoundedFromEnd = requires(const typename M::template Params<double>& p,
                                  const typename M::template State<double>& s,
                                  const typename M::template Flow<double>& f) {
    { M::bound_from_end(p, f, s, s) } -> std::same_as<double>;
};

/// The catalogue entry of a model, from its own tables.
template <NeuronModel M>
PartInfo describe_neuron() {
    PartInfo info{PartKind::neuron, std::string(M::name), std::string(M::summary),
                  std::string(M::source),
                  describe<typename M::template Params<double>>(M::params()), {}, {}};
    for (const auto& field : M::states())
        info.states.push_back({std::string(field.name), field.unit, std::string(field.meaning)});
    for (const Port& port : M::ports)
        info.notes.push_back("port " + std::string(port.name) + " (weights in " +
                             std::string(symbol(port.unit)) + "): " + std::string(port.meaning));
    info.notes.emplace_back(ClosedForm<M> ? "solved in closed form" : "integrated by Boost.Odeint");
    return info;
}

}  // namespace sim
